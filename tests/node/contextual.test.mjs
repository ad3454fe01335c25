// Relationships for one question alone.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { SCHEMA, refusal } from "./support.mjs";

const RELATIONSHIPS = ["document:plan#viewer@group:staff#member", "document:plan#owner@user:olga"];
const relationships = "group:staff#member@user:ann";

describe("extra relationships", () => {
  const engine = new Peppercorn({ schema: SCHEMA, relationships: RELATIONSHIPS });
  for (const [name, asked] of [["an engine", engine], ["a snapshot", engine.snapshot()]]) {
    test(`count for one question of ${name}, and are forgotten`, () => {
      const { revision } = engine.snapshot();
      assert.equal(asked.can("user:ann", "view", "document:plan", { relationships }), true);
      assert.equal(asked.can("user:ann", "view", "document:plan"), false);
      assert.deepEqual(asked.checkPermission("user:ann", "view", "document:plan", { relationships }), { permissionship: "HAS_PERMISSION", revision });
      assert.equal(asked.checkPermission("user:ann", "view", "document:plan", { relationships, trace: true }).trace.check.result, "HAS_PERMISSION");
      const [many] = asked.checkMany([{ subject: "user:ann", permission: "view", resource: "document:plan" }], { relationships });
      assert.deepEqual(many, { permissionship: "HAS_PERMISSION", revision });
      assert.equal(asked.permissions("user:ann", "document:plan", { relationships }).view.permissionship, "HAS_PERMISSION");
      assert.deepEqual(asked.lookupResources("user:ann", "view", "document", { relationships }).results.map((one) => one.resourceObjectId), ["plan"]);
      assert.deepEqual(asked.lookupSubjects("document:plan", "view", "user", { relationships }).results.map((one) => one.subjectObjectId), ["ann", "olga"]);
      assert.equal(asked.countResources("user:ann", "view", "document", { relationships }).hasPermission, 1);
      assert.equal(asked.countSubjects("document:plan", "view", "user", { relationships }).hasPermission, 2);
      assert.deepEqual(asked.expand("member", "group:staff", { relationships }).leaf.subjects, [{ subject: "user:ann" }]);
      assert.deepEqual(engine.snapshot().relationships(), [...RELATIONSHIPS].sort());
      assert.equal(engine.snapshot().revision, revision);
    });
  }

  test("may take away, where the schema says so", () => {
    const banned = { relationships: ["document:plan#banned@user:olga"] };
    assert.equal(engine.can("user:olga", "view", "document:plan"), true);
    assert.equal(engine.can("user:olga", "view", "document:plan", banned), false);
  });

  test("may be there already; may be a text with comments, a list, or none", () => {
    for (const given of [`\n// who is new\n  ${relationships}  \r\n\n`, [relationships, RELATIONSHIPS[1]]]) {
      assert.equal(engine.can("user:ann", "view", "document:plan", { relationships: given }), true);
    }
    for (const given of ["", [], "// nobody", undefined]) {
      assert.equal(engine.can("user:ann", "view", "document:plan", { relationships: given }), false);
    }
  });

  test("page by page, with a cursor", () => {
    const options = { relationships, limit: 1 };
    const { cursor, results } = engine.lookupSubjects("document:plan", "view", "user", options);
    const next = engine.lookupSubjects("document:plan", "view", "user", { ...options, cursor });
    assert.deepEqual([...results, ...next.results].map((one) => one.subjectObjectId), ["ann", "olga"]);
  });

  const cases = [
    ["INVALID_SUBJECT_TYPE", "document:plan#owner@group:staff#member"],
    ["UNKNOWN_RELATION_OR_PERMISSION", "document:plan#author@user:ann"],
    ["CANNOT_UPDATE_PERMISSION", "document:plan#view@user:ann"],
    ["UPDATES_ON_SAME_RELATIONSHIP", [relationships, relationships]],
    ["INVALID_ARGUMENT", "user:ann"],
    ["INVALID_ARGUMENT", [relationships, 1]],
    ["INVALID_ARGUMENT", [`${relationships}\n`]],
    ["INVALID_ARGUMENT", null],
    ["INVALID_ARGUMENT", {}],
  ];
  for (const [code, wrong] of cases) {
    test(`are validated like any others: ${JSON.stringify(wrong)} is ${code}, never an answer`, () => {
      for (const asked of [engine, engine.snapshot()]) {
        assert.equal(refusal(() => asked.can("user:olga", "view", "document:plan", { relationships: wrong })).code, code);
        assert.equal(refusal(() => asked.checkMany([], { relationships: wrong })).code, code);
      }
    });
  }
});
