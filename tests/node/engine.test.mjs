// An engine over time: schemas, revisions, tokens, forks, and what it is told once.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { SCHEMA, refusal } from "./support.mjs";

const touch = (engine, relationship) => engine.write([{ operation: "TOUCH", relationship }]);
const OWNER = "document:1#owner@user:a";

describe("schema", () => {
  test("an engine may begin with nothing, and be given a schema", () => {
    for (const engine of [new Peppercorn(), new Peppercorn({}), new Peppercorn({ schema: "", relationships: [] })]) {
      assert.equal(engine.schema, "");
      assert.equal(refusal(() => engine.can("user:a", "edit", "document:1")).code, "UNKNOWN_DEFINITION");
      const { revision, token } = engine.writeSchema(SCHEMA);
      assert.equal(engine.schema, SCHEMA);
      assert.equal(engine.token, token);
      assert.equal(engine.snapshot().revision, revision);
      touch(engine, OWNER);
      assert.equal(engine.can("user:a", "edit", "document:1"), true);
    }
  });

  test("relationships need one", () => {
    assert.equal(refusal(() => new Peppercorn({ relationships: [OWNER] })).code, "UNKNOWN_DEFINITION");
  });

  test("a schema that is wrong, or that relationships stand in the way of, changes nothing", () => {
    const engine = new Peppercorn({ schema: SCHEMA, relationships: [OWNER] });
    const { token } = engine;
    assert.equal(refusal(() => engine.writeSchema("definition")).code, "SCHEMA_PARSE_ERROR");
    const error = refusal(() => engine.writeSchema("definition user {}"));
    assert.deepEqual([error.code, error.status], ["SCHEMA_TYPE_ERROR", "INVALID_ARGUMENT"]);
    assert.equal(refusal(() => engine.writeSchema(undefined)).code, "INVALID_ARGUMENT");
    assert.deepEqual([engine.schema, engine.token], [SCHEMA, token]);
  });

  test("snapshots keep the schema they were taken under", () => {
    const engine = new Peppercorn({ schema: SCHEMA });
    const before = engine.snapshot();
    engine.writeSchema("definition user {}");
    assert.equal(before.can("user:a", "edit", "document:1"), false);
    assert.equal(refusal(() => engine.can("user:a", "edit", "document:1")).code, "UNKNOWN_DEFINITION");
  });
});

describe("tokens", () => {
  test("`at` gives the engine at the revision of a token", () => {
    const engine = new Peppercorn({ schema: SCHEMA });
    const { token: before } = engine;
    const { revision, token } = touch(engine, OWNER);
    engine.write([{ operation: "DELETE", relationship: OWNER }]);
    assert.deepEqual([before, token, engine.token].map((one) => engine.at(one).can("user:a", "edit", "document:1")), [false, true, false]);
    assert.equal(engine.at(token).revision, revision);
    const { permissionship } = engine.v1.checkPermission({
      consistency: { atExactSnapshot: { token } },
      resource: { objectType: "document", objectId: "1" },
      permission: "edit",
      subject: { object: { objectType: "user", objectId: "a" } },
    });
    assert.equal(permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
  });

  test("what is no token, or another engine's, is refused", () => {
    const [engine, other] = [new Peppercorn({ schema: SCHEMA }), new Peppercorn({ schema: SCHEMA })];
    assert.equal(refusal(() => engine.at("")).code, "INVALID_TOKEN");
    assert.equal(refusal(() => engine.at("nonsense")).code, "INVALID_TOKEN");
    assert.equal(refusal(() => engine.at(1)).code, "INVALID_ARGUMENT");
    assert.notEqual(engine.token, other.token);
    assert.equal(refusal(() => engine.at(other.token)).code, "FOREIGN_TOKEN");
  });

  test("engines of one identity understand each other, as far as they are", () => {
    const [ahead, behind] = [1n, 1n].map((identity) => new Peppercorn({ schema: SCHEMA, identity }));
    assert.equal(ahead.token, behind.token);
    const { token } = touch(ahead, OWNER);
    const { code, status } = refusal(() => behind.at(token));
    assert.deepEqual([code, status], ["REVISION_NOT_REACHED", "OUT_OF_RANGE"]);
    assert.equal(touch(behind, OWNER).token, token);
  });
});

describe("what is kept", () => {
  test("so many revisions", () => {
    const engine = new Peppercorn({ schema: SCHEMA, retention: { revisions: 2 } });
    const tokens = [engine.token, touch(engine, OWNER).token, touch(engine, OWNER).token];
    const { code, status } = refusal(() => engine.at(tokens[0]));
    assert.deepEqual([code, status], ["REVISION_EXPIRED", "OUT_OF_RANGE"]);
    assert.equal(engine.at(tokens[1]).can("user:a", "edit", "document:1"), true);
  });

  test("for so many seconds, by the clock given", () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const engine = new Peppercorn({ schema: SCHEMA, retention: { seconds: 60 }, now: () => now });
    const { token } = engine;
    touch(engine, OWNER);
    now += 60_000;
    assert.equal(engine.at(token).can("user:a", "edit", "document:1"), false);
    now += 1_000;
    assert.equal(refusal(() => engine.at(token)).code, "REVISION_EXPIRED");
  });
});

