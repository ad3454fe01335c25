// What the application does, whichever way its two stores are kept together. A `database` is anything with PGlite's `query(text, values)`
// and `transaction(work)`. In your own code the engine comes from "peppercorn".

import { readFileSync } from "node:fs";
import { Peppercorn } from "../../pkg/dist/node.mjs";

const read = (file) => readFileSync(new URL(file, import.meta.url), "utf8");

export const SCHEMA = read("schema.zed");
export const TABLES = read("tables.sql");

const document = (id, statement, ...values) => ({ type: "document", id, statement, values: [id, ...values] });
const group = (id, statement, ...values) => ({ type: "group", id, statement, values: [id, ...values] });

/** What people do. Each is about one object, and says only what becomes of the tables: the relationships follow from the view. */
export const changes = {
  create: (id, folder, owner, title) => document(id, "INSERT INTO documents VALUES ($1, $2, $3, $4)", folder, owner, title),
  remove: (id) => document(id, "DELETE FROM documents WHERE id = $1"),
  move: (id, folder) => document(id, "UPDATE documents SET folder = $2 WHERE id = $1", folder),
  handOver: (id, owner) => document(id, "UPDATE documents SET owner = $2 WHERE id = $1", owner),
  share: (id, viewer) => document(id, "INSERT INTO viewers VALUES ($1, $2) ON CONFLICT DO NOTHING", viewer),
  unshare: (id, viewer) => document(id, "DELETE FROM viewers WHERE document = $1 AND viewer = $2", viewer),
  ban: (id, person) => document(id, "INSERT INTO bans VALUES ($1, $2) ON CONFLICT DO NOTHING", person),
  unban: (id, person) => document(id, "DELETE FROM bans WHERE document = $1 AND person = $2", person),
  join: (id, person) => group(id, "INSERT INTO members VALUES ($1, $2) ON CONFLICT DO NOTHING", person),
  leave: (id, person) => group(id, "DELETE FROM members WHERE group_id = $1 AND person = $2", person),
};

/** Changes the tables, and gives what that changes in the relationships, as {@link difference} does. */
export async function perform(transaction, { type, id, statement, values }) {
  await lock(transaction, type, id);
  const before = await relationshipsOf(transaction, type, id);
  await transaction.query(statement, values);
  return difference(before, await relationshipsOf(transaction, type, id));
}

/**
 * Until the transaction ends nobody else changes this object, or looks at it in order to write what they see. What is read afterwards is
 * the newest, at READ COMMITTED (Postgres's default); at stricter levels it is as old as the transaction.
 */
export async function lock(transaction, type, id) {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`${type}:${id}`]);
}

/** What the tables say about one object. */
export async function relationshipsOf(database, type, id) {
  const { rows } = await database.query("SELECT relationship FROM relationships WHERE type = $1 AND id = $2", [type, id]);
  return rows.map((row) => row.relationship);
}

/** What the tables say about everything. */
export async function allRelationships(database) {
  const { rows } = await database.query("SELECT relationship FROM relationships");
  return rows.map((row) => row.relationship);
}

/** An engine that says what the tables say. */
export async function engineFrom(database) {
  return new Peppercorn({ schema: SCHEMA, relationships: await allRelationships(database) });
}

/** The updates that lead from some relationships to others: those that take permissions away, and those that give them. */
export function difference(from, to) {
  const [old, young] = [new Set(from), new Set(to)];
  const updates = [
    ...from.filter((relationship) => !young.has(relationship)).map((relationship) => ({ operation: "DELETE", relationship })),
    ...to.filter((relationship) => !old.has(relationship)).map((relationship) => ({ operation: "TOUCH", relationship })),
  ];
  return { takes: updates.filter(takesAway), gives: updates.filter((update) => !takesAway(update)) };
}

/** The schema decides which is which: what stands after a minus is taken away by adding to it. */
function takesAway({ operation, relationship }) {
  return (operation === "DELETE") !== relationship.includes("#banned@");
}

/** Throws where the engine would refuse the updates, while the database can still be told so. A fork costs next to nothing. */
export function mustFit(engine, { takes, gives }) {
  const trial = engine.fork();
  try {
    trial.write([...takes, ...gives]);
  } finally {
    trial.free();
  }
}

/** A relationship as a message of the v1 API. */
export function message(text) {
  const [, objectType, objectId, relation, type, id, optionalRelation = ""] = /^(.+?):(.+?)#(.+?)@(.+?):([^#]+)(?:#(.+))?$/.exec(text);
  return { resource: { objectType, objectId }, relation, subject: { object: { objectType: type, objectId: id }, optionalRelation } };
}

/** The same as a text. */
export function text({ resource, relation, subject }) {
  const end = subject.optionalRelation === "" ? "" : `#${subject.optionalRelation}`;
  return `${resource.objectType}:${resource.objectId}#${relation}@${subject.object.objectType}:${subject.object.objectId}${end}`;
}

/** The filter that this relationship alone matches. */
export function exactly(relationship) {
  const { resource, relation, subject } = message(relationship);
  return {
    resourceType: resource.objectType,
    optionalResourceId: resource.objectId,
    optionalRelation: relation,
    optionalSubjectFilter: {
      subjectType: subject.object.objectType,
      optionalSubjectId: subject.object.objectId,
      optionalRelation: { relation: subject.optionalRelation },
    },
  };
}
