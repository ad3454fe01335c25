// Handles: numbers for objects and subjects, and the questions they are asked in.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { SCHEMA, refusal } from "./support.mjs";

const relationships = ["document:plan#owner@user:alice", "document:plan#viewer@group:eng#member", "group:eng#member@user:bob", "document:open#viewer@user:*"];
const create = () => new Peppercorn({ schema: SCHEMA, relationships });
const yes = (answers) => Array.from(answers, (answer) => answer === 1);

describe("a handle", () => {
  const engine = create();
  const references = ["user:alice", "user:bob", "user:nobody", "group:eng#member", "user:alice#..."];
  const resources = ["document:plan", "document:open", "document:new"];

  test("is the same each time, and a number that a Uint32Array holds", () => {
    for (const reference of [...references, ...resources]) {
      const handle = engine.id(reference);
      assert.equal(engine.id(` ${reference} `), handle);
      assert.equal(Uint32Array.of(handle)[0], handle);
    }
  });

  for (const asked of [engine, engine.snapshot()]) {
    test(`stands for its text in every question of ${asked === engine ? "an engine" : "a snapshot"}`, () => {
      for (const subject of references) {
        for (const resource of resources) {
          const expected = asked.can(subject, "view", resource);
          const [who, where] = [engine.id(subject), engine.id(resource)];
          for (const pair of [[who, where], [who, resource], [subject, where]]) {
            assert.equal(asked.can(pair[0], "view", pair[1]), expected, `${subject} ${resource}`);
            assert.equal(asked.can(pair[0], "view", pair[1], { now: 0 }), expected);
          }
          const given = { relationships: [`${resource}#viewer@${subject}`] };
          assert.equal(asked.can(who, "view", where, given), asked.can(subject, "view", resource, given));
          assert.deepEqual(yes(asked.canMany(who, "view", Uint32Array.of(where), given)), [asked.can(subject, "view", resource, given)]);
        }
      }
    });

    test(`is asked about many at a time, by ${asked === engine ? "an engine" : "a snapshot"}`, () => {
      const where = Uint32Array.from(resources, (resource) => engine.id(resource));
      const who = Uint32Array.from(references, (reference) => engine.id(reference));
      const [alice] = who;
      assert.deepEqual(yes(asked.canMany(alice, "view", where)), resources.map((resource) => asked.can("user:alice", "view", resource)));
      assert.deepEqual(yes(asked.canMany(who, "view", where[0])), references.map((reference) => asked.can(reference, "view", "document:plan")));
      assert.deepEqual(yes(asked.canMany(who.slice(0, 3), "view", where)), [0, 1, 2].map((place) => asked.can(references[place], "view", resources[place])));
      assert.deepEqual(yes(asked.canMany(alice, "view", where[0])), [true]);
      assert.deepEqual(yes(asked.canMany(alice, "view", new Uint32Array(0))), []);
      assert.ok(asked.canMany(who, "view", where[0]) instanceof Uint8Array);
    });
  }

  test("outlives what is written, and what is not known yet", () => {
    const engine = create();
    const [dora, memo] = [engine.id("user:dora"), engine.id("document:memo")];
    const before = engine.snapshot();
    engine.write([{ operation: "TOUCH", relationship: "document:memo#viewer@user:dora" }]);
    assert.deepEqual([engine.can(dora, "view", memo), before.can(dora, "view", memo)], [true, false]);
    engine.write([{ operation: "DELETE", relationship: "document:memo#viewer@user:dora" }]);
    assert.deepEqual([engine.can(dora, "view", memo), yes(engine.canMany(dora, "view", memo))], [false, [false]]);
  });

  test("is not confused by what counts for one question alone", () => {
    const engine = create();
    const old = engine.snapshot();
    engine.write([{ operation: "TOUCH", relationship: "document:fresh#viewer@user:erin" }]);
    const [erin, fresh] = [engine.id("user:erin"), engine.id("document:fresh")];
    assert.equal(engine.can(erin, "view", fresh), true);
    // What is added here gets the numbers that `fresh` and `erin` have in the engine.
    const added = { relationships: ["document:other#viewer@user:frank"] };
    assert.equal(old.can(erin, "view", fresh, added), false);
    assert.deepEqual(yes(old.canMany(erin, "view", Uint32Array.of(fresh), added)), [false]);
  });

  test("is a yes only for a definite one", () => {
    const schema = "caveat small(amount int) { amount < 10 }\ndefinition user {}\ndefinition document {\n relation viewer: user with small\n}";
    const engine = new Peppercorn({ schema, relationships: "document:plan#viewer@user:bob[small]" });
    const [bob, plan] = [engine.id("user:bob"), engine.id("document:plan")];
    for (const [options, expected] of [[undefined, false], [{}, false], [{ context: { amount: 1 } }, true], [{ context: { amount: 11 } }, false]]) {
      assert.equal(engine.can(bob, "viewer", plan, options), expected);
      assert.deepEqual(yes(engine.canMany(bob, "viewer", Uint32Array.of(plan, plan), options)), [expected, expected]);
    }
    assert.equal(refusal(() => engine.can(bob, "viewer", plan, { context: { amount: "ten" } })).code, "CAVEAT_PARAMETER_TYPE_ERROR");
    const { code, metadata } = refusal(() => engine.canMany(bob, "viewer", Uint32Array.of(plan), { context: { amount: "ten" } }));
    assert.deepEqual([code, metadata.item], ["CAVEAT_PARAMETER_TYPE_ERROR", "0"]);
  });

  test("ends where its row does", () => {
    const schema = "use expiration\ndefinition user {}\ndefinition document {\n relation viewer: user with expiration\n}";
    const relationship = "document:plan#viewer@user:bob[expiration:2030-01-01T00:00:00Z]";
    let now = Date.UTC(2029, 0, 1);
    const engine = new Peppercorn({ schema, relationships: [relationship], now: () => now });
    const [bob, plan] = [engine.id("user:bob"), engine.id("document:plan")];
    assert.deepEqual([engine.can(bob, "viewer", plan), engine.can("user:bob", "viewer", "document:plan")], [true, true]);
    now = Date.UTC(2031, 0, 1);
    assert.deepEqual([engine.can(bob, "viewer", plan), engine.can("user:bob", "viewer", "document:plan")], [false, false]);
  });
});

