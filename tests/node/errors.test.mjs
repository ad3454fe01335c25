// Refusals: codes, messages, and places in UTF-16 units.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn, PeppercornError } from "peppercorn";
import { SCHEMA, refusal, underlined } from "./support.mjs";

test("an error is an Error with a name, a code, a message and diagnostics", () => {
  const error = refusal(() => new Peppercorn({ schema: "definition" }));
  assert.ok(error instanceof Error);
  assert.ok(error instanceof PeppercornError);
  assert.equal(error.name, "PeppercornError");
  assert.equal(error.code, "SCHEMA_PARSE_ERROR");
  assert.notEqual(error.message, "");
  assert.ok(error.stack.includes("errors.test.mjs"), "the stack leads to the caller");
  assert.ok(error.diagnostics.length > 0);
  assert.ok(Object.isFrozen(error.diagnostics));
  for (const diagnostic of error.diagnostics) {
    assert.match(diagnostic.code, /^[a-z]+\/[a-z-]+$/);
    assert.equal(diagnostic.severity, "error");
    assert.ok(!Object.values(diagnostic).includes(undefined), "what is not there has no key");
  }
});

describe("questions that make no sense", () => {
  const engine = new Peppercorn({ schema: SCHEMA });
  const cases = [
    ["UNKNOWN_DEFINITION", "user:a", "view", "folder:b"],
    ["UNKNOWN_DEFINITION", "robot:a", "view", "document:b"],
    ["UNKNOWN_RELATION_OR_PERMISSION", "user:a", "destroy", "document:b"],
    ["UNKNOWN_RELATION_OR_PERMISSION", "group:a#leader", "view", "document:b"],
    ["WILDCARD_NOT_ALLOWED", "user:*", "view", "document:b"],
    ["INVALID_ARGUMENT", "alice", "view", "document:b"],
    ["INVALID_ARGUMENT", "", "view", "document:b"],
    ["INVALID_ARGUMENT", "user:a", "view", "document"],
    ["INVALID_ARGUMENT", "user:a", "view", "document:b#owner"],
    ["INVALID_ARGUMENT", "user:a", "view", "document:with space"],
    ["INVALID_ARGUMENT", "user:\ud800", "view", "document:b"],
    ["INVALID_ARGUMENT", "user:a\u0000", "view", "document:b"],
  ];
  for (const [code, subject, permission, resource] of cases) {
    test(`${JSON.stringify([subject, permission, resource])}: ${code}`, () => {
      for (const work of [engine, engine.snapshot()]) {
        assert.equal(refusal(() => work.can(subject, permission, resource)).code, code);
        assert.equal(refusal(() => work.checkPermission(subject, permission, resource)).code, code);
      }
    });
  }
});

describe("places", () => {
  const underlines = (schema) => refusal(() => new Peppercorn({ schema })).diagnostics.map((found) => underlined(schema, found));

  test("columns count UTF-16 units: an emoji before the error is two", () => {
    const schema = "definition user {}\ndefinition document { /* 🌶️🌶️ */ relation viewer: usr; }";
    const [found] = refusal(() => new Peppercorn({ schema })).diagnostics;
    assert.equal(found.line, 2);
    assert.equal(found.column, schema.split("\n")[1].indexOf("usr") + 1);
    assert.equal(underlined(schema, found), "usr");
  });

  test("every error is told, in the order of their places", () => {
    const schema = "definition user {}\ndefinition document {\n  relation a_one: usr\n  relation b_two: usre\n}\n";
    assert.deepEqual(underlines(schema), ["usr", "usre"]);
  });

  test("a relationship's place is in the relationships", () => {
    const relationships = "document:1#owner@user:a\n// 🌶️\ndocument:1#ownr@user:b\n";
    const error = refusal(() => new Peppercorn({ schema: SCHEMA, relationships }));
    assert.equal(error.code, "UNKNOWN_RELATION_OR_PERMISSION");
    assert.equal(error.diagnostics[0].line, 3);
    assert.equal(error.diagnostics[0].code, "relationship/unknown-relation");
    assert.equal(underlined(relationships, error.diagnostics[0]), "ownr");
    assert.match(error.diagnostics[0].help ?? "", /owner/);
  });
});

describe("relationships that do not fit", () => {
  const cases = [
    ["UNKNOWN_DEFINITION", "folder:1#owner@user:a"],
    ["UNKNOWN_DEFINITION", "document:1#owner@robot:a"],
    ["UNKNOWN_RELATION_OR_PERMISSION", "document:1#author@user:a"],
    ["UNKNOWN_RELATION_OR_PERMISSION", "document:1#viewer@group:a#leader"],
    ["CANNOT_UPDATE_PERMISSION", "document:1#view@user:a"],
    ["INVALID_SUBJECT_TYPE", "document:1#owner@group:a#member"],
    ["INVALID_SUBJECT_TYPE", "document:1#owner@user:*"],
    ["INVALID_SUBJECT_TYPE", "document:1#owner@user:a[unheard_of]"],
    ["INVALID_ARGUMENT", "document:1#owner"],
    ["INVALID_ARGUMENT", "document:*#owner@user:a"],
  ];
  for (const [code, relationship] of cases) {
    test(`${relationship}: ${code}, loaded or written`, () => {
      assert.equal(refusal(() => new Peppercorn({ schema: SCHEMA, relationships: [relationship] })).code, code);
      const engine = new Peppercorn({ schema: SCHEMA });
      for (const operation of ["CREATE", "TOUCH"]) {
        assert.equal(refusal(() => engine.write([{ operation, relationship }])).code, code);
      }
      assert.deepEqual(engine.snapshot().relationships(), []);
    });
  }
});
