// Watching in texts.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusal } from "../support.mjs";
import { SCHEMA, made } from "./support.mjs";

const touch = (...relationships) => relationships.map((relationship) => ({ operation: "TOUCH", relationship }));

async function take(writes, count) {
  const taken = [];
  while (taken.length < count) taken.push((await writes.next()).value);
  return taken;
}

/** Whether the promise is still open when everything else has been done. */
async function pending(promise) {
  const open = Symbol("open");
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, open))])) === open;
}

describe("what is written", () => {
  test("arrives whole, in order and as texts, however it was written", async () => {
    const engine = made();
    const writes = engine.watch();
    const updates = touch("document:n#viewer@user:ann", 'document:n#viewer@user:ben[during:{"hours":2.5}][expiration:2999-01-01T00:00:00.5Z]');
    const first = engine.write(updates);
    const second = engine.delete({ resourceType: "document", resourceId: "n", subjectType: "user", subjectId: "ben" });
    const third = engine.writeSchema(`${SCHEMA}\ndefinition robot {}`);
    engine.v1.importBulkRelationships([{ relationships: [{ resource: { objectType: "folder", objectId: "two" }, relation: "viewer", subject: { object: { objectType: "user", objectId: "cy" } } }] }]);
    assert.deepEqual(await take(writes, 4), [
      { updates, schemaUpdated: false, token: first.token },
      { updates: [{ ...updates[1], operation: "DELETE" }], schemaUpdated: false, token: second.token },
      { updates: [], schemaUpdated: true, token: third.token },
      { updates: touch("folder:two#viewer@user:cy"), schemaUpdated: false, token: engine.token },
    ]);
    assert.ok(await pending(writes.next()));
  });

  test("can be given to another engine, which then has the same", async () => {
    const [engine, copy] = [made(), made()];
    const writes = engine.watch();
    engine.write(touch("document:z#viewer@user:*", 'document:z#viewer@user:ann[during:{"day":"monday"}]'));
    engine.delete({ resourceType: "document", relation: "viewer", subjectType: "group" });
    for (const { updates } of await take(writes, 2)) copy.write(updates);
    assert.deepEqual(copy.snapshot().relationships(), engine.snapshot().relationships());
  });

  test("a filter, or several, and every schema", async () => {
    const engine = made();
    const one = engine.watch({ filter: { resourceType: "folder" } });
    const two = engine.watch({ filter: [{ resourceType: "folder" }, { subjectType: "user", subjectId: "cy" }] });
    engine.write(touch("group:x#member@user:ann", "group:x#member@user:cy", "folder:x#viewer@user:ann"));
    engine.write(touch("document:x#viewer@user:dee"));
    engine.writeSchema(`${SCHEMA}\ndefinition robot {}`);
    const told = async (writes) => (await take(writes, 2)).map(({ updates, schemaUpdated }) => (schemaUpdated ? "schema" : updates.map((update) => update.relationship)));
    assert.deepEqual(await told(one), [["folder:x#viewer@user:ann"], "schema"]);
    assert.deepEqual(await told(two), [["group:x#member@user:cy", "folder:x#viewer@user:ann"], "schema"]);
  });

  test("after a token", async () => {
    const engine = made();
    const { token } = engine.write(touch("folder:a#viewer@user:ann"));
    engine.write(touch("folder:b#viewer@user:ann"));
    const [{ updates }] = await take(engine.watch({ after: token }), 1);
    assert.deepEqual(updates, touch("folder:b#viewer@user:ann"));
    assert.equal(refusal(() => engine.watch({ after: made().token })).code, "FOREIGN_TOKEN");
    assert.equal(refusal(() => engine.watch({ after: "then" })).code, "INVALID_TOKEN");
  });
});

describe("the end", () => {
  test("of a loop is the end of the watch", async () => {
    const engine = made();
    const writes = engine.watch();
    engine.write(touch("folder:a#viewer@user:ann"));
    for await (const { updates } of writes) {
      assert.equal(updates.length, 1);
      break;
    }
    assert.deepEqual(await writes.next(), { value: undefined, done: true });
  });

  test("by a signal throws its reason", async () => {
    const controller = new AbortController();
    const writes = made().watch({ signal: controller.signal });
    const next = writes.next();
    assert.ok(await pending(next));
    controller.abort(new Error("enough"));
    await assert.rejects(next, /enough/);
    assert.throws(() => made().watch({ signal: controller.signal }), /enough/);
  });

  test("of the engine throws", async () => {
    const engine = made();
    const next = engine.watch().next();
    engine.free();
    await assert.rejects(next, { code: "DISPOSED" });
    assert.equal(refusal(() => engine.watch()).code, "DISPOSED");
  });

  test("options that are not known or not right are refused", () => {
    const engine = made();
    assert.match(refusal(() => engine.watch({ filters: [] })).message, /`options` has no `filters`/);
    assert.match(refusal(() => engine.watch({ signal: true })).message, /AbortSignal/);
    assert.match(refusal(() => engine.watch({ after: 1 })).message, /`options\.after` must be a string/);
  });
});
