// Reading and removing relationships by a filter, in texts.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { alone, refusal } from "../support.mjs";
import { EXPIRED, RELATIONSHIPS, SCHEMA, made } from "./support.mjs";

const ALL = RELATIONSHIPS.filter((text) => text.startsWith("document:"));

/** Filters, and what they mean. */
const FILTERS = [
  [{ resourceType: "document" }, () => true],
  [{ resourceType: "document", resourceId: "a" }, (text) => text.startsWith("document:a#")],
  [{ resourceType: "document", resourceIdPrefix: "a" }, (text) => text.startsWith("document:a")],
  [{ resourceType: "document", relation: "parent" }, (text) => text.includes("#parent@")],
  [{ resourceType: "document", subjectType: "user" }, (text) => text.includes("@user:")],
  [{ resourceType: "document", subjectType: "user", subjectId: "ann" }, (text) => text.includes("@user:ann")],
  [{ resourceType: "document", subjectType: "user", subjectId: "*" }, (text) => text.includes("@user:*")],
  [{ resourceType: "document", subjectType: "group", subjectRelation: "member" }, (text) => text.includes("#member")],
  [{ resourceType: "document", subjectType: "group", subjectRelation: "..." }, () => false],
];
const REFUSED = [
  [{}, "INVALID_FILTER", /at least one field/],
  [undefined, "INVALID_ARGUMENT", /`filter` must be an object, not undefined/],
  ["document:a", "INVALID_ARGUMENT", /`filter` must be an object, not a string/],
  [{ type: "document" }, "INVALID_ARGUMENT", /`filter` has no `type`/],
  // What an application forgot to fill in.
  [{ resourceType: "document", resourceId: undefined }, "INVALID_ARGUMENT", /`filter\.resourceId` must be a string, not undefined/],
  [{ resourceType: "document", resourceId: "" }, "INVALID_ARGUMENT", /`filter\.resourceId` is empty/],
  [{ resourceType: "document", relation: null }, "INVALID_ARGUMENT", /`filter\.relation` must be a string, not null/],
  [{ resourceType: "document", subjectId: "ann" }, "INVALID_ARGUMENT", /`filter\.subjectId` needs a `subjectType`/],
  [{ subjectRelation: "member" }, "INVALID_ARGUMENT", /`filter\.subjectRelation` needs a `subjectType`/],
  [{ resourceType: "document", resourceId: "a", resourceIdPrefix: "a" }, "INVALID_FILTER", /both/],
  [{ resourceType: "nothing" }, "UNKNOWN_DEFINITION", /nothing/],
  [{ resourceType: "document", relation: "nothing" }, "UNKNOWN_RELATION_OR_PERMISSION", /nothing/],
];

