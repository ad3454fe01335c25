// Expanded trees and traces: their shape, and that no depth of theirs breaks anything.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { refusal } from "./support.mjs";

const SCHEMA = `
use expiration

definition user {}

definition group {
  relation member: user | group#member
}

caveat within(limit int, amount int) { amount <= limit }

definition folder {
  relation parent: folder with within | folder
  relation viewer: user
  permission view = viewer + parent->view
}

definition document {
  relation folder: folder with within
  relation viewer: user | user with within | group#member | user with expiration
  relation banned: user
  permission view = (viewer + folder->view) - banned
  permission both = viewer & banned
}
`;

const engine = new Peppercorn({
  schema: SCHEMA,
  relationships: [
    "document:plan#viewer@user:alice",
    'document:plan#viewer@user:bob[within:{"limit":10}]',
    "document:plan#viewer@user:carol[expiration:2030-01-01T00:00:00Z]",
    "document:plan#viewer@group:eng#member",
    "document:plan#folder@folder:root[within]",
    "folder:root#viewer@user:dave",
  ],
});
const snapshot = engine.snapshot();
engine.write([{ operation: "CREATE", relationship: "document:plan#banned@user:alice" }]);

describe("expand", () => {
  const node = (expandedRelation, rest, expandedObject = "document:plan") => ({ expandedObject, expandedRelation, ...rest });
  const leaf = (...subjects) => ({ leaf: { subjects } });
  const group = { subject: "group:eng#member" };
  const bob = { subject: "user:bob", optionalCaveat: { caveatName: "within", context: { limit: 10 } } };

  test("operators, arrows and leaves, caveats told and not evaluated", () => {
    const root = node("view", { optionalCaveat: { caveatName: "within" }, intermediate: { operation: "UNION", children: [
      node("viewer", leaf({ subject: "user:dave" }), "folder:root"),
      node("view", { intermediate: { operation: "UNION", children: [] } }, "folder:root"),
    ] } }, "folder:root");
    const expected = node("view", { intermediate: { operation: "EXCLUSION", children: [
      node("view", { intermediate: { operation: "UNION", children: [
        node("viewer", leaf({ subject: "user:alice" }, bob, { subject: "user:carol" }, group)),
        node("view", { intermediate: { operation: "UNION", children: [root] } }),
      ] } }),
      node("banned", leaf({ subject: "user:alice" })),
    ] } });
    assert.deepEqual(engine.expand("view", "document:plan", { now: "2029-01-01T00:00:00Z" }), expected);
  });

  test("at a time, at a revision", () => {
    const subjects = (asked, now) => asked.expand("viewer", "document:plan", { now }).leaf.subjects.map((found) => found.subject);
    assert.deepEqual(subjects(engine, "2030-01-01T00:00:00Z"), ["user:alice", "user:bob", "group:eng#member"]);
    assert.deepEqual(engine.expand("banned", "document:plan"), node("banned", leaf({ subject: "user:alice" })));
    assert.deepEqual(snapshot.expand("banned", "document:plan"), node("banned", leaf()));
    assert.equal(engine.expand("both", "document:plan").intermediate.operation, "INTERSECTION");
    assert.equal(refusal(() => engine.expand("destroy", "document:plan")).code, "UNKNOWN_RELATION_OR_PERMISSION");
  });
});

