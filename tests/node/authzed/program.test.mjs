// The same program, word by word, with the stock client and with ours: over HTTP/2 to a real SpiceDB, over HTTP/2 to this engine, and in
// process. In process it must tell what it tells over a network, and of SpiceDB the same but for what stands here.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as stock from "@authzed/authzed-node";
import { Peppercorn } from "peppercorn";
import * as ours from "peppercorn/authzed";
import { node, path } from "../support.mjs";
import { run } from "./program.mjs";
import { listen } from "./wire.mjs";

/** Steps with an error that the embedded SpiceDB tells without its details. */
const BARE = new Set([
  "no schema yet",
  "a schema that is wrong",
  "write relationships",
  "events of a call that fails",
  "values that JSON does not have",
  "contexts",
  "errors of checks",
  "expand",
]);

/** Errors that say the same in other words: theirs, and ours. */
const WORDS = new Map([
  [
    "parse error in `schema`, line 1, column 1: Expected end of statement or definition, found: TokenTypeError",
    "1:18: error[syntax/unexpected-token]: expected `}`, found the end of the file",
  ],
  [
    'unable to satisfy write precondition `operation:OPERATION_MUST_NOT_MATCH filter:{resource_type:"document" optional_resource_id:"a"}`',
    "unable to satisfy write precondition `OPERATION_MUST_NOT_MATCH` of resource_type: `document`, resource_id: `a`",
  ],
  [
    "type error for parameters for caveat `on_day`: could not convert context parameter `day`: for string: a string value is required, but found float64 `7`",
    "type error for parameters for caveat `on_day`: could not convert context parameter `day`: `7` is not one",
  ],
  [
    "could not convert context parameter `day`: for string: a string value is required, but found <nil> `<nil>`",
    "could not convert context parameter `day`: `null` is not one",
  ],
  ["invalid argument: cannot perform check on wildcard subject", "cannot perform check on wildcard subject"],
]);

/** Steps that we answer otherwise. */
const DIFFERENT = new Map([
  // The request is at fault; SpiceDB calls it an internal error.
  ["a consistency that says nothing", [3]],
  // What no calendar has, SpiceDB writes all the same; the third is in the year 1969.
  ["relationships at odd times", [3, 3, null]],
]);

const connecting = ({ v1 }, address) => (token, options) => v1.NewClient(token, address, v1.ClientSecurity.INSECURE_LOCALHOST_ALLOWED, undefined, options);

const inProcess = run({ v1: ours.v1, connect: connecting(ours, "localhost:50051") });

test("in process, a client tells what one tells over a network", { timeout: 60_000 }, async () => {
  const clients = new Map();
  const clientFor = (token) => {
    if (!clients.has(token)) clients.set(token, ours.clientOf(new Peppercorn()));
    return clients.get(token);
  };
  const server = await listen({ client: async (token) => clientFor(token) });
  try {
    same(await run({ v1: stock.v1, connect: connecting(stock, server.address), without: ["served"] }), await inProcess);
  } finally {
    server.close();
  }
});

test("in process, a client tells what one tells of a real SpiceDB", { timeout: 120_000 }, async () => {
  const { status, stdout, stderr } = node([path("tests/node/authzed/on-spicedb.mjs")], { timeout: 100_000 });
  assert.equal(status, 0, stderr);
  const spicedb = JSON.parse(stdout);
  assert.ok(spicedb.length >= 55, `only ${spicedb.length} steps were run`);
  const translated = spicedb.map(({ name, found }) => ({ name, found: inOurWords(found) }));
  const found = JSON.parse(JSON.stringify(await inProcess)).map((step) => (BARE.has(step.name) ? withoutDetails(step) : step));
  same(translated.filter(({ name }) => !DIFFERENT.has(name)), found);
  for (const [name, told] of DIFFERENT) {
    assert.deepEqual(found.find((step) => step.name === name).found, told, name);
    assert.notDeepEqual(spicedb.find((step) => step.name === name).found, told, `${name}: no longer different`);
  }
});

test("what SpiceDB does not have is not implemented", async () => {
  const steps = (await inProcess).filter(({ name }) => name.startsWith("materialize"));
  assert.deepEqual(
    steps.map(({ found: [{ error }] }) => error.message),
    ["WatchPermissionsService", "WatchPermissionSetsService"].map((name) => `12 UNIMPLEMENTED: unknown service authzed.api.materialize.v0.${name}`),
  );
});

/** Every step that was run there was run here, and told the same. */
function same(expected, found) {
  const steps = new Map(found.map((step) => [step.name, step.found]));
  for (const step of expected) {
    assert.deepEqual(steps.get(step.name), step.found, step.name);
  }
}

function inOurWords(value) {
  if (typeof value === "string") return [...WORDS].reduce((text, [theirs, own]) => text.replace(theirs, () => own), value);
  if (Array.isArray(value)) return value.map(inOurWords);
  return value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inOurWords(one)])) : value;
}

function withoutDetails(value) {
  if (Array.isArray(value)) return value.map(withoutDetails);
  if (!value || typeof value !== "object") return value;
  const isMetadata = "content-type" in value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (isMetadata && key === "status" ? [] : [[key, withoutDetails(one)]])));
}