describe("reading", () => {
  for (const [filter, means] of FILTERS) {
    test(JSON.stringify(filter), () => {
      const engine = made();
      assert.deepEqual([...engine.read(filter)], ALL.filter(means));
      assert.deepEqual([...engine.snapshot().read(filter)], ALL.filter(means));
    });
  }

  test("texts are those that snapshots give, and can be written again", () => {
    const engine = made();
    const texts = ["document", "folder", "group"].flatMap((resourceType) => [...engine.read({ resourceType })]);
    assert.deepEqual(texts.toSorted(), RELATIONSHIPS.toSorted());
    assert.deepEqual([...texts, EXPIRED].toSorted(), engine.snapshot().relationships().toSorted());
    const other = new Peppercorn({ schema: SCHEMA, relationships: texts });
    assert.deepEqual(other.snapshot().relationships().toSorted(), texts.toSorted());
  });

  test("an expired relationship is read at a time before", () => {
    const filter = { resourceType: "document", subjectType: "user", subjectId: "old" };
    assert.deepEqual([...made().read(filter)], []);
    assert.deepEqual([...made().read(filter, { now: "2019-12-31T00:00:00Z" })], [EXPIRED]);
    assert.deepEqual([...made({ now: () => "2019-12-31T00:00:00Z" }).read(filter)], [EXPIRED]);
  });

  test("a limit ends it, and any number comes whole", () => {
    const relationships = Array.from({ length: 1000 }, (_, place) => `document:a#viewer@user:u${String(place).padStart(4, "0")}`);
    const engine = new Peppercorn({ schema: SCHEMA, relationships });
    assert.deepEqual([...engine.read({ resourceType: "document" }, { limit: 600 })], relationships.slice(0, 600));
    assert.deepEqual([...engine.read({ resourceType: "document" })], relationships);
    for (const limit of [0, 1.5, -1, "1"]) assert.match(refusal(() => engine.read({ resourceType: "document" }, { limit })).message, /`options\.limit`/);
    assert.match(refusal(() => engine.read({ resourceType: "document" }, { cursor: "" })).message, /`options` has no `cursor`/);
  });

  test("is of the revision that the call found, and of the snapshot's", () => {
    const engine = made();
    const before = engine.snapshot();
    const { token } = engine;
    const reading = engine.read({ resourceType: "folder" });
    engine.delete({ resourceType: "folder" });
    assert.deepEqual([...reading], ["folder:one#viewer@user:ann"]);
    assert.deepEqual([...before.read({ resourceType: "folder" })], ["folder:one#viewer@user:ann"]);
    assert.deepEqual([...engine.at(token).read({ resourceType: "folder" })], ["folder:one#viewer@user:ann"]);
    assert.deepEqual([...engine.read({ resourceType: "folder" })], []);
  });

  test("a snapshot of a revision that is no longer kept, or that was freed, says so", () => {
    const engine = made({ retention: { revisions: 1 } });
    const [kept, freed] = [engine.snapshot(), engine.snapshot()];
    freed.free();
    assert.equal(refusal(() => freed.read({ resourceType: "folder" })).code, "DISPOSED");
    engine.delete({ resourceType: "folder" });
    engine.delete({ resourceType: "group" });
    assert.equal(refusal(() => kept.read({ resourceType: "folder" })).code, "REVISION_EXPIRED");
    engine.free();
    assert.equal(refusal(() => engine.read({ resourceType: "folder" })).code, "DISPOSED");
  });

  test("left early it is over, and what was not read is freed", () => {
    const reading = made().read({ resourceType: "document" });
    for (const text of reading) {
      assert.equal(text, RELATIONSHIPS[0]);
      break;
    }
    assert.deepEqual(reading.next(), { value: undefined, done: true });
  });

  test("a snapshot keeps its engine, which is read from", () => {
    const left = alone(
      `import { Peppercorn } from "peppercorn";
       const snapshot = (() => new Peppercorn({ schema: "definition user {}\\ndefinition doc { relation viewer: user; }", relationships: "doc:a#viewer@user:b" }).snapshot())();
       for (let round = 0; round < 5; round++) { globalThis.gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
       console.log(JSON.stringify([...snapshot.read({ resourceType: "doc" })]));`,
      "--expose-gc",
    );
    assert.deepEqual(left, ["doc:a#viewer@user:b"]);
  });
});

describe("removing", () => {
  for (const [filter, means] of FILTERS) {
    test(JSON.stringify(filter), () => {
      const engine = made();
      const before = engine.snapshot().relationships();
      const { deleted, revision, token } = engine.delete(filter);
      const gone = [...ALL, EXPIRED].filter(means);
      assert.equal(deleted, gone.length);
      assert.deepEqual(engine.snapshot().relationships(), before.filter((text) => !gone.includes(text)));
      assert.equal(token, engine.token);
      assert.equal(revision, gone.length === 0 ? "1" : "2");
      assert.equal(engine.snapshot().revision, revision);
    });
  }

  test("is felt by questions at once", () => {
    const engine = made();
    assert.equal(engine.can("user:ann", "view", "document:b"), true);
    engine.delete({ resourceType: "document", resourceId: "b" });
    assert.equal(engine.can("user:ann", "view", "document:b"), false);
  });
});

describe("a filter that may not mean what it says", () => {
  for (const [filter, code, message] of REFUSED) {
    const isUndefined = (_, value) => (value === undefined ? "undefined" : value);
    test(`${JSON.stringify(filter, isUndefined)} is refused, and nothing is removed`, () => {
      const engine = made();
      const before = engine.snapshot().relationships();
      const works = [() => engine.delete(filter), () => engine.read(filter), () => engine.snapshot().read(filter)];
      if (filter !== undefined) works.push(() => engine.watch({ filter: [filter] }));
      for (const work of works) {
        const error = refusal(work);
        assert.equal(error.code, code);
        assert.match(error.message.replace("options.filter[0]", "filter"), message);
      }
      assert.deepEqual(engine.snapshot().relationships(), before);
      assert.equal(engine.snapshot().revision, "1");
    });
  }
});
