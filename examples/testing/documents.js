// Who may do what with documents: the part of an application that speaks to SpiceDB.

import { v1 } from "@authzed/authzed-node";
import * as grpc from "@grpc/grpc-js";

/** An answer that must not be older than what was written before it. */
const NOW = { requirement: { oneofKind: "fullyConsistent", fullyConsistent: true } };

/** The user may not do that. */
export class Forbidden extends Error {}

export class Documents {
  #client;

  /** @param {v1.ZedClientInterface} client */
  constructor(client) {
    this.#client = client.promises;
  }

  /** Makes a document that the user owns. */
  async create(user, document) {
    const relationship = { resource: object("document", document), relation: "owner", subject: subject("user", user) };
    try {
      await this.#write({ operation: v1.RelationshipUpdate_Operation.CREATE, relationship });
    } catch (error) {
      // It has this owner already.
      if (error.code === grpc.status.ALREADY_EXISTS) throw new Forbidden(`${document} is there already`);
      throw error;
    }
  }

  /** Lets somebody read a document, from now on or until a time. */
  async share(user, document, reader, until) {
    await this.#demand(user, "share", document);
    const relationship = v1.Relationship.create({ resource: object("document", document), relation: "reader", subject: reader });
    if (until !== undefined) {
      relationship.optionalExpiresAt = { seconds: String(Math.floor(until.getTime() / 1000)), nanos: 0 };
    }
    await this.#write({ operation: v1.RelationshipUpdate_Operation.TOUCH, relationship });
  }

  /** Takes back what somebody was given. */
  async unshare(user, document, reader) {
    await this.#demand(user, "share", document);
    const relationship = { resource: object("document", document), relation: "reader", subject: reader };
    await this.#write({ operation: v1.RelationshipUpdate_Operation.DELETE, relationship });
  }

  async canRead(user, document) {
    return this.#may(user, "read", document);
  }

  /** The documents that a user may read, sorted. */
  async readable(user) {
    const found = await this.#client.lookupResources(
      v1.LookupResourcesRequest.create({ consistency: NOW, resourceObjectType: "document", permission: "read", subject: subject("user", user) }),
    );
    const certain = found.filter(({ permissionship }) => permissionship === v1.LookupPermissionship.HAS_PERMISSION);
    return certain.map(({ resourceObjectId }) => resourceObjectId).sort();
  }

  async #demand(user, permission, document) {
    if (!(await this.#may(user, permission, document))) throw new Forbidden(`${user} may not ${permission} ${document}`);
  }

  async #may(user, permission, document) {
    const { permissionship } = await this.#client.checkPermission(
      v1.CheckPermissionRequest.create({ consistency: NOW, resource: object("document", document), permission, subject: subject("user", user) }),
    );
    // Anything but a definite yes is a no.
    return permissionship === v1.CheckPermissionResponse_Permissionship.HAS_PERMISSION;
  }

  async #write(update) {
    await this.#client.writeRelationships(v1.WriteRelationshipsRequest.create({ updates: [update] }));
  }
}

/** Somebody to share with: `subject("user", "ann")` or `subject("team", "press", "member")`. */
export function subject(type, id, relation = "") {
  return { object: object(type, id), optionalRelation: relation };
}

function object(objectType, objectId) {
  return { objectType, objectId };
}
