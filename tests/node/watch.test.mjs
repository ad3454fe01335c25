// Watching: what arrives, in which order, and how it ends.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { alone, refusal } from "./support.mjs";
import { relationship, update } from "./messages.mjs";

const SCHEMA = "definition user {}\ndefinition folder { relation viewer: user; }\ndefinition document { relation viewer: user; }";
const made = (options) => new Peppercorn({ schema: SCHEMA, ...options });
const touch = (engine, ...ids) => engine.write(ids.map((id) => ({ operation: "TOUCH", relationship: `document:${id}#viewer@user:a` })));
const ids = (message) => message.updates.map((one) => one.relationship.resource.objectId);
const SCHEMA_UPDATES = "WATCH_KIND_INCLUDE_SCHEMA_UPDATES";
const CHECKPOINTS = "WATCH_KIND_INCLUDE_CHECKPOINTS";

/** So many of the next messages. */
async function take(watch, count) {
  const messages = [];
  while (messages.length < count) messages.push((await watch.next()).value);
  return messages;
}

/** Whether the promise is still open when everything else has been done. */
async function pending(promise) {
  const open = Symbol("open");
  const later = new Promise((resolve) => setImmediate(resolve, open));
  return (await Promise.race([promise, later])) === open;
}

describe("what arrives", () => {
  test("every transaction, whole and in order, whoever wrote it and whether or not anyone was waiting", async () => {
    const engine = made();
    const watch = engine.v1.watch({});
    const first = watch.next();
    assert.ok(await pending(first));
    touch(engine, 1);
    touch(engine, 2, 3);
    engine.v1.writeRelationships({ updates: [update("DELETE", "document:2#viewer@user:a")], optionalTransactionMetadata: { by: "v1" } });
    engine.v1.deleteRelationships({ relationshipFilter: { resourceType: "document", optionalResourceId: "3" } });
    engine.v1.importBulkRelationships([{ relationships: [relationship("document:4#viewer@user:a")] }]);
    await engine.v1.async.writeRelationships({ updates: [update("CREATE", "document:5#viewer@user:a")] });
    const messages = [(await first).value, ...(await take(watch, 5))];
    assert.deepEqual(messages.map(ids), [["1"], ["2", "3"], ["2"], ["3"], ["4"], ["5"]]);
    assert.deepEqual(messages.map((one) => one.updates[0].operation.slice(10)), ["TOUCH", "TOUCH", "DELETE", "DELETE", "TOUCH", "TOUCH"]);
    assert.deepEqual(messages[2].optionalTransactionMetadata, { by: "v1" });
    assert.deepEqual(messages[5].changesThrough, { token: engine.token });
    assert.ok(await pending(watch.next()));
  });

  test("a write before the first `next` and after the call is not lost", async () => {
    const engine = made();
    const watch = engine.v1.watch({});
    touch(engine, 1);
    assert.deepEqual(ids((await watch.next()).value), ["1"]);
  });

  test("several watchers each get everything, and several calls of `next` one message each", async () => {
    const engine = made();
    const watches = [engine.v1.watch({}), engine.v1.watch({}), engine.v1.watch({ optionalObjectTypes: ["folder"] })];
    const calls = watches.slice(0, 2).flatMap((watch) => [watch.next(), watch.next()]);
    const folder = watches[2].next();
    touch(engine, 1);
    touch(engine, 2);
    const got = await Promise.all(calls);
    assert.deepEqual(got.map(({ value }) => ids(value)), [["1"], ["2"], ["1"], ["2"]]);
    assert.ok(await pending(folder));
    engine.write([{ operation: "TOUCH", relationship: "folder:f#viewer@user:a" }]);
    assert.deepEqual(ids((await folder).value), ["f"]);
  });

  test("schema updates and checkpoints, where asked for", async () => {
    const engine = made();
    const watch = engine.v1.watch({ optionalUpdateKinds: [SCHEMA_UPDATES, CHECKPOINTS] });
    const { token } = engine.writeSchema(`${SCHEMA}\ndefinition robot {}`);
    touch(engine, 1);
    const kinds = (await take(watch, 4)).map((one) => (one.schemaUpdated ? "schema" : one.isCheckpoint ? "checkpoint" : "updates"));
    assert.deepEqual(kinds, ["schema", "checkpoint", "updates", "checkpoint"]);
    const [schema] = await take(engine.v1.watch({ optionalStartCursor: { token: engine.at(token).revision && token }, optionalUpdateKinds: [CHECKPOINTS] }), 1);
    assert.deepEqual(ids(schema), ["1"]);
  });

  test("from a token, everything after it; resumed after a message, nothing twice", async () => {
    const engine = made();
    const { token } = engine;
    for (let id = 0; id < 10; id += 1) touch(engine, id);
    let start = { token };
    const seen = [];
    for (let round = 0; round < 5; round += 1) {
      for await (const message of engine.v1.watch({ optionalStartCursor: start })) {
        seen.push(...ids(message));
        start = message.changesThrough;
        if (seen.length % 2 === 0) break;
      }
    }
    assert.deepEqual(seen, Array.from({ length: 10 }, (_, id) => String(id)));
  });
});

