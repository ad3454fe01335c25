// The contract of the v1 API (`tests/contract`, whose README says what a case is), asked of the package.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { Peppercorn, PeppercornError } from "peppercorn";
import { fill, matches, matchesError, unroll, withoutDefaults } from "../contract/compare.mjs";
import { filesIn, path } from "./support.mjs";

const NOW = "2026-01-01T00:00:00Z";
/** Relationships of a setup that one write takes. */
const MOST_UPDATES = 1000;

/** The codes that are no `ErrorReason` of SpiceDB's. */
const OWN = new Set([
  "INVALID_ARGUMENT",
  "NOT_FOUND",
  "INVALID_TOKEN",
  "FOREIGN_TOKEN",
  "REVISION_EXPIRED",
  "REVISION_NOT_REACHED",
  "WATCH_TOO_SLOW",
  "WORK_BUDGET_EXCEEDED",
  "CYCLE_THROUGH_EXCLUSION",
  "STORE_FULL",
  "UNKNOWN_METHOD",
]);

let cases = 0;
for (const file of filesIn("tests/contract", ".json")) {
  const contract = JSON.parse(readFileSync(path(file), "utf8"));
  describe(basename(file), () => {
    for (const one of contract.cases) {
      cases += 1;
      test(one.name, () => run(one, one.setup ?? contract.setup ?? {}));
    }
  });
}

test("there are cases", () => assert.ok(cases >= 300, `only ${cases}`));

async function run({ steps, now = NOW }, setup) {
  const engine = prepared(setup, now);
  const saved = new Map();
  for (const [place, step] of steps.entries()) {
    const wanted = step.peppercorn ?? step;
    const answer = await asked(engine, step, saved);
    const found = "responses" in wanted || answer.error ? answer : { response: answer.responses[0] };
    if (!meets(wanted, found, saved)) {
      const { response, responses, error } = unroll(wanted);
      assert.deepEqual(found, { response, responses, error }, `step ${place + 1}, ${step.method}: ${answer.error?.message ?? ""}`);
    }
  }
}

function prepared({ schema = "", relationships = [] }, now) {
  const engine = new Peppercorn({ now: () => now });
  if (schema !== "") engine.writeSchema(schema);
  const updates = unroll(relationships).map((relationship) => ({ operation: "TOUCH", relationship }));
  for (let start = 0; start < updates.length; start += MOST_UPDATES) engine.write(updates.slice(start, start + MOST_UPDATES));
  return engine;
}

/** What the engine answers: `{ responses }` or `{ error }`. */
async function asked(engine, step, saved) {
  const { v1 } = engine;
  const name = step.method.charAt(0).toLowerCase() + step.method.slice(1);
  // The dry run is the engine's own, not SpiceDB's.
  const method = step.method === "PlanSchema" ? ({ schema }) => engine.planSchema(schema) : v1[name];
  try {
    const responses = await answers(method, step, (request) => fill(unroll(request), saved));
    return { responses: responses.map((response) => withoutDefaults(response)) };
  } catch (error) {
    if (!(error instanceof PeppercornError)) throw error;
    const { status: code, code: reason, metadata, message } = error;
    return { error: OWN.has(reason) ? { code, metadata, message } : { code, reason: `ERROR_REASON_${reason}`, metadata, message } };
  }
}

async function answers(method, { method: name, request = {}, requests }, filled) {
  if (requests !== undefined) return [method(filled(requests))];
  const answer = method(filled(request));
  if (name === "Watch") return everythingOf(answer);
  return Symbol.iterator in answer ? [...answer] : [answer];
}

/** What a watcher has to tell by now. */
async function everythingOf(watch) {
  const messages = [];
  const later = new Promise((resolve) => setImmediate(resolve, { done: true }));
  const next = () => Promise.race([watch.next(), later]);
  for (let { value, done } = await next(); !done; ({ value, done } = await next())) messages.push(value);
  await watch.return();
  return messages;
}

function meets(wanted, { response, responses, error }, saved) {
  if (wanted.error !== undefined) return error !== undefined && matchesError(unroll(wanted.error), error, saved);
  if (wanted.responses !== undefined) return responses !== undefined && matches(unroll(wanted.responses), responses, saved, true);
  return response !== undefined && matches(unroll(wanted.response ?? {}), response, saved, true);
}
