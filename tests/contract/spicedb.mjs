// Asks a real SpiceDB every case of the contract, and fails where it answers otherwise.
//   node tests/contract/spicedb.mjs [--record] [file or part of a case's name ...]
// --record prints what SpiceDB answers to each step asked, as JSON, for writing cases with.
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { fill, matches, matchesError, unroll, withoutDefaults } from "./compare.mjs";
import { relationship } from "./relationship.mjs";
import { REACHED, start } from "./server.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2).filter((word) => word !== "--record");
const record = process.argv.includes("--record");
const UPDATES_A_CALL = 1000;
const counts = { cases: 0, steps: 0, unasked: 0, differences: 0 };

for (const file of readdirSync(here).filter((name) => name.endsWith(".json")).sort()) {
  const { setup: shared, cases } = JSON.parse(readFileSync(path.join(here, file), "utf8"));
  const whole = words.length === 0 || words.some((word) => path.basename(word) === file);
  for (const one of cases) {
    if (whole || words.some((word) => one.name.includes(word))) await run(file, one, one.setup ?? shared ?? {});
  }
}
console.log(`${counts.cases} cases, ${counts.steps} steps asked, ${counts.unasked} not askable, ${counts.differences} differences`);
process.exit(counts.differences ? 1 : 0); // at once: a streaming channel would keep the process

async function run(file, { name, steps }, setup) {
  counts.cases += 1;
  const asked = steps.filter((step) => step.spicedb !== false);
  counts.unasked += steps.length - asked.length;
  if (asked.length === 0) return;
  const server = await start();
  const saved = new Map();
  await prepare(server, setup);
  for (const [at, step] of steps.entries()) {
    if (step.spicedb === false) continue;
    counts.steps += 1;
    if (!(step.method in REACHED)) throw new Error(`${name}: ${step.method} cannot be asked, but no "spicedb": false`);
    const answer = await server.call(step.method, fill(unroll(step.request ?? {}), saved), step.take);
    const found = known(answer);
    if (record) console.log(JSON.stringify({ file, name, at, ...found }));
    if (meets(step, found, saved)) continue;
    counts.differences += 1;
    const expected = { response: step.response, responses: step.responses, error: step.error };
    console.log(`${file}: ${name}: step ${at + 1}, ${step.method}\n  expected ${JSON.stringify(expected)}\n  found    ${JSON.stringify(found)}`);
  }
  server.close();
}

/** The answer without defaults. */
function known({ response, responses, error }) {
  if (error) return { error };
  return responses ? { responses: responses.map((one) => withoutDefaults(one)) } : { response: withoutDefaults(response) };
}

function meets(step, found, saved) {
  if (step.error) return found.error !== undefined && matchesError(step.error, found.error);
  if (step.responses) return found.responses !== undefined && matches(given(step), found.responses, saved, step.method === "Watch");
  return found.response !== undefined && matches(unroll(step.response ?? {}), found.response, saved);
}

/** What is expected of SpiceDB, which gives no cursor with the results of LookupSubjects. */
function given({ method, responses }) {
  const expected = unroll(responses);
  return method === "LookupSubjects" ? expected.map(({ afterResultCursor, ...rest }) => rest) : expected;
}

async function prepare(server, { schema = "", relationships = [] }) {
  if (schema) await must(server.call("WriteSchema", { schema }));
  const updates = unroll(relationships).map((line) => ({ operation: "OPERATION_TOUCH", relationship: relationship(line) }));
  for (let at = 0; at < updates.length; at += UPDATES_A_CALL) {
    await must(server.call("WriteRelationships", { updates: updates.slice(at, at + UPDATES_A_CALL) }));
  }
}

async function must(call) {
  const { error } = await call;
  if (error) throw new Error(`the setup of a case is refused: ${error.message}`);
}
