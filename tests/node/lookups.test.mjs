// Lookups in both directions: results, pages, wildcards, conditions, counts.

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

definition document {
  relation viewer: user | user:* | user with within | user:* with within | user with expiration | group#member
  relation banned: user | user with within
  permission view = viewer - banned
}
`;

const engine = new Peppercorn({
  schema: SCHEMA,
  relationships: [
    "document:open#viewer@user:*",
    "document:open#banned@user:mallory",
    'document:open#banned@user:trent[within:{"limit":1}]',
    'document:maybe#viewer@user:*[within:{"limit":5}]',
    "document:plan#viewer@user:bob",
    'document:plan#viewer@user:alice[within:{"limit":10}]',
    "document:plan#viewer@user:carol[expiration:2030-01-01T00:00:00Z]",
    "document:plan#viewer@group:eng#member",
    "group:eng#member@group:ops#member",
    "group:ops#member@user:dave",
  ],
});
const snapshot = engine.snapshot();
engine.write([{ operation: "CREATE", relationship: "document:new#viewer@user:bob" }]);

const yes = { permissionship: "HAS_PERMISSION" };
const depends = { permissionship: "CONDITIONAL_PERMISSION", partialCaveatInfo: { missingRequiredContext: ["amount"] } };
const now = "2029-01-01T00:00:00Z";

describe("lookupResources", () => {
  const resources = (asked, ...request) => asked.lookupResources(...request).results;

  test("by id, conditional ones with what they lack", () => {
    const expected = [
      { resourceObjectId: "maybe", ...depends },
      { resourceObjectId: "open", ...yes },
      { resourceObjectId: "plan", ...depends },
    ];
    assert.deepEqual(engine.lookupResources("user:alice", "view", "document", { now }), { results: expected });
    assert.deepEqual(snapshot.lookupResources("user:alice", "view", "document", { now }), { results: expected });
  });

  test("context decides", () => {
    const ids = (amount) => resources(engine, "user:alice", "view", "document", { now, context: { amount } }).map((found) => found.resourceObjectId);
    assert.deepEqual(ids(1), ["maybe", "open", "plan"]);
    assert.deepEqual(ids(6), ["open", "plan"]);
    assert.deepEqual(ids(11), ["open"]);
  });

  test("a snapshot does not see later writes", () => {
    const ids = (asked) => resources(asked, "user:bob", "view", "document").map((found) => found.resourceObjectId);
    assert.deepEqual(ids(engine), ["maybe", "new", "open", "plan"]);
    assert.deepEqual(ids(snapshot), ["maybe", "open", "plan"]);
  });

  test("time decides", () => {
    const ids = (now) => resources(engine, "user:carol", "viewer", "document", { now, context: { amount: 9 } }).map((found) => found.resourceObjectId);
    assert.deepEqual(ids("2029-12-31T23:59:59Z"), ["open", "plan"]);
    assert.deepEqual(ids("2030-01-01T00:00:00Z"), ["open"]);
  });

  test("sets of subjects are asked for like subjects; nothing found is an empty page", () => {
    assert.deepEqual(resources(engine, "group:ops#member", "view", "document"), [{ resourceObjectId: "plan", ...yes }]);
    assert.deepEqual(engine.lookupResources("user:mallory", "view", "document", { context: { amount: 9 } }), { results: [] });
  });

  test("counts", () => {
    assert.deepEqual(engine.countResources("user:alice", "view", "document", { now }), { hasPermission: 1, conditionalPermission: 2 });
    assert.deepEqual(snapshot.countResources("user:bob", "view", "document", { context: { amount: 1 } }), { hasPermission: 3, conditionalPermission: 0 });
  });
});

describe("lookupSubjects", () => {
  const everyone = {
    subjectObjectId: "*",
    ...yes,
    excludedSubjects: [
      { subjectObjectId: "mallory", ...yes },
      { subjectObjectId: "trent", ...depends },
    ],
  };

  test("everyone but those excluded, for certain or on a condition", () => {
    assert.deepEqual(engine.lookupSubjects("document:open", "view", "user"), { results: [everyone] });
    assert.deepEqual(snapshot.lookupSubjects("document:open", "view", "user", { wildcards: "include" }), { results: [everyone] });
    const { results } = engine.lookupSubjects("document:open", "view", "user", { context: { amount: 2 } });
    assert.deepEqual(results, [{ ...everyone, excludedSubjects: everyone.excludedSubjects.slice(0, 1) }]);
  });

  test("a wildcard on a condition, and none where it is not wanted", () => {
    assert.deepEqual(engine.lookupSubjects("document:maybe", "view", "user").results, [{ subjectObjectId: "*", ...depends }]);
    assert.deepEqual(engine.lookupSubjects("document:open", "view", "user", { wildcards: "exclude" }), { results: [] });
  });

  test("by id, through groups, at a time", () => {
    const ids = (now) => engine.lookupSubjects("document:plan", "view", "user", { now }).results.map((found) => [found.subjectObjectId, found.permissionship[0]].join(" "));
    assert.deepEqual(ids(now), ["alice C", "bob H", "carol H", "dave H"]);
    assert.deepEqual(ids("2030-01-01T00:00:00Z"), ["alice C", "bob H", "dave H"]);
  });

  test("sets of subjects by their relation", () => {
    const { results } = engine.lookupSubjects("document:plan", "view", "group", { subjectRelation: "member" });
    assert.deepEqual(results, [{ subjectObjectId: "eng", ...yes }, { subjectObjectId: "ops", ...yes }]);
    assert.deepEqual(engine.lookupSubjects("document:plan", "view", "group").results, []);
    assert.equal(refusal(() => engine.lookupSubjects("document:plan", "view", "group", { subjectRelation: "leader" })).code, "UNKNOWN_RELATION_OR_PERMISSION");
  });

  test("counts", () => {
    assert.deepEqual(engine.countSubjects("document:plan", "view", "user", { now }), { hasPermission: 3, conditionalPermission: 1 });
    assert.deepEqual(engine.countSubjects("document:open", "view", "user"), { hasPermission: 1, conditionalPermission: 0 });
    assert.deepEqual(engine.countSubjects("document:open", "view", "user", { wildcards: "exclude" }), { hasPermission: 0, conditionalPermission: 0 });
    assert.deepEqual(snapshot.countSubjects("document:plan", "view", "group", { subjectRelation: "member" }), { hasPermission: 2, conditionalPermission: 0 });
  });
});

describe("10,000 results", () => {
  const size = 10_000;
  const relationships = Array.from({ length: size }, (_, index) => [
    `document:d${index}#viewer@user:reader${index % 10 === 0 ? '[within:{"limit":3}]' : ""}`,
    `document:big#viewer@user:u${index}${index % 10 === 0 ? '[within:{"limit":3}]' : ""}`,
  ]).flat();
  const large = new Peppercorn({ schema: SCHEMA, relationships });
  const lookups = {
    lookupResources: (options) => large.lookupResources("user:reader", "view", "document", options),
    lookupSubjects: (options) => large.lookupSubjects("document:big", "view", "user", options),
  };
  const id = (found) => found.resourceObjectId ?? found.subjectObjectId;

  for (const [name, lookup] of Object.entries(lookups)) {
    const whole = lookup({}).results;

    test(`${name}: each once, in the order of their bytes, the conditional ones at their places`, () => {
      assert.equal(whole.length, size);
      assert.deepEqual(whole.map(id), whole.map(id).sort());
      assert.equal(new Set(whole.map(id)).size, size);
      for (const found of whole) {
        const expected = Number(id(found).slice(1)) % 10 === 0 ? depends : yes;
        assert.equal(found.permissionship, expected.permissionship);
        assert.deepEqual(found.partialCaveatInfo, expected.partialCaveatInfo);
      }
    });

    test(`${name}: pages of 997 are the whole`, () => {
      const paged = [];
      let cursor;
      do {
        const page = lookup({ limit: 997, cursor });
        assert.ok(page.results.length <= 997 && page.results.length > 0);
        paged.push(...page.results);
        ({ cursor } = page);
      } while (cursor !== undefined);
      assert.deepEqual(paged, whole);
    });
  }

  test("counts", () => {
    const counted = { hasPermission: 9_000, conditionalPermission: 1_000 };
    assert.deepEqual(large.countResources("user:reader", "view", "document"), counted);
    assert.deepEqual(large.countSubjects("document:big", "view", "user"), counted);
  });
});