describe("how it ends", () => {
  test("`break` ends it, and so does `return`, also for who waits", async () => {
    const engine = made();
    const watch = engine.v1.watch({});
    touch(engine, 1);
    touch(engine, 2);
    for await (const message of watch) {
      assert.deepEqual(ids(message), ["1"]);
      break;
    }
    assert.deepEqual(await watch.next(), { value: undefined, done: true });
    const other = engine.v1.watch({});
    const waiting = other.next();
    assert.deepEqual(await other.return(), { value: undefined, done: true });
    assert.deepEqual(await waiting, { value: undefined, done: true });
    assert.deepEqual(await other.return(), { value: undefined, done: true });
  });

  test("abort throws the reason: at the call, while waiting, or at the next `next`, and once", async () => {
    const engine = made();
    const reason = new Error("enough");
    assert.throws(() => engine.v1.watch({}, { signal: AbortSignal.abort(reason) }), reason);
    const waiting = new AbortController();
    const watch = engine.v1.watch({}, { signal: waiting.signal });
    setImmediate(() => waiting.abort(reason));
    await assert.rejects(async () => {
      for await (const _ of watch) assert.fail();
    }, reason);
    assert.deepEqual(await watch.next(), { value: undefined, done: true });
    const between = new AbortController();
    const other = engine.v1.watch({}, { signal: between.signal });
    touch(engine, 1);
    between.abort(reason);
    await assert.rejects(other.next(), reason);
    assert.deepEqual(await other.next(), { value: undefined, done: true });
  });

  test("no listener is left with the signal", async () => {
    const engine = made();
    let listeners = 0;
    const signal = {
      aborted: false,
      reason: undefined,
      addEventListener: () => (listeners += 1),
      removeEventListener: () => (listeners -= 1),
    };
    const watch = engine.v1.watch({}, { signal });
    const next = watch.next();
    assert.equal(listeners, 1);
    touch(engine, 1);
    await next;
    assert.equal(listeners, 0);
    watch.next();
    watch.return();
    assert.equal(listeners, 0);
  });

  test("when the engine is freed, who waits is told", async () => {
    const engine = made();
    const waiting = engine.v1.watch({}).next();
    engine.free();
    await assert.rejects(waiting, { code: "DISPOSED" });
  });

  test("a slow reader gets an error, and can resume as far as the past is kept", async () => {
    const engine = made({ retention: { revisions: 5000 } });
    const watch = engine.v1.watch({});
    touch(engine, "first");
    const { changesThrough } = (await watch.next()).value;
    for (let id = 0; id < 1100; id += 1) touch(engine, id);
    await assert.rejects(watch.next(), { code: "WATCH_TOO_SLOW", status: "RESOURCE_EXHAUSTED" });
    assert.deepEqual(await watch.next(), { value: undefined, done: true });
    const again = await take(engine.v1.watch({ optionalStartCursor: changesThrough }), 1100);
    assert.deepEqual(again.flatMap(ids), Array.from({ length: 1100 }, (_, id) => String(id)));
  });

  test("what is no longer kept is an error, at the call and later", async () => {
    const engine = made({ retention: { revisions: 3 } });
    const watch = engine.v1.watch({});
    const { token } = engine;
    for (let id = 0; id < 5; id += 1) touch(engine, id);
    assert.deepEqual(refusal(() => engine.v1.watch({ optionalStartCursor: { token } })).code, "REVISION_EXPIRED");
    await assert.rejects(watch.next(), { code: "REVISION_EXPIRED", status: "OUT_OF_RANGE" });
  });

  test("misuse is refused at the call", () => {
    const engine = made();
    for (const [request, options] of [[undefined], [{ optionalObjectTypes: "document" }], [{}, { signal: true }], [{}, { sginal: undefined }]]) {
      assert.equal(refusal(() => engine.v1.watch(request, options)).code, "INVALID_ARGUMENT");
    }
    assert.equal(refusal(() => engine.v1.watch({ optionalStartCursor: { token: made().token } })).code, "FOREIGN_TOKEN");
  });
});

test("a watcher keeps its engine, and is freed when forgotten", () => {
  const seen = alone(
    `
    const Instance = WebAssembly.Instance;
    let freed = 0;
    WebAssembly.Instance = function (module, imports) {
      const exports = { ...new Instance(module, imports).exports };
      const free = exports.__wbg_enginewatch_free;
      exports.__wbg_enginewatch_free = (...words) => { freed += 1; return free(...words); };
      return { exports };
    };
    const { Peppercorn } = await import("peppercorn");
    const schema = ${JSON.stringify(SCHEMA)};
    const made = (identity) => new Peppercorn({ schema, identity, relationships: "document:1#viewer@user:a" });
    const watch = (() => { const engine = made(1n); const { token } = engine; engine.write([{ operation: "TOUCH", relationship: "document:2#viewer@user:a" }]); return engine.v1.watch({ optionalStartCursor: { token } }); })();
    const engine = made(2n);
    // They have waited, and wait no more.
    await Promise.all(Array.from({ length: 20 }, (_, place) => { const next = engine.v1.watch({}).next(); engine.write([{ operation: "TOUCH", relationship: "document:new" + place + "#viewer@user:a" }]); return next; }));
    for (let round = 0; round < 50 && freed < 15; round += 1) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    console.log(JSON.stringify([freed >= 15, (await watch.next()).value.updates.length]));
    `,
    "--expose-gc",
  );
  assert.deepEqual(seen, [true, 1]);
});