test("the system's clock is asked as soon as a relationship can expire", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.UTC(2029, 0, 1) });
  const engine = new Peppercorn({ schema: "definition user {}\ndefinition document {\n relation viewer: user\n}", relationships: "document:a#viewer@user:bob" });
  assert.equal(engine.can("user:bob", "viewer", "document:a"), true);
  engine.writeSchema("use expiration\ndefinition user {}\ndefinition document {\n relation viewer: user | user with expiration\n}");
  engine.write([{ operation: "TOUCH", relationship: "document:a#viewer@user:bob[expiration:2030-01-01T00:00:00Z]" }]);
  assert.equal(engine.can("user:bob", "viewer", "document:a"), true);
  t.mock.timers.setTime(Date.UTC(2031, 0, 1));
  assert.equal(engine.can("user:bob", "viewer", "document:a"), false);
});

describe("what is no handle is refused, never answered", () => {
  const engine = create();
  const other = create();
  const fork = engine.fork();
  const [alice, plan] = [engine.id("user:alice"), engine.id("document:plan")];
  const wrong = {
    zero: 0,
    one: 1,
    "one that was not given": plan + 1,
    "another engine's": other.id("user:alice"),
    "a fork's": fork.id("user:alice"),
    "the largest": 0xffff_ffff,
    negative: -1,
    fractional: 1.5,
    "not a number": Number.NaN,
    "too large": 2 ** 32 + alice,
  };
  for (const [name, number] of Object.entries(wrong)) {
    test(name, () => {
      for (const [who, where, said] of [[number, plan, "subject"], [alice, number, "resource"], [number, "document:plan", "subject"], ["user:alice", number, "resource"]]) {
        const error = refusal(() => engine.can(who, "view", where));
        assert.deepEqual([error.code, error.message.includes(`\`${said}\``)], ["INVALID_ARGUMENT", true]);
      }
      assert.equal(refusal(() => engine.canMany(number, "view", Uint32Array.of(plan))).code, "INVALID_ARGUMENT");
      assert.equal(refusal(() => engine.canMany(Uint32Array.of(alice), "view", number)).code, "INVALID_ARGUMENT");
      // A typed array would make another number of these.
      if (Uint32Array.of(number)[0] === number) {
        assert.equal(refusal(() => engine.canMany(Uint32Array.of(alice, number), "view", plan)).code, "INVALID_ARGUMENT");
      }
    });
  }

  test("an engine's own are refused by its fork, and the other way round", () => {
    assert.equal(refusal(() => fork.can(alice, "view", plan)).code, "INVALID_ARGUMENT");
    assert.equal(refusal(() => other.canMany(alice, "view", plan)).code, "INVALID_ARGUMENT");
  });

  const cases = [
    [() => engine.canMany(Uint32Array.of(alice), "view", Uint32Array.of(plan, plan)), "INVALID_ARGUMENT", /one length/],
    [() => engine.canMany([alice], "view", plan), "INVALID_ARGUMENT", /`subjects`/],
    [() => engine.canMany(alice, "view", [plan]), "INVALID_ARGUMENT", /`resources`/],
    [() => engine.canMany("user:alice", "view", plan), "INVALID_ARGUMENT", /`subjects`/],
    [() => engine.canMany(alice, "document:plan", plan), "INVALID_ARGUMENT", /`permission`/],
    [() => engine.canMany(alice, "destroy", plan), "UNKNOWN_RELATION_OR_PERMISSION", /destroy/],
    [() => engine.can(alice, "destroy", plan), "UNKNOWN_RELATION_OR_PERMISSION", /destroy/],
    [() => engine.can(alice, "view", engine.id("group:eng#member")), "INVALID_ARGUMENT", /eng#member/],
    [() => engine.can(alice, "view", alice), "UNKNOWN_RELATION_OR_PERMISSION", /view/],
    [() => engine.canMany(alice, "view", plan, { contxt: {} }), "INVALID_ARGUMENT", /contxt/],
    [() => engine.id("user:*"), "WILDCARD_NOT_ALLOWED", /wildcard/],
    [() => engine.id("usr:alice"), "UNKNOWN_DEFINITION", /usr/],
    [() => engine.id("group:eng#members"), "UNKNOWN_RELATION_OR_PERMISSION", /members/],
    [() => engine.id("alice"), "INVALID_ARGUMENT", /alice/],
    [() => engine.id(1), "INVALID_ARGUMENT", /`object`/],
  ];
  for (const [work, code, message] of cases) {
    test(`${work.toString().slice(6)}: ${code}`, () => {
      const error = refusal(work);
      assert.equal(error.code, code);
      assert.match(error.message, message);
    });
  }
});

describe("questions whose texts are not as most are", () => {
  const engine = create();
  for (const [subject, permission, resource, code] of [
    ["user:é", "view", "document:plan", "INVALID_ARGUMENT"],
    ["user:alice", "édit", "document:plan", "INVALID_ARGUMENT"],
    ["user:alice", "view", `document:${"x".repeat(1025)}`, "INVALID_ARGUMENT"],
    [`user:${"x".repeat(100_000)}`, "view", "document:plan", "INVALID_ARGUMENT"],
    ["user:", "view", "document:plan", "INVALID_ARGUMENT"],
    ["", "", "", "INVALID_ARGUMENT"],
    ["user:alice", "", "document:plan", "UNKNOWN_RELATION_OR_PERMISSION"],
    ["user:*", "view", "document:plan", "WILDCARD_NOT_ALLOWED"],
    ["user:alice", "view", "document:*", "INVALID_ARGUMENT"],
  ]) {
    test(`${subject.slice(0, 20)} ${permission} ${resource.slice(0, 20)}: ${code}`, () => {
      assert.equal(refusal(() => engine.can(subject, permission, resource)).code, code);
      // What stood in the buffer before is not asked about again.
      assert.equal(engine.can("user:alice", "view", "document:plan"), true);
      assert.equal(engine.can("user:zoe", "view", "document:plan"), false);
    });
  }

  test("longest ids, blanks around, and ids that are no subject's", () => {
    const id = "x".repeat(1024);
    engine.write([{ operation: "TOUCH", relationship: `document:${id}#viewer@user:${id}` }]);
    assert.equal(engine.can(`user:${id}`, "view", `document:${id}`), true);
    assert.equal(engine.can(" user:alice ", "view", "\tdocument:plan\n"), true);
    assert.equal(engine.can("group:eng#member", "view", "document:plan"), true);
    assert.equal(engine.can("user:member", "view", "document:document"), false);
  });

  test("the memory may grow between two of them", () => {
    const before = engine.can("user:alice", "view", "document:plan");
    const many = Array.from({ length: 60_000 }, (_, place) => `document:d${place}#viewer@user:u${place % 100}`);
    const large = new Peppercorn({ schema: SCHEMA, relationships: many });
    assert.deepEqual([before, engine.can("user:alice", "view", "document:plan"), large.can("user:u7", "view", "document:d7")], [true, true, true]);
  });
});

describe("a long text of relationships", () => {
  const lines = Array.from({ length: 20_000 }, (_, place) => `document:d${place}#viewer@user:u${place % 100}`);
  for (const [name, text] of [["", lines.join("\n")], [" with CRLF and comments", `// first\r\n\r\n${lines.join("\r\n")}\r\n`]]) {
    test(`arrives whole${name}`, () => {
      assert.deepEqual(new Peppercorn({ schema: SCHEMA, relationships: text }).snapshot().relationships(), [...lines].sort());
    });
  }

  test("is refused with every place, wherever it is wrong", () => {
    const wrong = [...lines.slice(0, 15_000), "document:d1#viewer@usr:u", ...lines.slice(15_000), "document:d1#owner"];
    const { code, diagnostics } = refusal(() => new Peppercorn({ schema: SCHEMA, relationships: wrong.join("\n") }));
    assert.deepEqual([code, diagnostics.map(({ line }) => line)], ["UNKNOWN_DEFINITION", [15_001, 20_002]]);
    const twice = refusal(() => new Peppercorn({ schema: SCHEMA, relationships: [...lines, lines[3]].join("\n") }));
    assert.deepEqual(twice.diagnostics.map(({ line }) => line), [20_001]);
    const long = refusal(() => new Peppercorn({ schema: SCHEMA, relationships: `${lines.join("\n")}\ndocument:${"x".repeat(400_000)}#viewer@user:a` }));
    assert.equal(long.code, "INVALID_ARGUMENT");
  });
});
