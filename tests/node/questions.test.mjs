// Checks with all their options, many checks, and all permissions.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn, PeppercornError } from "peppercorn";
import { refusal } from "./support.mjs";

const SCHEMA = `
use expiration

definition user {}

definition group {
  relation member: user | group#member
}

caveat within(limit int, amount int) { amount <= limit }
caveat ratio(total int, part int) { part / total < 1 }

definition document {
  relation owner: user
  relation viewer: user | user:* | user with within | user with ratio | user with expiration | group#member
  relation banned: user with within
  permission view = (viewer + owner) - banned
  permission edit = owner
  permission constructor = owner
}
`;

const RELATIONSHIPS = [
  "document:plan#owner@user:alice",
  'document:plan#viewer@user:bob[within:{"limit":10}]',
  "document:plan#viewer@user:carol[within]",
  "document:plan#viewer@user:dave[expiration:2030-01-01T00:00:00Z]",
  "document:plan#viewer@user:erin[ratio]",
  "document:memo#viewer@group:eng#member",
  "group:eng#member@user:alice",
];

const engine = new Peppercorn({ schema: SCHEMA, relationships: RELATIONSHIPS });
const snapshot = engine.snapshot();
engine.write([{ operation: "TOUCH", relationship: "document:later#owner@user:alice" }]);

const conditional = (missingRequiredContext, residual) => ({ permissionship: "CONDITIONAL_PERMISSION", partialCaveatInfo: { missingRequiredContext, residual } });

for (const [name, asked, revision] of [["an engine", engine, "2"], ["a snapshot", snapshot, "1"]]) {
  describe(`${name} with context`, () => {
    const cases = [
      ["user:bob", undefined, conditional(["amount"], "amount <= 10")],
      ["user:bob", {}, conditional(["amount"], "amount <= 10")],
      ["user:bob", { amount: 10 }, { permissionship: "HAS_PERMISSION" }],
      ["user:bob", { amount: 11 }, { permissionship: "NO_PERMISSION" }],
      // What is stored wins, and names that no caveat has mean nothing.
      ["user:bob", { amount: 11, limit: 20, other: [1] }, { permissionship: "NO_PERMISSION" }],
      // As SpiceDB, an operator tells the first operand that is missing.
      ["user:carol", undefined, conditional(["amount"], "amount <= limit")],
      ["user:carol", { limit: 5 }, conditional(["amount"], "amount <= 5")],
      ["user:alice", undefined, { permissionship: "HAS_PERMISSION" }],
    ];
    for (const [subject, context, expected] of cases) {
      test(`${subject} ${JSON.stringify(context)}: ${expected.permissionship}`, () => {
        const question = [subject, "view", "document:plan", { context }];
        assert.deepEqual(asked.checkPermission(...question), { revision, ...expected });
        assert.equal(asked.can(...question), expected.permissionship === "HAS_PERMISSION");
      });
    }

    test("a value that does not fit, and a caveat without a value, are errors only where the answer depends on them", () => {
      assert.equal(refusal(() => asked.can("user:bob", "view", "document:plan", { context: { amount: "ten" } })).code, "CAVEAT_PARAMETER_TYPE_ERROR");
      assert.equal(refusal(() => asked.can("user:erin", "view", "document:plan", { context: { part: 1, total: 0 } })).code, "CAVEAT_EVALUATION_ERROR");
      assert.equal(asked.can("user:alice", "view", "document:plan", { context: { amount: "ten", part: 1, total: 0 } }), true);
    });
  });

  describe(`${name} at a time`, () => {
    const before = Date.UTC(2029, 11, 31, 23, 59, 59);
    const after = Date.UTC(2030, 0, 1);
    const cases = [
      [before, true],
      [after, false],
      [new Date(before), true],
      [new Date(after), false],
      ["2029-12-31T23:59:59Z", true],
      ["2029-12-31T23:59:59.999999999Z", true],
      ["2030-01-01T00:00:00Z", false],
      ["2030-01-01T00:30:00+01:00", true],
      ["2029-12-31T23:30:00-01:00", false],
    ];
    for (const [now, expected] of cases) {
      test(`${String(now)}: ${expected}`, () => assert.equal(asked.can("user:dave", "view", "document:plan", { now }), expected));
    }

    const none = [Number.NaN, Infinity, 1e300, -1e300, new Date(Number.NaN), "", "2030", "2030-01-01", "2030-02-30T00:00:00Z", "2030-01-01T24:00:00Z", "2030-01-01T00:00:00", "2030-13-01T00:00:00Z", "0000-01-01T00:00:00Z", 1n, null, {}, true];
    for (const now of none) {
      test(`${typeof now} ${String(now)} is no time`, () => {
        const error = refusal(() => asked.can("user:dave", "view", "document:plan", { now }));
        assert.equal(error.code, "INVALID_ARGUMENT");
        assert.match(error.message, /`options\.now`/);
      });
    }
  });

  test(`${name} answers many checks in their order, each with its own context or error`, () => {
    const plan = { permission: "view", resource: "document:plan" };
    const results = asked.checkMany(
      [
        { subject: "user:alice", permission: "edit", resource: "document:plan" },
        { subject: "user:bob", ...plan },
        { subject: "user:bob", ...plan, context: { amount: 11 } },
        { subject: "user:bob", ...plan, context: {} },
        { subject: "user:nobody", ...plan },
        { subject: "user:alice", permission: "destroy", resource: "document:plan" },
        { subject: "user:a\tview\tdocument:plan\t", permission: "view", resource: "document:plan" },
        { subject: "user:alice\nuser:alice", permission: "view", resource: "document:plan" },
        { subject: "user:\ud800", ...plan },
        { subject: "user:erin", ...plan, context: { part: 1, total: 0 } },
        { subject: "user:dave", ...plan },
        { subject: "user:alice", permission: "view", resource: "document:memo" },
      ],
      { context: { amount: 1 }, now: "2031-01-01T00:00:00Z" },
    );
    const told = results.map((result) => (result.error === undefined ? result.permissionship : result.error.code));
    assert.deepEqual(told, [
      "HAS_PERMISSION",
      "HAS_PERMISSION",
      "NO_PERMISSION",
      "CONDITIONAL_PERMISSION",
      "NO_PERMISSION",
      "UNKNOWN_RELATION_OR_PERMISSION",
      "INVALID_ARGUMENT",
      "INVALID_ARGUMENT",
      "INVALID_ARGUMENT",
      "CAVEAT_EVALUATION_ERROR",
      "NO_PERMISSION",
      "HAS_PERMISSION",
    ]);
    assert.deepEqual(results[3], { revision, ...conditional(["amount"], "amount <= 10") });
    assert.ok(results[5].error instanceof PeppercornError);
    assert.ok(results.every((result) => ("error" in result) !== ("revision" in result)));
    assert.deepEqual(asked.checkMany([]), []);
  });

  test(`${name} gives all permissions in the order of the schema, and nothing else`, () => {
    const found = asked.permissions("user:bob", "document:plan", { context: { limit: 1 } });
    assert.deepEqual(Object.keys(found), ["view", "edit", "constructor"]);
    assert.deepEqual(found.view, { revision, ...conditional(["amount"], "amount <= 10") });
    assert.equal(found.constructor.permissionship, "NO_PERMISSION");
    assert.equal(found.toString, undefined, "what is no permission is not there");
    assert.equal(asked.permissions("user:bob", "document:plan", { context: { amount: 1 } }).view.permissionship, "HAS_PERMISSION");
    assert.deepEqual(Object.keys(asked.permissions("user:bob", "group:eng")), []);
    assert.equal(refusal(() => asked.permissions("user:bob", "folder:eng")).code, "UNKNOWN_DEFINITION");
  });
}

