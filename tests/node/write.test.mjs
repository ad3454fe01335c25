// Writes are whole or not at all; snapshots stay as they were.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { SCHEMA, refusal } from "./support.mjs";

const make = (...relationships) => new Peppercorn({ schema: SCHEMA, relationships });
const create = (relationship) => ({ operation: "CREATE", relationship });
const touch = (relationship) => ({ operation: "TOUCH", relationship });
const remove = (relationship) => ({ operation: "DELETE", relationship });

describe("operations", () => {
  test("CREATE adds, and refuses what exists", () => {
    const engine = make();
    engine.write([create("document:1#owner@user:a")]);
    assert.equal(engine.can("user:a", "edit", "document:1"), true);
    assert.equal(refusal(() => engine.write([create("document:1#owner@user:a")])).code, "ATTEMPT_TO_RECREATE_RELATIONSHIP");
  });

  test("TOUCH adds, again is no error", () => {
    const engine = make();
    engine.write([touch("document:1#owner@user:a")]);
    engine.write([touch("document:1#owner@user:a")]);
    assert.deepEqual(engine.snapshot().relationships(), ["document:1#owner@user:a"]);
  });

  test("DELETE removes, what is not there is no error", () => {
    const engine = make("document:1#owner@user:a");
    engine.write([remove("document:1#owner@user:a")]);
    engine.write([remove("document:1#owner@user:a")]);
    assert.equal(engine.can("user:a", "edit", "document:1"), false);
  });

  test("`#...` after a subject is the subject", () => {
    const engine = make("document:1#owner@user:a#...");
    assert.deepEqual(engine.snapshot().relationships(), ["document:1#owner@user:a"]);
    assert.equal(refusal(() => engine.write([create("document:1#owner@user:a")])).code, "ATTEMPT_TO_RECREATE_RELATIONSHIP");
  });

  test("an empty batch is legal", () => {
    const engine = make("document:1#owner@user:a");
    assert.equal(typeof engine.write([]).revision, "string");
    assert.deepEqual(engine.snapshot().relationships(), ["document:1#owner@user:a"]);
  });
});

describe("a refused batch changes nothing", () => {
  const good = create("document:2#owner@user:b");
  const cases = {
    "the last one exists": ["ATTEMPT_TO_RECREATE_RELATIONSHIP", [good, create("document:1#owner@user:a")]],
    "the last one fits no definition": ["UNKNOWN_DEFINITION", [good, touch("folder:1#owner@user:a")]],
    "the last one writes to a permission": ["CANNOT_UPDATE_PERMISSION", [good, touch("document:1#view@user:a")]],
    "two are about one relationship": ["UPDATES_ON_SAME_RELATIONSHIP", [good, touch("document:3#owner@user:a"), remove("document:3#owner@user:a")]],
    "the last one is no update": ["INVALID_ARGUMENT", [good, remove("document:1#owner@user:a"), null]],
    "the last one cannot be read": ["INVALID_ARGUMENT", [good, remove("document:1#owner@user:a"), create("document:1")]],
  };
  for (const [name, [code, batch]] of Object.entries(cases)) {
    test(`${name}: ${code}`, () => {
      const engine = make("document:1#owner@user:a");
      const before = engine.checkPermission("user:a", "edit", "document:1");
      assert.equal(refusal(() => engine.write(batch)).code, code);
      assert.deepEqual(engine.snapshot().relationships(), ["document:1#owner@user:a"]);
      assert.deepEqual(engine.checkPermission("user:a", "edit", "document:1"), before);
      assert.equal(engine.can("user:b", "edit", "document:2"), false);
      engine.write([good]);
      assert.equal(engine.can("user:b", "edit", "document:2"), true);
    });
  }
});

describe("snapshots", () => {
  test("several at once, each as it was", () => {
    const engine = make();
    const kept = [];
    for (let day = 0; day < 50; day += 1) {
      kept.push(engine.snapshot());
      engine.write([create(`document:${day}#owner@user:a`), ...(day > 0 ? [remove(`document:${day - 1}#owner@user:a`)] : [])]);
    }
    kept.forEach((snapshot, day) => {
      assert.deepEqual(snapshot.relationships(), day === 0 ? [] : [`document:${day - 1}#owner@user:a`]);
      assert.equal(snapshot.can("user:a", "edit", `document:${day}`), false);
    });
    assert.equal(new Set(kept.map((snapshot) => snapshot.revision)).size, kept.length);
    assert.deepEqual(engine.snapshot().relationships(), ["document:49#owner@user:a"]);
  });

  test("one outlives its engine", () => {
    const engine = make("document:1#owner@user:a");
    const snapshot = engine.snapshot();
    engine.free();
    assert.equal(snapshot.can("user:a", "edit", "document:1"), true);
    snapshot.free();
  });

  test("engines know nothing of each other", () => {
    const [one, other] = [make("document:1#owner@user:a"), make()];
    assert.equal(other.can("user:a", "edit", "document:1"), false);
    one.free();
    other.write([create("document:1#owner@user:b")]);
    assert.equal(other.can("user:b", "edit", "document:1"), true);
  });
});
