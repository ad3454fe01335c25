// Whose store a client speaks to, how long it lives, and the engine behind it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { Peppercorn, PeppercornError } from "peppercorn";
import { clientOf, forget, storeOf, v1 } from "peppercorn/authzed";
import { SCHEMA } from "../support.mjs";

const connect = (token, endpoint = "localhost:50051", security = v1.ClientSecurity.INSECURE_LOCALHOST_ALLOWED) => v1.NewClient(token, endpoint, security);

const check = (id, user, more = {}) =>
  v1.CheckPermissionRequest.create({
    resource: { objectType: "document", objectId: id },
    permission: "view",
    subject: { object: { objectType: "user", objectId: user }, optionalRelation: "" },
    ...more,
  });

const HAS = v1.CheckPermissionResponse_Permissionship.HAS_PERMISSION;
const NO = v1.CheckPermissionResponse_Permissionship.NO_PERMISSION;

async function granted(client, id, user) {
  return (await client.promises.checkPermission(check(id, user))).permissionship === HAS;
}

function seeded(token, ...relationships) {
  const store = storeOf(token);
  store.writeSchema(SCHEMA);
  store.write(relationships.map((relationship) => ({ operation: "TOUCH", relationship })));
  return store;
}

describe("parallel tests with a token each never meet", { concurrency: true }, () => {
  for (let number = 0; number < 20; number += 1) {
    test(`test ${number}`, async () => {
      const client = connect(`parallel-${number}`);
      await client.promises.writeSchema(v1.WriteSchemaRequest.create({ schema: SCHEMA }));
      const relationship = v1.Relationship.create({
        resource: { objectType: "document", objectId: "shared" },
        relation: "viewer",
        subject: { object: { objectType: "user", objectId: `user-${number}` }, optionalRelation: "" },
      });
      const updates = [{ operation: v1.RelationshipUpdate_Operation.CREATE, relationship }];
      await client.promises.writeRelationships(v1.WriteRelationshipsRequest.create({ updates }));
      await new Promise((resolve) => setTimeout(resolve, 5));
      const subjects = await client.promises.lookupSubjects(
        v1.LookupSubjectsRequest.create({ resource: relationship.resource, permission: "view", subjectObjectType: "user" }),
      );
      assert.deepEqual(subjects.map(({ subject }) => subject.subjectObjectId), [`user-${number}`]);
      client.close();
      assert.equal(forget(`parallel-${number}`), true);
    });
  }
});

test("clients with one token share its store, whatever else they are given", async () => {
  seeded("shared", "document:a#viewer@user:ann");
  const bearer = grpc.credentials.createFromMetadataGenerator((_, done) => {
    const metadata = new grpc.Metadata();
    metadata.set("authorization", "bearer shared");
    done(null, metadata);
  });
  const credentials = grpc.credentials.combineChannelCredentials(grpc.credentials.createSsl(), bearer);
  const clients = [
    connect("shared"),
    connect("shared", "spicedb.example:443", v1.ClientSecurity.SECURE),
    connect("shared", "spicedb:50051", v1.ClientSecurity.INSECURE_PLAINTEXT_CREDENTIALS),
    // The stock client sends no token here. A store that two tokens share would be worse.
    connect("shared", "127.0.0.1:50051"),
    v1.NewClient("shared"),
    v1.default.NewClient("shared"),
    v1.NewClientWithCustomCert("shared", "localhost:50051", Buffer.from("")),
    v1.NewClientWithChannelCredentials("localhost:50051", credentials),
  ];
  for (const client of clients) {
    assert.deepEqual([await granted(client, "a", "ann"), await granted(client, "a", "bob")], [true, false]);
    client.close();
  }
  const single = new v1.PermissionsServiceClient("localhost:50051", credentials);
  assert.ok(single instanceof grpc.Client);
  const { permissionship } = await new Promise((resolve, reject) => single.checkPermission(check("a", "ann"), (error, value) => (error ? reject(error) : resolve(value))));
  assert.equal(permissionship, HAS);
  single.close();
});

test("without a token there is one more store", async () => {
  seeded("", "document:a#viewer@user:none");
  const client = v1.NewClientWithChannelCredentials("localhost:50051", grpc.credentials.createInsecure());
  assert.equal(await granted(client, "a", "none"), true);
  client.close();
  forget("");
});

test("a store is there before its clients and after them", async () => {
  const store = seeded("inspected", "document:a#viewer@user:ann");
  const client = connect("inspected");
  assert.equal(await granted(client, "a", "ann"), true);
  await client.promises.deleteRelationships(v1.DeleteRelationshipsRequest.create({ relationshipFilter: { resourceType: "document" } }));
  client.close();
  assert.equal(store.can("user:ann", "view", "document:a"), false);
  assert.equal(storeOf("inspected"), store);
  assert.equal(store instanceof Peppercorn, true);
  assert.throws(() => storeOf(), { name: "TypeError", message: "`token` must be a string" });
});

test("a store that is forgotten is freed, and its token begins anew", async () => {
  const store = seeded("forgotten", "document:a#viewer@user:ann");
  const client = connect("forgotten");
  const watch = client.watch(v1.WatchRequest.create());
  const ended = new Promise((resolve) => watch.on("error", resolve));
  assert.equal(await granted(client, "a", "ann"), true);
  assert.deepEqual([forget("forgotten"), forget("forgotten")], [true, false]);
  assert.equal((await ended).code, grpc.status.FAILED_PRECONDITION);
  assert.throws(() => store.schema, (error) => error instanceof PeppercornError && error.code === "DISPOSED");
  await assert.rejects(client.promises.readSchema(v1.ReadSchemaRequest.create()), { code: grpc.status.NOT_FOUND });
  assert.notEqual(storeOf("forgotten"), store);
  client.close();
});

test("a client of an engine of one's own", async () => {
  const engine = new Peppercorn({ schema: SCHEMA, relationships: "document:a#viewer@user:ann", now: () => "2026-01-01T00:00:00Z" });
  const client = clientOf(engine);
  assert.deepEqual([await granted(client, "a", "ann"), await granted(client, "a", "bob")], [true, false]);
  engine.write([{ operation: "TOUCH", relationship: "document:a#viewer@user:bob" }]);
  assert.equal(await granted(client, "a", "bob"), true);
  // Tokens say nothing here.
  const metadata = new grpc.Metadata();
  metadata.set("authorization", "Bearer shared");
  assert.equal((await client.promises.checkPermission(check("a", "cal"), metadata)).permissionship, NO);
  client.close();
  assert.equal(engine.can("user:ann", "view", "document:a"), true);
  engine.free();
  const late = clientOf(engine);
  await assert.rejects(late.promises.checkPermission(check("a", "ann")), { code: grpc.status.FAILED_PRECONDITION, details: "the engine was freed" });
  for (const nothing of [undefined, {}, "token"]) {
    assert.throws(() => clientOf(nothing), { name: "TypeError", message: "`engine` must be a Peppercorn" });
  }
});

test("options of a client cannot send it elsewhere", async () => {
  seeded("at-home", "document:a#viewer@user:ann");
  const elsewhere = () => assert.fail("it went elsewhere");
  const channelOverride = new Proxy({}, { get: elsewhere });
  const client = v1.NewClient("at-home", "localhost:1", v1.ClientSecurity.SECURE, 0, { channelOverride, channelFactoryOverride: elsewhere });
  assert.equal(await granted(client, "a", "ann"), true);
  client.close();
});
