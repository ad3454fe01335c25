// A module that breaks off: nothing that lived in it answers again, and engines can be had again after `load`.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { SCHEMA, alone, folder, path } from "../support.mjs";
import { cramped, engine, trapping } from "./wasm.mjs";

/** Every module as large as the engine's that is compiled in this process is the one of the file. */
const inPlace = (file) => `
  const { readFileSync } = await import("node:fs");
  const Original = WebAssembly.Module;
  const bytes = readFileSync(${JSON.stringify(file)});
  WebAssembly.Module = class extends Original { constructor(given) { super(given.byteLength > 500_000 ? bytes : given); } };
  WebAssembly.compile = async (given) => new WebAssembly.Module(given);
`;

const CODE = `
  const code = (work) => { try { return work() ?? "ok"; } catch (error) { return error instanceof PeppercornError ? error.code : String(error); } };
  const later = (promise) => promise.then((result) => JSON.stringify(result) ?? "ok", (error) => error.code ?? String(error));
  const schema = ${JSON.stringify(SCHEMA)};
  const alice = ["user:alice", "edit", "document:1"];
  const made = () => new Peppercorn({ schema, relationships: "document:1#owner@user:alice" });
`;

const written = (test, bytes) => {
  const file = join(folder(test), "engine.wasm");
  writeFileSync(file, bytes);
  return file;
};

/** The entries that Node can run, and what `load` has to be given. */
const ENTRIES = {
  "node.cjs": "",
  "node.mjs": "",
  "embedded.mjs": "",
  "inline.mjs": "",
  "slim.mjs": "bytes",
  "browser.mjs": "bytes",
};

for (const [entry, source] of Object.entries(ENTRIES)) {
  test(`${entry}: after a trap everything is refused, until \`load\` for what is made after it`, (t) => {
    const result = alone(`
      ${inPlace(written(t, trapping(engine(), "engine_write")))}
      const { default: required, ...imported } = await import(${JSON.stringify(path("pkg/dist", entry))});
      const { Peppercorn, PeppercornError, load } = required ?? imported;
      ${CODE}
      await load(${source});
      const engine = made();
      const saved = engine.save();
      const results = { before: engine.can(...alice), trap: code(() => engine.write([])) };
      results.refused = [code(() => engine.can(...alice)), code(made), code(() => Peppercorn.load(saved))];
      await load();
      results.old = code(() => engine.can(...alice));
      const next = Peppercorn.load(saved);
      results.new = [next.can(...alice), next.can("user:bob", "edit", "document:1"), made().can(...alice)];
      results.again = code(() => next.write([]));
      results.both = [engine, next].map((each) => code(() => each.can(...alice)));
      console.log(JSON.stringify(results));
    `);
    assert.deepEqual(result, {
      before: true,
      trap: "ENGINE_FAILED",
      refused: Array(3).fill("ENGINE_FAILED"),
      old: "ENGINE_FAILED",
      new: [true, false, true],
      again: "ENGINE_FAILED",
      both: ["ENGINE_FAILED", "ENGINE_FAILED"],
    });
  });
}

