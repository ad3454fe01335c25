// Whole engines as bytes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Peppercorn } from "peppercorn";
import { SCHEMA, refusal } from "./support.mjs";

function made() {
  const engine = new Peppercorn({ schema: SCHEMA, relationships: ["document:1#owner@user:a"], identity: 7n, now: () => "2026-01-01T00:00:00Z" });
  const { token } = engine;
  engine.write([{ operation: "TOUCH", relationship: "document:2#owner@user:a" }]);
  return { engine, token };
}

test("what is loaded is what was saved: data, tokens and past", async () => {
  const { engine, token } = made();
  const bytes = engine.save();
  assert.ok(bytes instanceof Uint8Array);
  const loaded = Peppercorn.load(bytes);
  assert.ok(loaded instanceof Peppercorn);
  assert.deepEqual(loaded.snapshot().relationships(), engine.snapshot().relationships());
  assert.deepEqual([loaded.schema, loaded.token], [engine.schema, engine.token]);
  const now = () => "2026-01-01T00:00:01Z";
  const again = Peppercorn.load(bytes, { now });
  assert.deepEqual(again.at(token).relationships(), ["document:1#owner@user:a"]);
  const { value } = await again.v1.watch({ optionalStartCursor: { token } }).next();
  assert.equal(value.updates[0].relationship.resource.objectId, "2");
  assert.deepEqual(again.save(), bytes);
  assert.deepEqual(made().engine.save(), bytes);
});

test("options at loading replace what was saved, and leave the rest", () => {
  const { engine } = made();
  const other = Peppercorn.load(engine.save(), { identity: 8n, now: () => "2026-01-01T00:00:01Z" });
  assert.equal(refusal(() => other.at(engine.token)).code, "FOREIGN_TOKEN");
  assert.deepEqual(other.snapshot().relationships(), engine.snapshot().relationships());
  assert.equal(refusal(() => Peppercorn.load(engine.save(), { schema: "" })).code, "INVALID_ARGUMENT");
});

test("bytes that are damaged, cut off, newer or none are refused", () => {
  const bytes = made().engine.save();
  for (const place of [0, 10, bytes.length - 1]) {
    const damaged = bytes.slice();
    damaged[place] ^= 1;
    assert.ok(["DAMAGED_SNAPSHOT", "NEWER_SNAPSHOT"].includes(refusal(() => Peppercorn.load(damaged)).code));
  }
  assert.equal(refusal(() => Peppercorn.load(bytes.subarray(0, bytes.length - 1))).code, "DAMAGED_SNAPSHOT");
  assert.equal(refusal(() => Peppercorn.load(new Uint8Array())).code, "DAMAGED_SNAPSHOT");
  for (const none of [undefined, "text", [], new ArrayBuffer(8)]) assert.equal(refusal(() => Peppercorn.load(none)).code, "INVALID_ARGUMENT");
});
