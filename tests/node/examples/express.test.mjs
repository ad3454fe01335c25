// examples/express: the application as it runs, asked over HTTP.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { installed } from "./support.mjs";

test("documents are read, changed and shared by those who may", async (context) => {
  const server = spawn(process.execPath, ["server.mjs"], { cwd: installed(context, "express"), env: { ...process.env, PORT: "0" }, stdio: ["ignore", "pipe", "inherit"] });
  context.after(() => server.kill());
  const [line] = await once(server.stdout, "data");
  const [address] = /http:\S+/.exec(String(line));
  const ask = async (user, method, at, body) => {
    const headers = { ...(user === undefined ? {} : { authorization: `Bearer session-of-${user}` }), "content-type": "text/plain" };
    const response = await fetch(`${address}${at}`, { method, headers, body });
    const text = await response.text();
    return response.ok && text !== "" && text.startsWith("[") ? JSON.parse(text) : response.ok ? [response.status, text] : response.status;
  };

  assert.equal(await ask(undefined, "GET", "/documents"), 401);
  assert.equal(await ask("mallory", "GET", "/documents/plan"), 401);
  assert.deepEqual(await ask("ann", "GET", "/documents"), ["plan", "readme"]);
  assert.deepEqual(await ask("ben", "GET", "/documents"), ["readme"]);
  assert.deepEqual(await ask("ben", "GET", "/documents/readme"), [200, "Read me\n"]);
  assert.equal(await ask("ben", "GET", "/documents/plan"), 403);

  assert.equal(await ask("ben", "PUT", "/documents/plan/viewers/ben"), 403, "nobody shares with themselves");
  assert.deepEqual(await ask("ann", "PUT", "/documents/plan/viewers/ben"), [204, ""]);
  assert.deepEqual(await ask("ben", "GET", "/documents/plan"), [200, "The plan\n"]);
  assert.equal(await ask("ben", "PUT", "/documents/plan", "mine"), 403);
  assert.deepEqual(await ask("ann", "GET", "/documents/plan/viewers"), ["document:plan#viewer@user:ben"]);
  assert.deepEqual(await ask("ann", "DELETE", "/documents/plan/viewers/ben"), [204, ""]);
  assert.equal(await ask("ben", "GET", "/documents/plan"), 403);

  assert.deepEqual(await ask("cy", "POST", "/documents/mine", "Mine"), [201, "Created"]);
  assert.equal(await ask("ben", "POST", "/documents/mine", "No, mine"), 409);
  assert.deepEqual(await ask("cy", "GET", "/documents/mine"), [200, "Mine"]);
  assert.equal(await ask("ann", "GET", "/documents/mine"), 403);
  assert.equal(await ask("ann", "DELETE", "/documents/mine"), 403);
  assert.deepEqual(await ask("cy", "DELETE", "/documents/mine"), [204, ""]);
  assert.equal(await ask("cy", "GET", "/documents/mine"), 403, "its relationships are gone with it");

  // Parts of relationships that are more than names.
  for (const user of ["*", "ben%23member", "ben%5Bexpired%5D", "ben%0Adocument:plan%23owner@user:ben"]) {
    assert.equal(await ask("ann", "PUT", `/documents/plan/viewers/${user}`), 404, user);
  }
  assert.equal(await ask("ben", "POST", "/documents/plan%23owner@user:ben%23"), 404);
  assert.deepEqual(await ask("ben", "GET", "/documents"), ["readme"]);
});