test("every call is refused, those who wait are told, and nothing is given back into broken memory", (t) => {
  const { before, after, reloaded, waiting, message } = alone(
    `
    ${inPlace(written(t, trapping(engine(), "engine_schema")))}
    const { Peppercorn, PeppercornError, load } = await import("peppercorn");
    ${CODE}
    const engine = made();
    const other = made();
    const handle = engine.id("user:alice");
    const document = engine.id("document:1");
    const { token } = engine;
    const snapshot = engine.snapshot();
    const request = { relationshipFilter: { resourceType: "document" } };
    const stream = engine.v1.readRelationships(request);
    const watch = other.v1.watch({ optionalObjectTypes: ["document"] });
    const next = later(watch.next());
    const fresher = later(engine.v1.async.readRelationships({ ...request, consistency: { atLeastAsFresh: { token } } }).then(() => "answered"));
    const told = [];
    const subscription = other.subscribe(["can", ...alice], (answer, error) => told.push([answer, error?.code]));
    const calls = {
      can: () => engine.can(...alice),
      canOfHandles: () => engine.can(handle, "edit", document),
      canMany: () => engine.canMany(handle, "edit", Uint32Array.of(document))[0] === 1,
      checkPermission: () => engine.checkPermission(...alice).permissionship,
      checkMany: () => engine.checkMany([{ subject: "user:alice", permission: "edit", resource: "document:1" }])[0].permissionship,
      permissions: () => engine.permissions("user:alice", "document:1").edit.permissionship,
      lookupResources: () => engine.lookupResources("user:alice", "edit", "document").results.length,
      lookupSubjects: () => engine.lookupSubjects("document:1", "edit", "user").results.length,
      countResources: () => engine.countResources("user:alice", "edit", "document").hasPermission,
      expand: () => typeof engine.expand("edit", "document:1"),
      id: () => typeof engine.id("user:bob"),
      token: () => typeof engine.token,
      at: () => typeof engine.at(token),
      fork: () => typeof engine.fork(),
      save: () => typeof engine.save(),
      write: () => typeof engine.write([]),
      writeSchema: () => typeof engine.writeSchema(schema),
      v1: () => typeof engine.v1.readRelationships(request).next(),
      snapshot: () => snapshot.can(...alice),
      relationships: () => snapshot.relationships().length,
      read: () => [...engine.read({ resourceType: "document" })].length,
      readOfSnapshot: () => [...snapshot.read({ resourceType: "document" })].length,
      delete: () => engine.delete({ resourceType: "document", resourceId: "nothing" }).deleted,
      subscribe: () => typeof engine.subscribe(["can", ...alice], () => {}).answer,
      subscribed: () => {
        if (subscription.error !== undefined) throw subscription.error;
        return subscription.answer;
      },
      otherEngine: () => other.can(...alice),
      new: () => typeof made(),
    };
    const all = () => Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, code(call)]));
    const before = all();
    let message;
    try { engine.schema } catch (error) { message = error.message; }
    const after = { ...all(), stream: code(() => stream.next()) };
    after.async = await later(engine.v1.async.readSchema({}));
    const waiting = { next: await next, fresher: await fresher, told };
    after.watch = await later(watch.next());
    await load();
    const reloaded = all();
    snapshot.free();
    engine.free();
    const freed = code(() => engine.can(...alice));
    if (freed !== "DISPOSED") throw new Error(freed);
    (() => { for (let round = 0; round < 100; round += 1) made().snapshot(); })();
    for (let round = 0; round < 5; round += 1) { gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
    console.log(JSON.stringify({ before, after, reloaded, waiting, message }));
    `,
    "--expose-gc",
  );
  assert.ok(Object.values(before).every((result) => result !== false && !/[A-Z]{4}_FAILED/.test(result)), JSON.stringify(before));
  for (const [name, result] of Object.entries(after)) {
    assert.equal(result, name === "watch" ? '{"done":true}' : "ENGINE_FAILED", name);
  }
  for (const [name, result] of Object.entries(reloaded)) {
    assert.equal(result, name === "new" ? "object" : "ENGINE_FAILED", name);
  }
  assert.deepEqual(waiting, { next: "ENGINE_FAILED", fresher: '"answered"', told: [[null, "ENGINE_FAILED"]] });
  assert.match(message, /^the engine broke off: .*unreachable/);
});

test("a trap while something is given back is one too", (t) => {
  const result = alone(
    `
    ${inPlace(written(t, trapping(engine(), "__wbg_engineview_free")))}
    const { Peppercorn, PeppercornError, load } = await import("peppercorn");
    ${CODE}
    const uncaught = [];
    process.on("uncaughtException", (error) => uncaught.push(error.code));
    const results = [];
    for (const free of [
      (engine) => engine.free(),
      (engine) => engine.can(...alice, { relationships: [] }),
      async (engine) => {
        (() => { for (let round = 0; round < 100; round += 1) engine.snapshot(); })();
        for (let round = 0; round < 20; round += 1) { gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
      },
    ]) {
      const engine = made();
      const other = made();
      const freed = code(() => free(engine));
      await freed;
      results.push([String(freed), code(() => other.can(...alice)), code(() => other.free())]);
      await load();
      results.at(-1).push(made().can(...alice));
    }
    console.log(JSON.stringify({ results, uncaught }));
    `,
    "--expose-gc",
  );
  const rest = ["ENGINE_FAILED", "ok", true];
  assert.deepEqual(result, { results: [["ENGINE_FAILED", ...rest], ["ENGINE_FAILED", ...rest], ["[object Promise]", ...rest]], uncaught: [] });
});

test("memory that runs out is such an end, and no write is half done", (t) => {
  const result = alone(`
    ${inPlace(written(t, cramped(engine(), 60)))}
    const { Peppercorn, PeppercornError, load } = await import("peppercorn");
    ${CODE}
    const engine = made();
    const saved = engine.save();
    let written = 0;
    const fill = () => {
      for (;; written += 1) {
        engine.write(Array.from({ length: 1000 }, (_, index) => ({ operation: "TOUCH", relationship: "document:d" + written + "x" + index + "#owner@user:u" + index })));
      }
    };
    const ended = code(fill);
    const refused = [code(() => engine.can(...alice)), code(made)];
    await load();
    console.log(JSON.stringify({ ended, some: written > 0, refused, old: code(() => engine.can(...alice)), new: Peppercorn.load(saved).can(...alice) }));
  `);
  assert.deepEqual(result, { ended: "ENGINE_FAILED", some: true, refused: ["ENGINE_FAILED", "ENGINE_FAILED"], old: "ENGINE_FAILED", new: true });
});

