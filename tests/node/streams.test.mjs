// Streams: lazy, of one revision, and freed however they end.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { alone, refusal } from "./support.mjs";
import { relationship } from "./messages.mjs";

const SCHEMA = "definition user {}\ndefinition document { relation viewer: user; }";
const COUNT = 1000;
const filter = { resourceType: "document" };
const made = () => new Peppercorn({ schema: SCHEMA, relationships: Array.from({ length: COUNT }, (_, place) => `document:${place}#viewer@user:a`) });

describe("a stream", () => {
  test("is of the revision that the call found", () => {
    const engine = made();
    const stream = engine.v1.readRelationships({ relationshipFilter: filter });
    stream.next();
    engine.v1.deleteRelationships({ relationshipFilter: filter });
    assert.equal([...stream].length, COUNT - 1);
    assert.equal([...engine.v1.readRelationships({ relationshipFilter: filter })].length, 0);
  });

  test("can be read on when the engine was freed", () => {
    const engine = made();
    const stream = engine.v1.readRelationships({ relationshipFilter: filter });
    engine.free();
    assert.equal([...stream].length, COUNT);
  });

  test("left early is over", () => {
    const stream = made().v1.readRelationships({ relationshipFilter: filter });
    for (const { relationship } of stream) {
      assert.equal(relationship.resource.objectId, "0");
      break;
    }
    assert.deepEqual(stream.next(), { value: undefined, done: true });
  });

  test("read to the end is over", () => {
    const stream = made().v1.readRelationships({ relationshipFilter: filter });
    assert.equal([...stream].length, COUNT);
    assert.deepEqual([...stream], []);
  });

  test("a refusal comes with the call, not with the first message", () => {
    assert.equal(refusal(() => made().v1.readRelationships({ relationshipFilter: { resourceType: "nothing" } })).code, "UNKNOWN_DEFINITION");
  });
});

test("streams are freed when read, when left, and when forgotten; imports in any case", () => {
  const freed = alone(
    `
    const Instance = WebAssembly.Instance;
    const freed = { stream: 0, import: 0 };
    WebAssembly.Instance = function (module, imports) {
      const exports = { ...new Instance(module, imports).exports };
      for (const name of Object.keys(freed)) {
        const free = exports["__wbg_engine" + name + "_free"];
        exports["__wbg_engine" + name + "_free"] = (...words) => { freed[name] += 1; return free(...words); };
      }
      return { exports };
    };
    const { Peppercorn } = await import("peppercorn");
    const engine = new Peppercorn({ schema: ${JSON.stringify(SCHEMA)}, relationships: "document:1#viewer@user:a\\ndocument:2#viewer@user:a" });
    const read = () => engine.v1.readRelationships({ relationshipFilter: { resourceType: "document" } });
    const seen = [];
    [...read()];
    seen.push(freed.stream);
    for (const _ of read()) break;
    seen.push(freed.stream);
    for (let round = 0; round < 20; round += 1) read().next();
    for (let round = 0; round < 50 && freed.stream < 15; round += 1) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    seen.push(freed.stream >= 15);
    engine.v1.importBulkRelationships([]);
    seen.push(freed.import);
    try { engine.v1.importBulkRelationships([{ relationships: [{}] }]); } catch {}
    seen.push(freed.import);
    console.log(JSON.stringify(seen));
    `,
    "--expose-gc",
  );
  assert.deepEqual(freed, [1, 2, true, 1, 2]);
});

test("what is imported in many small messages is what is exported", () => {
  const engine = new Peppercorn({ schema: SCHEMA });
  const all = Array.from({ length: COUNT }, (_, place) => relationship(`document:${place}#viewer@user:a`));
  engine.v1.importBulkRelationships(all.map((one) => ({ relationships: [one] })));
  const ids = [...engine.v1.exportBulkRelationships({})].flatMap((page) => page.relationships.map((one) => one.resource.objectId));
  assert.deepEqual(ids, all.map((one) => one.resource.objectId).sort());
});
