// Giving memory back, and what happens when the module breaks off.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { SCHEMA, alone, refusal } from "./support.mjs";

describe("after free()", () => {
  const calls = {
    can: (freed) => freed.can("user:a", "edit", "document:1"),
    checkPermission: (freed) => freed.checkPermission("user:a", "edit", "document:1"),
    canMany: (freed) => freed.canMany(new Uint32Array(0), "edit", 1),
    checkMany: (freed) => freed.checkMany([]),
    permissions: (freed) => freed.permissions("user:a", "document:1"),
    lookupResources: (freed) => freed.lookupResources("user:a", "edit", "document"),
    lookupSubjects: (freed) => freed.lookupSubjects("document:1", "edit", "user"),
    countResources: (freed) => freed.countResources("user:a", "edit", "document"),
    countSubjects: (freed) => freed.countSubjects("document:1", "edit", "user"),
    expand: (freed) => freed.expand("edit", "document:1"),
    write: (freed) => freed.write([]),
    writeSchema: (freed) => freed.writeSchema(SCHEMA),
    id: (freed) => freed.id("user:a"),
    schema: (freed) => freed.schema,
    token: (freed) => freed.token,
    at: (freed) => freed.at(token),
    fork: (freed) => freed.fork(),
    save: (freed) => freed.save(),
    v1: (freed) => freed.v1.readSchema({}),
    snapshot: (freed) => freed.snapshot(),
    revision: (freed) => freed.revision,
    relationships: (freed) => freed.relationships(),
  };
  const engine = new Peppercorn({ schema: SCHEMA });
  const { token } = engine;
  const snapshot = engine.snapshot();
  snapshot.free();
  engine[Symbol.dispose]();

  const ofEngines = ["id", "write", "writeSchema", "schema", "token", "at", "fork", "save", "v1", "snapshot"];
  const questions = Object.keys(calls).filter((name) => ![...ofEngines, "revision", "relationships"].includes(name));
  for (const name of [...questions, ...ofEngines]) {
    test(`engine.${name} throws DISPOSED`, () => assert.equal(refusal(() => calls[name](engine)).code, "DISPOSED"));
  }
  for (const name of [...questions, "revision", "relationships"]) {
    test(`snapshot.${name} throws DISPOSED`, () => assert.equal(refusal(() => calls[name](snapshot)).code, "DISPOSED"));
  }
  test("free() again is no error", () => {
    engine.free();
    engine[Symbol.dispose]();
    snapshot.free();
    snapshot[Symbol.dispose]();
  });
});

