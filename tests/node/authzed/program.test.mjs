// The same program, word by word, with the stock client and with ours: over HTTP/2 to a real SpiceDB, over HTTP/2 to this engine, and in
// process. The second and third must tell the same in every detail; the first and third but for what is listed here.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as stock from "@authzed/authzed-node";
import { Peppercorn } from "peppercorn";
import * as ours from "peppercorn/authzed";
import { node, path } from "../support.mjs";
import { run } from "./program.mjs";
import { listen } from "./wire.mjs";

const connecting = ({ v1 }, address) => (token, options) => v1.NewClient(token, address, v1.ClientSecurity.INSECURE_LOCALHOST_ALLOWED, undefined, options);

const told = run({ v1: ours.v1, connect: connecting(ours, "localhost:50051") });

test("in process, a client tells what one tells over a network", async () => {
  const engines = new Map();
  const clientFor = (token) => {
    if (!engines.has(token)) engines.set(token, ours.clientOf(new Peppercorn()));
    return engines.get(token);
  };
  const server = await listen({ client: async (token) => clientFor(token) });
  try {
    const overNetwork = await run({ v1: stock.v1, connect: connecting(stock, server.address) });
    compare(overNetwork, await told);
  } finally {
    server.close();
  }
});

test("in process, a client tells what one tells of a real SpiceDB", { timeout: 120_000 }, async () => {
  const { status, stdout, stderr } = node([path("tests/node/authzed/on-spicedb.mjs")], { timeout: 100_000 });
  assert.equal(status, 0, stderr);
  const spicedb = JSON.parse(stdout);
  assert.ok(spicedb.length > 50, "most of the program was run");
  const names = new Set(spicedb.map(({ name }) => name));
  compare(spicedb, JSON.parse(JSON.stringify((await told).filter(({ name }) => names.has(name)))));
});

function compare(expected, found) {
  assert.deepEqual(found.map(({ name }) => name), expected.map(({ name }) => name));
  const different = expected.filter(({ found: wanted }, at) => {
    try {
      assert.deepEqual(found[at].found, wanted);
      return false;
    } catch {
      return true;
    }
  });
  for (const { name, found: wanted } of different) {
    assert.deepEqual(found.find((one) => one.name === name).found, wanted, name);
  }
}