describe("pages", () => {
  const pages = (lookup) => {
    const all = [];
    for (let cursor, page; page === undefined || cursor !== undefined; { cursor } = page) {
      page = lookup(cursor);
      all.push(page.results.length);
    }
    return all;
  };

  test("of 7, the last without a cursor", () => {
    const relationships = Array.from({ length: 21 }, (_, index) => `document:d${index}#viewer@user:u${index % 2}`);
    const small = new Peppercorn({ schema: SCHEMA, relationships });
    assert.deepEqual(pages((cursor) => small.lookupResources("user:u0", "view", "document", { limit: 7, cursor })), [7, 4]);
    assert.deepEqual(pages((cursor) => small.lookupResources("user:u1", "view", "document", { limit: 5, cursor })), [5, 5]);
  });

  test("the wildcard is one result of a page, with all it leaves out", () => {
    const mixed = new Peppercorn({ schema: SCHEMA, relationships: ["document:a#viewer@user:*", "document:a#viewer@user:zoe", "document:a#banned@user:x", "document:a#banned@user:y"] });
    const first = mixed.lookupSubjects("document:a", "view", "user", { limit: 1 });
    assert.equal(first.results[0].excludedSubjects.length, 2);
    const rest = mixed.lookupSubjects("document:a", "view", "user", { limit: 1, cursor: first.cursor });
    assert.deepEqual(rest, { results: [{ subjectObjectId: "zoe", ...yes }] });
  });

  test("a page after a write begins where the last one ended", () => {
    const live = new Peppercorn({ schema: SCHEMA, relationships: ["document:b#viewer@user:a", "document:d#viewer@user:a"] });
    const { cursor } = live.lookupResources("user:a", "view", "document", { limit: 1 });
    live.write([{ operation: "DELETE", relationship: "document:b#viewer@user:a" }, { operation: "CREATE", relationship: "document:a#viewer@user:a" }, { operation: "CREATE", relationship: "document:c#viewer@user:a" }]);
    const { results } = live.lookupResources("user:a", "view", "document", { cursor });
    assert.deepEqual(results.map((found) => found.resourceObjectId), ["c", "d"]);
  });

  test("a cursor of another request is refused, and one that is none", () => {
    const { cursor } = engine.lookupResources("user:alice", "view", "document", { limit: 1 });
    assert.equal(typeof cursor, "string");
    const others = {
      "another subject": (options) => engine.lookupResources("user:bob", "view", "document", options),
      "another permission": (options) => engine.lookupResources("user:alice", "viewer", "document", options),
      "another context": (options) => engine.lookupResources("user:alice", "view", "document", { ...options, context: { amount: 1 } }),
      "another direction": (options) => engine.lookupSubjects("document:plan", "view", "user", options),
    };
    for (const [what, lookup] of Object.entries(others)) {
      assert.equal(refusal(() => lookup({ cursor })).code, "INVALID_CURSOR", what);
    }
    for (const none of ["", "x", `${cursor}`.slice(1), "\ud800", cursor.replace(":", "\n"), `0${cursor}`]) {
      assert.equal(refusal(() => engine.lookupResources("user:alice", "view", "document", { cursor: none })).code, "INVALID_CURSOR", JSON.stringify(none));
    }
    assert.ok(engine.lookupResources("user:alice", "view", "document", { cursor, limit: 2 }).results.length > 0);
  });
});

test("questions that make no sense are errors, never empty lists", () => {
  const cases = [
    ["UNKNOWN_DEFINITION", () => engine.lookupResources("user:a", "view", "folder")],
    ["UNKNOWN_DEFINITION", () => engine.lookupSubjects("document:a", "view", "robot")],
    ["UNKNOWN_RELATION_OR_PERMISSION", () => engine.lookupResources("user:a", "destroy", "document")],
    ["UNKNOWN_RELATION_OR_PERMISSION", () => engine.countResources("user:a", "destroy", "document")],
    ["UNKNOWN_RELATION_OR_PERMISSION", () => engine.countSubjects("document:a", "destroy", "user")],
    ["WILDCARD_NOT_ALLOWED", () => engine.lookupResources("user:*", "view", "document")],
    ["INVALID_ARGUMENT", () => engine.lookupResources("alice", "view", "document")],
    ["INVALID_ARGUMENT", () => engine.lookupSubjects("document", "view", "user")],
    ["UNKNOWN_DEFINITION", () => engine.lookupResources("user:a", "view", "doc\nument")],
  ];
  for (const [code, work] of cases) assert.equal(refusal(work).code, code, String(work));
});
