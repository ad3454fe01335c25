// The scenario with an HTTP client: `node http.mjs URL KEY [all]`. Prints the outcome of each step as JSON, a line each.

import { OTHER_STEPS, STEPS, filled, keep } from "./scenario.mjs";

/** Milliseconds that a watch may take to tell what it owes. */
const PATIENCE = 10_000;
const CODES = [
  "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
];

const [url, key, all] = process.argv.slice(2);
// The server says itself where its methods are.
const { paths } = await (await fetch(`${url}/openapi.json`)).json();
const places = new Map(Object.entries(paths).map(([path, { post }]) => [post?.operationId, path]));
const saved = new Map();
for (const step of all === undefined ? STEPS : [...STEPS, ...OTHER_STEPS]) {
  const outcome = await asked(step);
  keep(step, outcome, saved);
  console.log(JSON.stringify({ name: step.name, ...outcome }));
}

async function asked({ method, request = {}, requests = [request], take }) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`${method} tells nothing`)), PATIENCE);
  const response = await fetch(`${url}${places.get(method)}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: requests.map((message) => JSON.stringify(filled(message, saved))).join("\n"),
    signal: controller.signal,
  });
  try {
    const responses = [];
    for await (const value of valuesOf(response)) {
      const failure = value.error?.code === undefined ? (response.ok ? undefined : value) : value.error;
      if (failure !== undefined) return { error: errorOf(failure) };
      responses.push("result" in value ? value.result : value);
      if (responses.length === take) break;
    }
    return { responses };
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

/** The JSON values of a body, one a line, as they come. */
async function* valuesOf(response) {
  let begun = "";
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (begun + part).split("\n");
    begun = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
  if (begun !== "") yield JSON.parse(begun);
}

function errorOf({ code, message, details }) {
  const [{ reason, domain, metadata } = {}] = details;
  return { code: CODES[code], message, ...(reason !== undefined && { reason, domain, metadata }) };
}