describe("trace", () => {
  const traced = (subject, options) => engine.checkPermission(subject, "view", "document:plan", { trace: true, now: "2031-01-01T00:00:00Z", ...options });
  const find = (check, permission) => [check, ...(check.subProblems ?? [])].find((found) => found.permission === permission && found.resource === "document:plan");

  test("the answer is that of the check, and without being asked for there is no trace", () => {
    for (const subject of ["user:alice", "user:bob", "user:carol", "user:dave", "user:nobody"]) {
      const { trace, ...answer } = traced(subject);
      assert.deepEqual(engine.checkPermission(subject, "view", "document:plan", { now: "2031-01-01T00:00:00Z", trace: false }), answer);
      assert.equal(trace.check.result, answer.permissionship);
      assert.equal(trace.check.subject, subject);
      assert.match(trace.text, new RegExp(`^${subject}\n. document:plan#view`));
      assert.equal(typeof trace.check.permissionType, "string");
    }
  });

  test("a yes, what it is taken away by, and where it is looked for", () => {
    const { trace: { check } } = traced("user:alice");
    assert.equal(check.result, "NO_PERMISSION");
    assert.equal(check.permissionType, "PERMISSION");
    const viewer = find(check, "viewer");
    assert.equal(viewer.result, "HAS_PERMISSION");
    assert.equal(viewer.permissionType, "RELATION");
    assert.deepEqual(viewer.rows, [{ relationship: "document:plan#viewer@user:alice" }]);
    const banned = find(check, "banned");
    assert.equal(banned.result, "HAS_PERMISSION");
    assert.equal(banned.isSubtracted, true);
    assert.ok(viewer.subProblems.some((below) => below.resource === "group:eng" && below.permission === "member"), "a set of subjects is looked into");
  });

  test("caveats with the values used", () => {
    const evaluation = (options) => find(traced("user:bob", options).trace.check, "viewer").rows[0].caveatEvaluationInfo;
    const expected = { expression: "amount <= limit", caveatName: "within" };
    assert.deepEqual(evaluation({}), { ...expected, result: "MISSING_SOME_CONTEXT", context: { limit: 10 }, partialCaveatInfo: { missingRequiredContext: ["amount"] } });
    assert.deepEqual(evaluation({ context: { amount: 1 } }), { ...expected, result: "TRUE", context: { amount: 1, limit: 10 } });
    assert.deepEqual(evaluation({ context: { amount: 11 } }), { ...expected, result: "FALSE", context: { amount: 11, limit: 10 } });
  });

  test("a row that has expired is told", () => {
    assert.deepEqual(find(traced("user:carol").trace.check, "viewer").rows, [{ relationship: "document:plan#viewer@user:carol", isExpired: true }]);
  });

  test("an answer that there is not is an error with the trace", () => {
    const error = refusal(() => traced("user:bob", { context: { amount: "ten" } }));
    assert.equal(error.code, "CAVEAT_PARAMETER_TYPE_ERROR");
    assert.equal(error.trace.check.resource, "document:plan");
    assert.equal(find(error.trace.check, "viewer").rows[0].caveatEvaluationInfo.result, "UNEVALUATED");
    assert.match(error.trace.text, /^user:bob\n/);
    assert.equal(refusal(() => engine.can("user:bob", "view", "document:plan", { context: { amount: "ten" } })).trace, undefined);
    assert.equal(refusal(() => traced("user:*")).trace, undefined);
  });

  test("a circle is named relation by relation", () => {
    const circle = new Peppercorn({ schema: SCHEMA, relationships: ["group:a#member@group:b#member", "group:b#member@group:a#member"] });
    const { trace } = circle.checkPermission("user:x", "member", "group:a", { trace: true });
    const [below] = trace.check.subProblems;
    const [again] = below.subProblems;
    assert.deepEqual(again.circle, ["group:a#member", "group:b#member", "group:a#member"]);
    assert.match(trace.text, /circle: group:a#member -> group:b#member -> group:a#member/);
  });
});

describe("10,000 levels", () => {
  const depth = 10_000;
  const chain = Array.from({ length: depth }, (_, level) => [
    `folder:f${level}#parent@folder:f${level + 1}`,
    `group:g${level}#member@group:g${level + 1}#member`,
  ]).flat();
  const ends = [`folder:f${depth}#viewer@user:alice`, `group:g${depth}#member@user:alice`];
  const deep = new Peppercorn({ schema: SCHEMA, relationships: [...chain, ...ends] });

  const depthOf = (root, below) => {
    let levels = 0;
    for (let level = [root]; level.length > 0; level = level.flatMap(below)) levels += 1;
    return levels;
  };

  test("a check, its trace, an expanded tree and lookups", () => {
    assert.equal(deep.can("user:alice", "view", "folder:f0"), true);
    const { permissionship, trace } = deep.checkPermission("user:alice", "member", "group:g0", { trace: true });
    assert.equal(permissionship, "HAS_PERMISSION");
    assert.equal(depthOf(trace.check, (check) => check.subProblems ?? []), depth + 1);
    assert.ok(trace.text.includes(`group:g${depth}#member@user:alice`));
    const tree = deep.expand("view", "folder:f0");
    assert.equal(depthOf(tree, (node) => node.intermediate?.children ?? []), 2 * depth + 2);
    assert.equal(deep.countResources("user:alice", "view", "folder").hasPermission, depth + 1);
    assert.equal(deep.lookupSubjects("folder:f0", "view", "user").results.length, 1);
  });

  test("a trace or tree that would be too large is refused, and the engine goes on", () => {
    const wide = new Peppercorn({ schema: SCHEMA, relationships: Array.from({ length: 30_000 }, (_, index) => `document:d#viewer@group:g${index}#member`) });
    assert.equal(refusal(() => wide.checkPermission("user:a", "view", "document:d", { trace: true })).code, "WORK_BUDGET_EXCEEDED");
    assert.equal(wide.can("user:a", "view", "document:d"), false);
  });
});
