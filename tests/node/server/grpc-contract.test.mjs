// The contract of the v1 API (`tests/contract`) over gRPC, with the stock client.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { after, describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { fill, matches, matchesError, unroll, withoutDefaults } from "../../contract/compare.mjs";
import { filesIn, path } from "../support.mjs";
import { Unsayable, asked, serving, stockClient, tokens } from "./grpc.mjs";

const NOW = "2026-01-01T00:00:00Z";
/** Relationships of a setup that one write takes. */
const MOST_UPDATES = 1000;

const engines = new Map();
const server = await serving(tokens(engines));
const counts = { cases: 0, steps: 0, unsayable: 0 };

for (const file of filesIn("tests/contract", ".json")) {
  const contract = JSON.parse(readFileSync(path(file), "utf8"));
  describe(basename(file), () => {
    for (const one of contract.cases) test(one.name, () => run(one, one.setup ?? contract.setup ?? {}));
  });
}

after(() => {
  server.close();
  assert.ok(counts.steps >= 800, `only ${counts.steps} steps of ${counts.cases} cases asked`);
  assert.ok(counts.unsayable <= 40, `${counts.unsayable} steps cannot be said`);
  console.log(JSON.stringify(counts));
});

async function run({ name, steps, now = NOW }, setup) {
  counts.cases += 1;
  const token = `case-${counts.cases}`;
  engines.set(token, prepared(setup, now));
  const client = stockClient(server.address, token);
  const saved = new Map();
  try {
    for (const [place, step] of steps.entries()) {
      const wanted = step.peppercorn ?? step;
      const answer = await answered(client, engines.get(token), step, saved);
      if (answer === undefined) return; // what follows builds on it
      counts.steps += 1;
      const found = "responses" in wanted || answer.error ? answer : { response: answer.responses[0] };
      if (!meets(wanted, found, saved)) {
        const { response, responses, error } = unroll(wanted);
        assert.deepEqual(found, { response, responses, error }, `step ${place + 1}, ${step.method}: ${answer.error?.message ?? ""}`);
      }
      if (found.error?.reason !== undefined) {
        assert.deepEqual(found.error.status, { code: found.error.code, message: found.error.message });
        assert.equal(found.error.domain, "authzed.com");
      }
    }
  } finally {
    client.close();
    engines.delete(token);
  }
}

function prepared({ schema = "", relationships = [] }, now) {
  const engine = new Peppercorn({ now: () => now });
  if (schema !== "") engine.writeSchema(schema);
  const updates = unroll(relationships).map((relationship) => ({ operation: "TOUCH", relationship }));
  for (let start = 0; start < updates.length; start += MOST_UPDATES) engine.write(updates.slice(start, start + MOST_UPDATES));
  return engine;
}

/** The answer to a step, without defaults; nothing where the wire cannot ask it: methods and JSON that only this package takes. */
async function answered(client, engine, step, saved) {
  if (step.method === "PlanSchema") {
    counts.unsayable += 1;
    return undefined;
  }
  const request = step.request && fill(unroll(step.request), saved);
  const requests = step.requests && fill(unroll(step.requests), saved);
  try {
    const { responses, error } = await asked(client, step.method, { request, requests, take: (step.peppercorn ?? step).responses?.length });
    return error ? { error } : { responses: responses.map((response) => withoutDefaults(response)) };
  } catch (thrown) {
    if (!(thrown instanceof Unsayable)) throw thrown;
    counts.unsayable += 1;
    return undefined;
  }
}

function meets(wanted, { response, responses, error }, saved) {
  if (wanted.error !== undefined) return error !== undefined && matchesError(unroll(wanted.error), error, saved);
  if (wanted.responses !== undefined) return responses !== undefined && matches(unroll(wanted.responses), responses, saved, true);
  return response !== undefined && matches(unroll(wanted.response ?? {}), response, saved, true);
}