describe("the clock", () => {
  const schema = "use expiration\ndefinition user {}\ndefinition document { relation owner: user with expiration; }";
  const relationships = ["document:1#owner@user:a[expiration:2026-01-01T00:00:10Z]"];

  test("is asked wherever no time is given", () => {
    let now = "2026-01-01T00:00:00Z";
    const engine = new Peppercorn({ schema, relationships, now: () => now });
    const asked = [engine, engine.snapshot(), engine.fork(), engine.at(engine.token)];
    const answers = () => asked.map((one) => one.can("user:a", "owner", "document:1"));
    assert.deepEqual(answers(), [true, true, true, true]);
    assert.equal(engine.can("user:a", "owner", "document:1", { now: new Date("2026-01-01T00:00:10Z") }), false);
    now = new Date("2026-01-01T00:00:10Z");
    assert.deepEqual(answers(), [false, false, false, false]);
    assert.deepEqual([...engine.v1.readRelationships({ relationshipFilter: { resourceType: "document" } })], []);
  });

  test("may ask questions of its own", () => {
    let asks = false;
    const engine = new Peppercorn({
      schema,
      relationships,
      now: () => {
        if (asks) assert.equal(engine.can("user:b", "owner", "document:2", { now: 0 }), false);
        return "2026-01-01T00:00:00Z";
      },
    });
    asks = true;
    assert.equal(engine.can("user:a", "owner", "document:1"), true);
    assert.equal(engine.can("user:b", "owner", "document:1"), false);
  });

  test("that gives no time is refused when it is asked", () => {
    const engine = new Peppercorn({ schema, now: () => Number.NaN });
    assert.match(refusal(() => engine.can("user:a", "owner", "document:1")).message, /options\.now\(\)/);
    assert.equal(refusal(() => engine.write([])).code, "INVALID_ARGUMENT");
  });
});

describe("forks", () => {
  test("go on from the same data and never show in each other", () => {
    const engine = new Peppercorn({ schema: SCHEMA, relationships: [OWNER] });
    const fork = engine.fork();
    touch(fork, "document:2#owner@user:a");
    engine.write([{ operation: "DELETE", relationship: OWNER }]);
    const ofFork = fork.fork();
    fork.writeSchema(`${SCHEMA}\ndefinition robot {}`);
    assert.deepEqual(engine.snapshot().relationships(), []);
    assert.deepEqual(fork.snapshot().relationships(), [OWNER, "document:2#owner@user:a"]);
    assert.deepEqual(ofFork.snapshot().relationships(), fork.snapshot().relationships());
    assert.equal(engine.schema, SCHEMA);
    engine.free();
    assert.equal(fork.can("user:a", "edit", "document:1"), true);
    assert.ok(fork instanceof Peppercorn);
  });

  test("have tokens of their own, and do not wake each other's watchers", async () => {
    const engine = new Peppercorn({ schema: SCHEMA });
    const fork = engine.fork();
    assert.equal(refusal(() => engine.at(fork.token)).code, "FOREIGN_TOKEN");
    const watch = engine.v1.watch({});
    touch(fork, "document:2#owner@user:a");
    touch(engine, OWNER);
    const { value } = await watch.next();
    assert.equal(value.updates[0].relationship.resource.objectId, "1");
  });
});

describe("foreign tokens", () => {
  const { token } = new Peppercorn({ schema: SCHEMA });
  const read = (engine) => [...engine.v1.readRelationships({ consistency: { atLeastAsFresh: { token } }, relationshipFilter: { resourceType: "document" } })];

  test("mean the newest revision to who asks for at least as fresh, or an error", () => {
    assert.deepEqual(read(new Peppercorn({ schema: SCHEMA })), []);
    assert.deepEqual(read(new Peppercorn({ schema: SCHEMA, foreignTokens: "full-consistency" })), []);
    const strict = new Peppercorn({ schema: SCHEMA, foreignTokens: "error" });
    assert.equal(refusal(() => read(strict)).code, "FOREIGN_TOKEN");
    assert.equal(refusal(() => read(strict.fork())).code, "FOREIGN_TOKEN");
  });
});

describe("options that cannot be meant are refused by name", () => {
  const cases = [
    ["options.identity", { identity: 1 }],
    ["options.identity", { identity: -1n }],
    ["options.identity", { identity: 1n << 64n }],
    ["options.retention", { retention: 5 }],
    ["options.retention", { retention: { days: 1 } }],
    ["options.retention.seconds", { retention: { seconds: -1 } }],
    ["options.retention.seconds", { retention: { seconds: Number.NaN } }],
    ["options.retention.revisions", { retention: { revisions: 0 } }],
    ["options.retention.revisions", { retention: { revisions: 1.5 } }],
    ["options.foreignTokens", { foreignTokens: "ignore" }],
    ["options.now", { now: new Date() }],
  ];
  for (const [name, options] of cases) {
    test(`${name}: ${Object.values(options).map((value) => (typeof value === "object" ? JSON.stringify(value) : String(value)))}`, () => {
      const { code, message } = refusal(() => new Peppercorn({ schema: SCHEMA, ...options }));
      assert.equal(code, "INVALID_ARGUMENT");
      assert.ok(message.includes(`\`${name}\``), message);
    });
  }
});
