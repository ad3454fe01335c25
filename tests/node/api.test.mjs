// The API of the built package: questions and answers, by both kinds of import.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { Peppercorn, PeppercornError } from "peppercorn";
import { SCHEMA, refusal } from "./support.mjs";

const require = createRequire(import.meta.url);

const RELATIONSHIPS = `
// the public one
document:open#viewer@user:*
document:open#banned@user:mallory

document:plan#owner@user:alice
document:plan#viewer@group:staff#member
group:staff#member@group:eng#member
group:eng#member@user:bob
`;

describe("imports", () => {
  test("`import` and `require` give the same classes", () => {
    const required = require("peppercorn");
    assert.equal(required.Peppercorn, Peppercorn);
    assert.equal(required.PeppercornError, PeppercornError);
    const engine = new required.Peppercorn({ schema: SCHEMA });
    assert.ok(engine instanceof Peppercorn);
    assert.ok(refusal(() => engine.can("user:a", "nothing", "document:b")) instanceof required.PeppercornError);
  });

  test("nothing else is exported", async () => {
    assert.deepEqual(Object.keys(await import("peppercorn")).sort(), ["Peppercorn", "PeppercornError", "load"]);
    assert.deepEqual(Object.keys(require("peppercorn")).sort(), ["Peppercorn", "PeppercornError", "load"]);
  });

  test("the modules and the manifest can be had by their names", () => {
    const { version } = require("peppercorn/package.json");
    assert.match(version, /^\d+\.\d+\.\d+/);
    assert.notEqual(version, "0.0.0");
    assert.match(require.resolve("peppercorn/engine.wasm"), /engine\.wasm$/);
  });
});

describe("can", () => {
  const engine = new Peppercorn({ schema: SCHEMA, relationships: RELATIONSHIPS });
  const cases = [
    ["user:alice", "edit", "document:plan", true],
    ["user:alice", "view", "document:plan", true],
    ["user:alice", "owner", "document:plan", true],
    ["user:bob", "view", "document:plan", true],
    ["user:bob", "edit", "document:plan", false],
    ["user:carol", "view", "document:plan", false],
    ["user:carol", "view", "document:open", true],
    ["user:mallory", "view", "document:open", false],
    ["user:alice", "view", "document:never-written", false],
    ["group:eng#member", "view", "document:plan", true],
    ["group:other#member", "view", "document:plan", false],
    ["group:other#member", "member", "group:other", true],
  ];
  for (const [subject, permission, resource, expected] of cases) {
    test(`${subject} ${permission} ${resource}: ${expected}`, () => {
      assert.equal(engine.can(subject, permission, resource), expected);
      const { permissionship } = engine.checkPermission(subject, permission, resource);
      assert.equal(permissionship, expected ? "HAS_PERMISSION" : "NO_PERMISSION");
    });
  }
});

test("a caveat that cannot be decided is conditional, and conditional is no yes", () => {
  const schema = "caveat on_weekdays(day int) { day < 6 }\ndefinition user {}\ndefinition document { relation viewer: user with on_weekdays; permission view = viewer; }";
  const engine = new Peppercorn({ schema, relationships: ["document:plan#viewer@user:alice[on_weekdays]"] });
  assert.equal(engine.checkPermission("user:alice", "view", "document:plan").permissionship, "CONDITIONAL_PERMISSION");
  assert.equal(engine.can("user:alice", "view", "document:plan"), false);
});

test("relationships may come as a text, as a list, or not at all", () => {
  const list = RELATIONSHIPS.split("\n").filter((line) => line.includes("@"));
  const expected = new Peppercorn({ schema: SCHEMA, relationships: RELATIONSHIPS }).snapshot().relationships();
  assert.deepEqual(new Peppercorn({ schema: SCHEMA, relationships: list }).snapshot().relationships(), expected);
  assert.deepEqual(expected, [...list].sort());
  assert.deepEqual(new Peppercorn({ schema: SCHEMA, relationships: "" }).snapshot().relationships(), []);
  assert.deepEqual(new Peppercorn({ schema: SCHEMA }).snapshot().relationships(), []);
});

test("revisions are strings, and an answer carries the one it was taken from", () => {
  const engine = new Peppercorn({ schema: SCHEMA });
  const first = engine.checkPermission("user:a", "view", "document:b").revision;
  assert.equal(typeof first, "string");
  const { revision } = engine.write([{ operation: "CREATE", relationship: "document:b#owner@user:a" }]);
  assert.equal(typeof revision, "string");
  assert.notEqual(revision, first);
  assert.equal(engine.checkPermission("user:a", "view", "document:b").revision, revision);
  assert.equal(engine.snapshot().revision, revision);
});

describe("arguments are never coerced", () => {
  const engine = new Peppercorn({ schema: SCHEMA, relationships: "document:1#owner@user:undefined" });
  const text = { toString: () => "user:undefined" };
  const cases = [
    ["subject", () => engine.can(undefined, "edit", "document:1")],
    ["subject", () => engine.can(text, "edit", "document:1")],
    ["subject", () => engine.can(new String("user:undefined"), "edit", "document:1")],
    ["subject", () => engine.checkPermission(null, "edit", "document:1")],
    ["permission", () => engine.can("user:undefined", ["edit"], "document:1")],
    ["resource", () => engine.can("user:undefined", "edit", 1)],
    ["resource", () => engine.snapshot().can("user:undefined", "edit")],
    ["options", () => new Peppercorn(null)],
    ["options", () => new Peppercorn(SCHEMA)],
    ["options", () => new Peppercorn({ schema: SCHEMA, relationship: "document:1#owner@user:a" })],
    ["options.schema", () => new Peppercorn({ schema: null })],
    ["options.schema", () => new Peppercorn({ schema: Buffer.from(SCHEMA) })],
    ["options.relationships", () => new Peppercorn({ schema: SCHEMA, relationships: null })],
    ["options.relationships[1]", () => new Peppercorn({ schema: SCHEMA, relationships: ["document:1#owner@user:a", 2] })],
    ["options.relationships[0]", () => new Peppercorn({ schema: SCHEMA, relationships: ["document:1#owner@user:a\ndocument:2#owner@user:a"] })],
    ["options.relationships[0]", () => new Peppercorn({ schema: SCHEMA, relationships: ["// document:1#owner@user:a"] })],
    ["updates", () => engine.write({ operation: "TOUCH", relationship: "document:1#owner@user:a" })],
    ["updates[0]", () => engine.write(["document:1#owner@user:a"])],
    ["updates[0].operation", () => engine.write([{ operation: "touch", relationship: "document:1#owner@user:a" }])],
    ["updates[0].relationship", () => engine.write([{ operation: "TOUCH" }])],
    ["updates[0].relationship", () => engine.write([{ operation: "TOUCH", relationship: " " }])],
  ];
  for (const [name, work] of cases) {
    test(`${String(work).replace("() => ", "")} names \`${name}\``, () => {
      const { code, message } = refusal(work);
      assert.equal(code, "INVALID_ARGUMENT");
      assert.ok(message.includes(`\`${name}\``), message);
    });
  }

  test("the engine is as it was", () => {
    assert.equal(engine.can("user:undefined", "edit", "document:1"), true);
    assert.deepEqual(engine.snapshot().relationships(), ["document:1#owner@user:undefined"]);
  });
});
