// The contract of the v1 API (`tests/contract`, whose README says what a case is), asked over HTTP.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { after, before, describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { fill, matches, matchesError, unroll, withoutDefaults } from "../../contract/compare.mjs";
import { filesIn, path } from "../support.mjs";
import { base, server } from "./http.mjs";

const NOW = "2026-01-01T00:00:00Z";
/** Relationships of a setup that one write takes. */
const MOST_UPDATES = 1000;
/** Milliseconds without a message after which a watch has told everything. */
const QUIET = 30;
const CODES = [
  "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
];
/** What grpc-gateway makes of the codes that occur. */
const STATUSES = { INVALID_ARGUMENT: 400, NOT_FOUND: 404, ALREADY_EXISTS: 409, RESOURCE_EXHAUSTED: 429, FAILED_PRECONDITION: 400, OUT_OF_RANGE: 400, UNIMPLEMENTED: 501 };

// An engine for each case, by its token.
const engines = new Map();
let running;
let paths;
before(async () => {
  running = await server(undefined, { engineOf: (token) => engines.get(token), maxRequestBytes: 64 * 1024 * 1024 });
  const { paths: described } = await (await fetch(`${base(running)}/openapi.json`)).json();
  paths = new Map(Object.entries(described).map(([path, { post }]) => [post?.operationId, path]));
});
after(() => running.close({ grace: 0 }));

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

async function run({ name, steps, now = NOW }, setup) {
  const token = String(cases++);
  engines.set(token, prepared(setup, now));
  const saved = new Map();
  for (const [place, step] of steps.entries()) {
    if (step.method === "PlanSchema") continue; // the engine's own, and not on the wire
    const wanted = step.peppercorn ?? step;
    const answer = await asked(token, step, saved);
    const found = "responses" in wanted || answer.error ? answer : { response: answer.responses[0] };
    if (!meets(wanted, found, saved)) {
      const { response, responses, error } = unroll(wanted);
      assert.deepEqual(found, { response, responses, error }, `${name}: step ${place + 1}, ${step.method}: ${answer.error?.message ?? ""}`);
    }
  }
  engines.get(token).free();
  engines.delete(token);
}

function prepared({ schema = "", relationships = [] }, now) {
  const engine = new Peppercorn({ now: () => now });
  if (schema !== "") engine.writeSchema(schema);
  const updates = unroll(relationships).map((relationship) => ({ operation: "TOUCH", relationship }));
  for (let start = 0; start < updates.length; start += MOST_UPDATES) engine.write(updates.slice(start, start + MOST_UPDATES));
  return engine;
}

/** What the server answers: `{ responses }` or `{ error }`. */
async function asked(token, { method, request = {}, requests }, saved) {
  const messages = (requests ?? [request]).map((message) => JSON.stringify(fill(unroll(message), saved)));
  const response = await fetch(`${base(running)}${paths.get(method)}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: messages.join("\n"),
  });
  assert.equal(response.headers.get("content-type"), "application/json");
  const lines = method === "Watch" && response.ok ? await everythingOf(response) : (await response.text()).split("\n");
  const values = lines.filter((line) => line !== "").map((line) => JSON.parse(line));
  const isStream = values.length > 1 || (values.length === 1 && ("result" in values[0] || "error" in values[0])) || values.length === 0;
  const failed = values.find((value) => "error" in value)?.error ?? (response.ok ? undefined : values[0]);
  if (failed !== undefined) return { error: errorOf(failed, response.status, isStream && response.ok) };
  return { responses: values.map((value) => withoutDefaults(isStream ? value.result : value)) };
}

function errorOf({ code, message, details }, status, isLate) {
  const found = { code: CODES[code], message };
  assert.equal(status, isLate ? 200 : STATUSES[found.code], `HTTP status of ${found.code}`);
  for (const { "@type": type, reason, domain, metadata } of details) {
    assert.deepEqual([type, domain], ["type.googleapis.com/google.rpc.ErrorInfo", "authzed.com"]);
    Object.assign(found, { reason, metadata });
  }
  return found;
}

/** What a watcher has to tell by now. */
async function everythingOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    let timer;
    const quiet = new Promise((resolve) => (timer = setTimeout(resolve, QUIET, { done: true })));
    const { value, done } = await Promise.race([reader.read(), quiet]);
    clearTimeout(timer);
    if (done) break;
    text += value;
  }
  reader.cancel().catch(() => {});
  return text.split("\n");
}

function meets(wanted, { response, responses, error }, saved) {
  if (wanted.error !== undefined) return error !== undefined && matchesError(unroll(wanted.error), error, saved);
  if (wanted.responses !== undefined) return responses !== undefined && matches(unroll(wanted.responses), responses, saved, true);
  return response !== undefined && matches(unroll(wanted.response ?? {}), response, saved, true);
}
