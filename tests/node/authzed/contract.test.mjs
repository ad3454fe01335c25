// The contract of the v1 API (`tests/contract`, whose README says what a case is), asked through the client.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { clientOf, v1 } from "peppercorn/authzed";
import { fill, matches, matchesError, unroll, withoutDefaults } from "../../contract/compare.mjs";
import { filesIn, path } from "../support.mjs";
import { ErrorInfo, detailsOf } from "./told.mjs";

const NOW = "2026-01-01T00:00:00Z";
/** Relationships of a setup that one write takes. */
const MOST_UPDATES = 1000;

const METHODS = new Map(
  [v1.ExperimentalService, v1.PermissionsService, v1.SchemaService, v1.WatchService].flatMap(({ methods }) => methods.map((method) => [method.name, method])),
);
const CODES = [
  "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
  "UNAUTHENTICATED",
];

let cases = 0;
let messages = 0;
for (const file of filesIn("tests/contract", ".json")) {
  const contract = JSON.parse(readFileSync(path(file), "utf8"));
  describe(basename(file), () => {
    for (const one of contract.cases) {
      // What is about JSON alone, no message can say; nor is the dry run a method of SpiceDB's.
      const can = one.steps.every((step) => METHODS.has(step.method) && isMessage(step));
      test(one.name, { skip: can ? false : "it is not about messages" }, () => run(one, one.setup ?? contract.setup ?? {}));
      cases += 1;
      messages += can ? 1 : 0;
    }
  });
}

test("most cases are about messages", () => assert.ok(messages >= 300 && messages > cases * 0.85, `${messages} of ${cases}`));

function isMessage({ method, request = {}, requests = [request] }) {
  try {
    for (const one of unroll(requests)) METHODS.get(method).I.fromJson(one);
    return true;
  } catch {
    return false;
  }
}

async function run({ steps, now = NOW }, setup) {
  const engine = prepared(setup, now);
  const client = clientOf(engine);
  const saved = new Map();
  try {
    for (const [place, step] of steps.entries()) {
      const wanted = step.peppercorn ?? step;
      const answer = await asked(client, step, saved);
      const found = "responses" in wanted || answer.error ? answer : { response: answer.responses[0] };
      if (!meets(wanted, found, saved)) {
        const { response, responses, error } = unroll(wanted);
        assert.deepEqual(found, { response, responses, error }, `step ${place + 1}, ${step.method}: ${answer.error?.message ?? ""}`);
      }
    }
  } finally {
    client.close();
    engine.free();
  }
}

function prepared({ schema = "", relationships = [] }, now) {
  const engine = new Peppercorn({ now: () => now });
  if (schema !== "") engine.writeSchema(schema);
  const updates = unroll(relationships).map((relationship) => ({ operation: "TOUCH", relationship }));
  for (let start = 0; start < updates.length; start += MOST_UPDATES) engine.write(updates.slice(start, start + MOST_UPDATES));
  return engine;
}

/** What the client tells: `{ responses }` or `{ error }`. */
async function asked(client, { method, request = {}, requests = [request], take }, saved) {
  const { I, O, localName, serverStreaming, clientStreaming } = METHODS.get(method);
  const given = fill(unroll(requests), saved).map((one) => I.fromJson(one));
  try {
    const answers = serverStreaming
      ? await all(client[localName](given[0], { deadline: Date.now() + 5000 }), take)
      : [await (clientStreaming ? imported(client, localName, given) : client.promises[localName](given[0]))];
    return { responses: answers.map((answer) => withoutDefaults(O.toJson(answer, { typeRegistry: [ErrorInfo] }))) };
  } catch (error) {
    if (typeof error.code !== "number") throw error;
    const { reason, metadata } = detailsOf(error.metadata)?.details[0] ?? {};
    return { error: { code: CODES[error.code], reason, metadata, message: error.details } };
  }
}

/** Every message of a stream; of a watch, as many as are asked for. */
async function all(call, take = Infinity) {
  const found = [];
  return new Promise((resolve, reject) => {
    call.on("data", (message) => {
      found.push(message);
      if (found.length >= take) {
        call.on("error", () => {});
        resolve(found);
        call.cancel();
      }
    });
    call.on("end", () => resolve(found));
    call.on("error", reject);
  });
}

const imported = (client, name, requests) =>
  new Promise((resolve, reject) => {
    const call = client[name]((error, value) => (error ? reject(error) : resolve(value)));
    call.on("error", () => {});
    for (const request of requests) call.write(request);
    call.end();
  });

function meets(wanted, { response, responses, error }, saved) {
  if (wanted.error !== undefined) return error !== undefined && matchesError(unroll(wanted.error), error, saved);
  if (wanted.responses !== undefined) return responses !== undefined && matches(unroll(wanted.responses), responses, saved, true);
  return response !== undefined && matches(unroll(wanted.response ?? {}), response, saved, true);
}