describe("freed while a call finds out what it is about", () => {
  const other = new Peppercorn({ schema: SCHEMA, relationships: ["document:1#owner@user:a"] });
  const row = "document:1#owner@user:a";
  const byClock = {
    can: (engine) => engine.can("user:a", "edit", "document:1"),
    write: (engine) => engine.write([{ operation: "TOUCH", relationship: row }]),
    delete: (engine) => engine.delete({ resourceType: "document" }),
    writeSchema: (engine) => engine.writeSchema(SCHEMA),
    planSchema: (engine) => engine.planSchema(SCHEMA),
    read: (engine) => engine.read({ resourceType: "document" }),
    at: (engine) => engine.at(other.token),
    watch: (engine) => engine.watch(),
    subscribe: (engine) => engine.subscribe(["can", "user:a", "edit", "document:1"], () => {}),
    v1: (engine) => engine.v1.readSchema({}),
    stream: (engine) => engine.v1.readRelationships({ relationshipFilter: { resourceType: "document" } }),
    import: (engine) => engine.v1.importBulkRelationships([]),
  };
  for (const [name, call] of Object.entries(byClock)) {
    test(`by the clock: ${name} throws DISPOSED, and other engines live`, () => {
      let isArmed = false;
      const engine = new Peppercorn({ schema: SCHEMA, relationships: [row], now: () => (isArmed && engine.free(), 0) });
      isArmed = true;
      assert.equal(refusal(() => call(engine)).code, "DISPOSED");
      assert.equal(other.can("user:a", "edit", "document:1"), true);
    });
  }
  test("by a watcher's clock", async () => {
    let isArmed = false;
    const engine = new Peppercorn({ schema: SCHEMA, now: () => (isArmed && engine.free(), 0) });
    const watch = engine.v1.watch({});
    isArmed = true;
    await assert.rejects(watch.next(), { code: "DISPOSED" });
    assert.equal(other.can("user:a", "edit", "document:1"), true);
  });
  test("by what an option is read from", () => {
    for (const name of ["now", "context", "relationships"]) {
      for (const call of ["can", "checkPermission", "lookupResources"]) {
        const engine = new Peppercorn({ schema: SCHEMA });
        const options = { get [name]() { engine.free(); return { now: 0, context: {}, relationships: [row] }[name]; } };
        const last = call === "lookupResources" ? "document" : "document:1";
        assert.equal(refusal(() => engine[call]("user:a", "edit", last, options)).code, "DISPOSED", `${call} ${name}`);
      }
    }
    const engine = new Peppercorn({ schema: SCHEMA });
    const relationships = new Proxy([row], { get: (rows, key) => (engine.free(), rows[key]) });
    assert.equal(refusal(() => engine.can("user:a", "edit", "document:1", { relationships })).code, "DISPOSED");
    assert.equal(other.can("user:a", "edit", "document:1"), true);
  });
});

test("forgotten engines and snapshots are freed by the garbage collector", () => {
  const freed = alone(
    `
    const Registry = globalThis.FinalizationRegistry;
    let freed = 0;
    globalThis.FinalizationRegistry = class extends Registry {
      constructor(callback) { super((held) => { freed += 1; callback(held); }); }
    };
    const { Peppercorn } = await import("peppercorn");
    const schema = ${JSON.stringify(SCHEMA)};
    for (let round = 0; round < 100; round += 1) new Peppercorn({ schema }).snapshot();
    for (let round = 0; round < 50 && freed < 150; round += 1) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const engine = new Peppercorn({ schema, relationships: "document:1#owner@user:a" });
    console.log(JSON.stringify([freed, engine.can("user:a", "edit", "document:1")]));
    `,
    "--expose-gc",
  );
  assert.ok(freed[0] >= 150, `${freed[0]} of 200`);
  assert.equal(freed[1], true);
});

test("when the module breaks off, every later call is refused and nothing is freed into broken memory", () => {
  const codes = alone(
    `
    const Instance = WebAssembly.Instance;
    WebAssembly.Instance = function (module, imports) {
      const exports = { ...new Instance(module, imports).exports };
      exports.engine_write = () => { throw new WebAssembly.RuntimeError("unreachable"); };
      exports.__wbg_engine_free = () => { throw new Error("freed"); };
      return { exports };
    };
    const { Peppercorn } = await import("peppercorn");
    const schema = ${JSON.stringify(SCHEMA)};
    const engine = new Peppercorn({ schema, relationships: "document:1#owner@user:a" });
    const snapshot = engine.snapshot();
    const codes = [engine.can("user:a", "edit", "document:1")];
    for (const work of [
      () => engine.write([]),
      () => engine.can("user:a", "edit", "document:1"),
      () => snapshot.can("user:a", "edit", "document:1"),
      () => engine.snapshot(),
      () => new Peppercorn({ schema }),
      () => engine.free(),
      () => engine.can("user:a", "edit", "document:1"),
    ]) {
      try { codes.push(work() ?? "ok"); } catch (error) { codes.push(error.code); }
    }
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
    console.log(JSON.stringify(codes));
    `,
    "--expose-gc",
  );
  const broken = Array(5).fill("ENGINE_FAILED");
  assert.deepEqual(codes, [true, ...broken, "ok", "DISPOSED"]);
});