test("a stack that overflows gives no wrong answer", () => {
  const { wrong, right, refused } = alone(`
    const { Peppercorn, PeppercornError } = await import("peppercorn");
    ${CODE}
    const engine = made();
    const counts = { wrong: 0, right: 0, refused: 0 };
    const ask = () => {
      try { counts[engine.can(...alice) === true ? "right" : "wrong"] += 1; } catch (error) { counts.refused += 1; }
    };
    const deep = () => { try { deep(); } finally { ask(); } };
    try { deep(); } catch (error) { if (!(error instanceof RangeError)) throw error; }
    console.log(JSON.stringify(counts));
  `);
  assert.equal(wrong, 0);
  assert.ok(right + refused > 1000, `${right} and ${refused}`);
});

describe("load", () => {
  const PRELUDE = (entry) => `
    const { Peppercorn, PeppercornError, load } = await import(${JSON.stringify(path("pkg/dist", entry))});
    const { readFileSync } = await import("node:fs");
    ${CODE}
    const bytes = readFileSync(${JSON.stringify(path("pkg/engine.wasm"))});
  `;
  const sources = {
    "bytes": "bytes",
    "an ArrayBuffer": "bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)",
    "a WebAssembly.Module": "new WebAssembly.Module(bytes)",
    "a Response": 'new Response(bytes, { headers: { "content-type": "application/wasm" } })',
    "a Response of no particular type": "new Response(bytes)",
    "a URL": 'new URL("data:application/wasm;base64," + bytes.toString("base64"))',
    "the text of a URL": '"data:application/wasm;base64," + bytes.toString("base64")',
    "a promise": "Promise.resolve(bytes)",
  };
  test("takes whatever a module can be had from", () => {
    for (const [name, source] of Object.entries(sources)) {
      const result = alone(`
        ${PRELUDE("slim.mjs")}
        const before = code(made);
        await Promise.all([load(${source}), load(${source})]);
        console.log(JSON.stringify([before, made().can(...alice)]));
      `);
      assert.deepEqual(result, ["NOT_LOADED", true], name);
    }
  });

  test("refuses what is no module of this build, and can be tried again", () => {
    const result = alone(`
      ${PRELUDE("slim.mjs")}
      const other = Buffer.from(bytes);
      other[other.length - 1] ^= 1;
      const unmarked = Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]);
      const results = {};
      for (const [name, source] of Object.entries({
        nothing: undefined, number: 1, null: null, object: {}, empty: new Uint8Array(), damaged: bytes.subarray(0, 1000), other, unmarked,
        missing: new Response("", { status: 404 }), page: new Response("<!doctype html>"), url: "http://127.0.0.1:1/engine.wasm", failed: { then(resolve, reject) { reject(new Error("no")); } },
      })) {
        results[name] = await load(source).then(() => "loaded", (error) => error instanceof PeppercornError ? error.code : String(error));
        if (code(made) !== "NOT_LOADED") throw new Error(name);
      }
      await load(bytes);
      results.then = made().can(...alice);
      console.log(JSON.stringify(results));
    `);
    const { nothing, number, null: none, object, then, ...rest } = result;
    assert.deepEqual([nothing, number, none, object], Array(4).fill("INVALID_ARGUMENT"));
    assert.ok(Object.values(rest).length === 8 && Object.values(rest).every((code) => code === "NOT_LOADED"), JSON.stringify(rest));
    assert.equal(then, true);
  });

  test("of two entries, at once or one after the other, the second leaves the engines of the first as they are", () => {
    const result = alone(`
      ${PRELUDE("slim.mjs")}
      const inline = await import(${JSON.stringify(path("pkg/dist/inline.mjs"))});
      const engines = [];
      await Promise.all([load(bytes), inline.load()].map((loading) => loading.then(() => engines.push(made()))));
      const answers = [];
      // Whatever the first asked last, nobody else has.
      const ask = () => engines.map((engine) => answers.push(engine.can("user:carol", "edit", "document:1"), engine.can(...alice)));
      ask();
      await import(${JSON.stringify(path("pkg/dist/embedded.mjs"))});
      engines.push(made());
      ask();
      console.log(JSON.stringify(answers));
    `);
    assert.deepEqual(result, [2, 3].flatMap((count) => Array(count).fill([false, true])).flat());
  });

  test("does nothing where the module is there", () => {
    const result = alone(`
      ${PRELUDE("node.mjs")}
      const engine = made();
      await load();
      await load("http://127.0.0.1:1/nothing");
      console.log(JSON.stringify([engine.can(...alice), made().can(...alice)]));
    `);
    assert.deepEqual(result, [true, true]);
  });

  test("inline: fetches nothing", () => {
    const result = alone(`
      globalThis.fetch = () => { throw new Error("fetched"); };
      ${PRELUDE("inline.mjs")}
      const before = code(made);
      await load();
      console.log(JSON.stringify([before, made().can(...alice)]));
    `);
    assert.deepEqual(result, ["NOT_LOADED", true]);
  });
});
