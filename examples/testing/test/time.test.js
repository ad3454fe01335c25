import assert from "node:assert/strict";
import { test } from "node:test";
import { Peppercorn } from "peppercorn";
import { clientOf } from "peppercorn/authzed";
import { Documents, subject } from "../documents.js";
import { SCHEMA } from "./store.js";

const HOUR = 3_600_000;

test("what is shared for an hour is gone after an hour", async (t) => {
  let now = Date.UTC(2026, 0, 1);
  const engine = new Peppercorn({ schema: SCHEMA, now: () => now });
  const client = clientOf(engine);
  t.after(() => {
    client.close();
    engine.free();
  });
  const documents = new Documents(client);
  await documents.create("ann", "plan");
  await documents.share("ann", "plan", subject("user", "bob"), new Date(now + HOUR));
  assert.deepEqual(await documents.readable("bob"), ["plan"]);
  now += HOUR - 1;
  assert.equal(await documents.canRead("bob", "plan"), true);
  now += 1;
  assert.equal(await documents.canRead("bob", "plan"), false);
  assert.deepEqual(await documents.readable("bob"), []);
  assert.deepEqual(await documents.readable("ann"), ["plan"]);
});