test("10,000 checks in one call are those one by one", () => {
  const items = Array.from({ length: 10_000 }, (_, index) => ({
    subject: `user:${["alice", "bob", "carol", `u${index}`][index % 4]}`,
    permission: index % 3 === 0 ? "edit" : "view",
    resource: `document:${index % 5 === 0 ? "memo" : "plan"}`,
    ...(index % 7 === 0 ? { context: { amount: index % 20, limit: 10 } } : {}),
  }));
  const alone = items.map(({ subject, permission, resource, context }) => engine.checkPermission(subject, permission, resource, { context }));
  assert.deepEqual(engine.checkMany(items), alone);
});

describe("misuse is refused with what to do", () => {
  const question = ["user:alice", "view", "document:plan"];
  const item = { subject: "user:alice", permission: "view", resource: "document:plan" };
  const cases = [
    ["`options` must be an object", () => engine.can(...question, "now")],
    ["`options` must be an object", () => engine.can(...question, null)],
    ["`options` has no `contxt`, only `context`, `now`", () => engine.can(...question, { contxt: {} })],
    ["`options` has no `limit`", () => engine.can(...question, { limit: 1 })],
    ["`options` has no `trace`", () => engine.can(...question, { trace: true })],
    ["`options.trace` must be true or false", () => engine.checkPermission(...question, { trace: 1 })],
    ["look at the order of the arguments", () => engine.can("user:alice", "document:plan", "view")],
    ["look at the order of the arguments", () => engine.lookupResources("user:alice", "view", "document:plan")],
    ["look at the order of the arguments", () => engine.lookupSubjects("document:plan", "view", "user:alice")],
    ["look at the order of the arguments", () => engine.expand("document:plan", "view")],
    ["`items` must be an array", () => engine.checkMany(item)],
    ["`items[1]` must be an object", () => engine.checkMany([item, "user:alice"])],
    ["`items[0]` has no `object`", () => engine.checkMany([{ ...item, object: "document:plan" }])],
    ["`items[0].resource` must be a string, not undefined", () => engine.checkMany([{ subject: "user:alice", permission: "view" }])],
    ["`items[1].context.amount` is NaN", () => engine.checkMany([item, { ...item, context: { amount: Number.NaN } }])],
    ["`options.limit`", () => engine.lookupResources("user:alice", "view", "document", { limit: 0 })],
    ["`options.limit`", () => engine.lookupResources("user:alice", "view", "document", { limit: 1.5 })],
    ["`options.limit`", () => engine.lookupResources("user:alice", "view", "document", { limit: "10" })],
    ["`options.limit`", () => engine.lookupSubjects("document:plan", "view", "user", { limit: 2 ** 32 })],
    ["`options.cursor` must be a string", () => engine.lookupResources("user:alice", "view", "document", { cursor: null })],
    ["`options.wildcards`", () => engine.lookupSubjects("document:plan", "view", "user", { wildcards: true })],
    ["`options.subjectRelation` must be a string", () => engine.lookupSubjects("document:plan", "view", "user", { subjectRelation: null })],
    ["`options` has no `limit`", () => engine.countResources("user:alice", "view", "document", { limit: 1 })],
    ["`options` has no `cursor`", () => engine.countSubjects("document:plan", "view", "user", { cursor: "" })],
    ["`options` has no `context`, only `now`", () => engine.expand("view", "document:plan", { context: {} })],
  ];
  for (const [says, work] of cases) {
    test(`${String(work).replace("() => ", "")}: ${says}`, () => {
      const { code, message } = refusal(work);
      assert.equal(code, "INVALID_ARGUMENT");
      assert.ok(message.includes(says), message);
    });
  }
});
