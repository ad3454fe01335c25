// Which relationships can change the answer to a question, by what the schema says.

import type { v1 } from "../../index.cjs";
import { type Host, atThisTime } from "../host.ts";
import { call } from "../raw.ts";
import type { Row } from "./rows.ts";

/** What a question is about. */
export interface About {
  readonly type: string;
  /** Absent where all resources of the type are meant. */
  readonly id?: string;
  /** Absent where all permissions of the type are meant. */
  readonly permission?: string;
  readonly subjectType: string;
  /** Absent where all subjects of the type are meant. */
  readonly subjectId?: string;
}

/** Which relationships, written or gone, can change the answer to a question. Errs towards more. */
export interface Needs {
  /** The relations that they are of, as in `relationOf`, or in `placeOf` where only those of one resource count. */
  readonly of: readonly string[];
  /** Whether one of these can, by its subject. */
  readonly touches: (row: Row) => boolean;
}

/** A relation of all resources of a type. */
export function relationOf({ type, relation }: Pick<Row, "type" | "relation">): string {
  return `${type}#${relation}`;
}

/** A relation of one resource. */
export function placeOf({ type, id, relation }: Pick<Row, "type" | "id" | "relation">): string {
  return `${type}:${id}#${relation}`;
}

/** What a schema says of what depends on what. To be forgotten with the schema. */
export class Dependencies {
  readonly #host: Host;
  /** The subject types of relations, by definition and name. */
  readonly #relations = new Map<string, readonly v1.ReflectionTypeReference[]>();
  readonly #permissions = new Map<string, readonly string[]>();
  readonly #found = new Map<string, ReadonlySet<string>>();
  readonly #countsAll: boolean;

  constructor(host: Host) {
    this.#host = host;
    const { definitions } = this.#asked("ReflectSchema", {}) as v1.ReflectSchemaResponse;
    for (const { name, relations, permissions } of definitions) {
      this.#permissions.set(name, permissions.map((permission) => permission.name));
      for (const relation of relations) {
        this.#relations.set(member(name, relation.name), relation.subjectTypes);
      }
    }
    const engine = host.handle.get();
    this.#countsAll = /\ball\b/.test(call(() => engine.schema()));
  }

  /** What can change the answer to a question. */
  needs({ type, id, permission, subjectType, subjectId }: About): Needs {
    const permissions = permission === undefined ? (this.#permissions.get(type) ?? []) : [permission];
    const members = new Set(permissions.flatMap((permission) => [...this.#dependencies(type, permission)]));
    const subjectTypes = new Set<string>();
    for (const member of members) {
      this.#relations.get(member)?.forEach(({ subjectDefinitionName }) => subjectTypes.add(subjectDefinitionName));
    }
    // Nothing leads from one object of the type to another, so that those of the resource itself are all that count.
    const isLocal = !subjectTypes.has(type);
    // Objects of these types are not only subjects: an arrow may go on from them.
    const walked = new Set([...members].map((member) => member.slice(0, member.indexOf("#"))));
    // Where an arrow asks for all of its objects, each counts, whoever is asked about.
    const isExact = !this.#countsAll;
    return {
      of: Array.from(members, (key) => {
        const [owner = "", relation = ""] = key.split("#");
        return isLocal && id !== undefined && owner === type ? placeOf({ type, id, relation }) : key;
      }),
      touches: (row) => {
        const isOthers = row.subjectType !== subjectType || (subjectId !== undefined && row.subjectId !== "*" && row.subjectId !== subjectId);
        return !(isExact && isOthers && row.subjectRelation === "" && !walked.has(row.subjectType));
      },
    };
  }

  /** The relations and permissions that one depends on, itself among them. */
  #dependencies(type: string, name: string): ReadonlySet<string> {
    const key = member(type, name);
    const known = this.#found.get(key);
    if (known !== undefined) {
      return known;
    }
    const found = new Set<string>([key]);
    // SpiceDB's DependentRelations is asked about permissions only; of a relation, those of its sets are found here.
    for (const one of this.#relations.has(key) ? found : []) {
      for (const { subjectDefinitionName: type, optionalRelationName: set } of this.#relations.get(one) ?? []) {
        if (!set) continue;
        found.add(member(type, set));
        if (!this.#relations.has(member(type, set))) this.#ofPermission(type, set).forEach((more) => found.add(more));
      }
    }
    if (!this.#relations.has(key)) this.#ofPermission(type, name).forEach((more) => found.add(more));
    this.#found.set(key, found);
    return found;
  }

  #ofPermission(definitionName: string, permissionName: string): string[] {
    const { relations } = this.#asked("DependentRelations", { definitionName, permissionName }) as v1.DependentRelationsResponse;
    return relations.map(({ definitionName, relationName }) => member(definitionName, relationName));
  }

  #asked(method: string, request: unknown): unknown {
    const [engine, now] = atThisTime(this.#host);
    return JSON.parse(call(() => engine.call(method, JSON.stringify(request), now)));
  }
}

function member(type: string, relation: string): string {
  return relationOf({ type, relation });
}
