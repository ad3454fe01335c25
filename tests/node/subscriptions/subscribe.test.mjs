// Subscribing: who is told what, when, and what is not even asked.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { relationship } from "../messages.mjs";
import { alone, refusal } from "../support.mjs";

const SCHEMA = `
use expiration

definition user {}

definition group {
  relation member: user | group#member
}

definition folder {
  relation viewer: user | group#member
  permission view = viewer
}

definition document {
  relation parent: folder
  relation keepers: folder | user
  relation viewer: user | user:* | user with expiration
  relation note: user
  permission view = viewer + parent->view
  permission kept = parent->view & keepers.all(view)
}
`;
/** The same without `view` on documents. */
const OTHER_SCHEMA = SCHEMA.replace("  permission view = viewer + parent->view\n", "");
/** The same without `.all`, under which anybody's relationship may count. */
const PLAIN_SCHEMA = SCHEMA.replace(/\n  relation keepers.*/, "").replace(/\n  permission kept.*/, "");

const QUESTION = ["can", "user:ann", "view", "document:a"];
const touch = (...relationships) => relationships.map((relationship) => ({ operation: "TOUCH", relationship }));
const remove = (...relationships) => relationships.map((relationship) => ({ operation: "DELETE", relationship }));
const GRANT = touch("document:a#viewer@user:ann");
const REVOKE = remove("document:a#viewer@user:ann");
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** An engine, and what its subscriber is told. */
function subscribed(question = QUESTION, options) {
  const engine = new Peppercorn({ schema: SCHEMA, ...options });
  const told = [];
  const subscription = engine.subscribe(question, (answer, error) => told.push(error === undefined ? answer : error.code));
  return { engine, told, subscription };
}

/** How often the work makes the engine answer this call. */
async function asked(engine, call, work) {
  let count = 0;
  engine[call] = (...given) => {
    count += 1;
    return Peppercorn.prototype[call].apply(engine, given);
  };
  await work();
  await settled();
  delete engine[call];
  return count;
}

describe("what a subscriber is told", () => {
  test("changes, not the present answer", async () => {
    const { engine, told, subscription } = subscribed();
    assert.equal(subscription.answer, false);
    await settled();
    assert.deepEqual(told, []);
    engine.write(GRANT);
    await settled();
    engine.write(touch("document:a#viewer@user:*"));
    await settled();
    assert.deepEqual(told, [true]);
    engine.write([...REVOKE, ...remove("document:a#viewer@user:*")]);
    await settled();
    assert.deepEqual(told, [true, false]);
  });

  test("after the code that wrote, once for all that it wrote, and nothing where nothing is different in the end", async () => {
    const { engine, told, subscription } = subscribed();
    engine.write(GRANT);
    assert.deepEqual(told, [], "not within the write");
    assert.equal(subscription.answer, true, "but whoever asks knows");
    engine.write(REVOKE);
    engine.write(GRANT);
    await Promise.resolve();
    assert.deepEqual(told, [true]);
    engine.write(REVOKE);
    engine.write(GRANT);
    await settled();
    assert.deepEqual(told, [true]);
  });

  test("however it was written", async () => {
    const { engine, told } = subscribed();
    engine.v1.importBulkRelationships([{ relationships: [relationship("document:a#viewer@user:ann")] }]);
    await settled();
    engine.delete({ resourceType: "document", resourceId: "a" });
    await settled();
    engine.v1.writeRelationships({ updates: [{ operation: "OPERATION_CREATE", relationship: relationship("document:a#viewer@user:ann") }] });
    await settled();
    await engine.v1.async.deleteRelationships({ relationshipFilter: { resourceType: "document" } });
    await settled();
    assert.deepEqual(told, [true, false, true, false]);
  });

  test("results as the call gives them, and the same object for as long as it says the same", async () => {
    const { engine, told, subscription } = subscribed(["lookupResources", "user:ann", "view", "document", { limit: 2 }]);
    assert.deepEqual(subscription.answer, { results: [] });
    const held = subscription.answer;
    engine.write(touch("document:a#viewer@user:ben", "document:a#parent@folder:f"));
    await settled();
    assert.equal(subscription.answer, held);
    engine.write(touch("folder:f#viewer@user:ann"));
    await settled();
    assert.deepEqual(told, [engine.lookupResources("user:ann", "view", "document")]);
    assert.equal(subscription.answer, told[0]);

    const { told: results, engine: other, subscription: check } = subscribed(["checkPermission", ...QUESTION.slice(1)]);
    const first = check.answer;
    assert.deepEqual(first, { permissionship: "NO_PERMISSION", revision: "0" });
    other.write(touch("document:a#parent@folder:f"));
    await settled();
    assert.equal(check.answer, first, "a revision is no change");
    other.write(GRANT);
    await settled();
    assert.deepEqual(results, [{ permissionship: "HAS_PERMISSION", revision: "2" }]);
  });

  test("permissions and subjects", async () => {
    const permissions = subscribed(["permissions", "user:ann", "document:a"]);
    const subjects = subscribed(["lookupSubjects", "document:a", "view", "user"]);
    for (const { engine } of [permissions, subjects]) engine.write(touch("document:a#viewer@user:*", "document:b#viewer@user:ann"));
    await settled();
    assert.equal(permissions.told[0].view.permissionship, "HAS_PERMISSION");
    assert.equal(permissions.told[0].kept.permissionship, "NO_PERMISSION");
    assert.deepEqual(subjects.told[0].results.map((one) => one.subjectObjectId), ["*"]);
  });

  test("about a reference with blanks around it, which calls take too", async () => {
    for (const question of [["can", " user:ann", "view", "document:a"], ["can", "user:ann\u0085", "view", "\tdocument:a\n"], ["can", "user:ann#...", "view", "document:a"]]) {
      const { engine, told } = subscribed(question, { schema: PLAIN_SCHEMA });
      engine.write(GRANT);
      await settled();
      engine.write(REVOKE);
      await settled();
      assert.deepEqual(told, [true, false], JSON.stringify(question));
    }
  });

  test("nothing of what is written to a fork, nor a fork's subscriber of what is written to its origin", async () => {
    const { engine, told } = subscribed();
    const fork = engine.fork();
    const other = [];
    fork.subscribe(QUESTION, (answer) => other.push(answer));
    fork.write(GRANT);
    await settled();
    assert.deepEqual([told, other], [[], [true]]);
    engine.write(GRANT);
    engine.write(REVOKE);
    fork.write(REVOKE);
    await settled();
    assert.deepEqual([told, other], [[], [true, false]]);
  });

  test("what a caller does to the question afterwards makes no difference", async () => {
    const options = { relationships: ["document:a#parent@folder:f"] };
    const question = ["can", "user:ann", "view", "document:a", options];
    const { engine, told } = subscribed(question);
    question[1] = "user:ben";
    options.relationships.pop();
    engine.write(touch("folder:f#viewer@user:ann"));
    await settled();
    assert.deepEqual(told, [true]);
  });
});

describe("where there is no answer any more", () => {
  test("a schema without the permission is an error, not the old yes, and a later schema an answer again", async () => {
    const { engine, told, subscription } = subscribed();
    engine.write(GRANT);
    await settled();
    engine.writeSchema(OTHER_SCHEMA);
    assert.equal(subscription.answer, undefined);
    assert.equal(subscription.error.code, "UNKNOWN_RELATION_OR_PERMISSION");
    await settled();
    assert.deepEqual(told, [true, "UNKNOWN_RELATION_OR_PERMISSION"]);
    engine.write(touch("document:b#note@user:ben"));
    await settled();
    engine.writeSchema(SCHEMA);
    await settled();
    assert.deepEqual(told, [true, "UNKNOWN_RELATION_OR_PERMISSION", true]);
    assert.equal(subscription.error, undefined);
  });

  test("a schema with another meaning is an answer", async () => {
    const { engine, told } = subscribed();
    engine.write(GRANT);
    await settled();
    engine.writeSchema(SCHEMA.replace("view = viewer + parent->view", "view = parent->view"));
    await settled();
    assert.deepEqual(told, [true, false]);
  });

  test("a freed engine tells so, once", async () => {
    const { engine, told, subscription } = subscribed();
    engine.write(GRANT);
    await settled();
    engine.free();
    assert.equal(subscription.answer, undefined);
    assert.equal(subscription.error.code, "DISPOSED");
    await settled();
    await settled();
    assert.deepEqual(told, [true, "DISPOSED"]);
    subscription.unsubscribe();
    assert.equal(refusal(() => engine.subscribe(QUESTION, () => {})).code, "DISPOSED");
  });

  test("of ten thousand subscribers each hears of it", async () => {
    const engine = new Peppercorn({ schema: SCHEMA });
    let told = 0;
    for (let place = 0; place < 10_000; place++) engine.subscribe(QUESTION, (_, error) => (told += Number(error.code === "DISPOSED")));
    engine.free();
    await settled();
    assert.equal(told, 10_000);
  });

  test("an ended subscription has none and tells nothing", async () => {
    const { engine, told, subscription } = subscribed();
    engine.write(GRANT);
    subscription.unsubscribe();
    subscription[Symbol.dispose]();
    await settled();
    assert.deepEqual(told, []);
    assert.equal(subscription.answer, undefined);
    assert.equal(subscription.error.code, "DISPOSED");
    // Others begin anew.
    const again = [];
    engine.subscribe(QUESTION, (answer) => again.push(answer));
    engine.write(REVOKE);
    await settled();
    assert.deepEqual(again, [false]);
  });

  test("a question that cannot be answered is thrown, and nothing is left of it", async () => {
    const engine = new Peppercorn({ schema: SCHEMA });
    for (const [question, code] of [
      [["can", "user:ann", "viw", "document:a"], "UNKNOWN_RELATION_OR_PERMISSION"],
      [["can", "user:ann", "view", "documnt:a"], "UNKNOWN_DEFINITION"],
      [["can", "user:ann", "view"], "INVALID_ARGUMENT"],
      [["can", 1, "view", "document:a"], "INVALID_ARGUMENT"],
      [["can", "user:ann", "view", "document:a", { contxt: {} }], "INVALID_ARGUMENT"],
      [["can", "user:ann", "view", "document:a", {}, {}], "INVALID_ARGUMENT"],
      [["checkPermission", "user:ann", "view", "document:a", { trace: true }], "INVALID_ARGUMENT"],
      [["expand", "view", "document:a"], "INVALID_ARGUMENT"],
      [["constructor"], "INVALID_ARGUMENT"],
      [["can", "user:ann", "view", "document:a", new Proxy({}, {})], "INVALID_ARGUMENT"],
      ["can", "INVALID_ARGUMENT"],
      [undefined, "INVALID_ARGUMENT"],
    ]) {
      assert.equal(refusal(() => engine.subscribe(question, () => assert.fail())).code, code, JSON.stringify(question));
    }
    assert.match(refusal(() => engine.subscribe(QUESTION)).message, /`callback` must be a function/);
    assert.equal(await asked(engine, "can", () => engine.write(GRANT)), 0);
  });
});

describe("callbacks", () => {
  test("that throw harm neither the write nor other callbacks, and are heard of", () => {
    const result = alone(`
      import { Peppercorn } from "peppercorn";
      const uncaught = [];
      process.on("uncaughtException", (error) => uncaught.push(error.message));
      const engine = new Peppercorn({ schema: ${JSON.stringify(SCHEMA)} });
      const told = [];
      engine.subscribe(${JSON.stringify(QUESTION)}, () => { throw new Error("first"); });
      engine.subscribe(${JSON.stringify(QUESTION)}, (answer) => told.push(answer));
      for (const updates of ${JSON.stringify([GRANT, REVOKE])}) {
        engine.write(updates);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      console.log(JSON.stringify({ told, uncaught }));`);
    assert.deepEqual(result, { told: [true, false], uncaught: ["first", "first"] });
  });

  test("may write, subscribe and end subscriptions; each is told in its turn", async () => {
    const engine = new Peppercorn({ schema: SCHEMA });
    const log = [];
    const first = engine.subscribe(QUESTION, (answer) => {
      log.push(["first", answer]);
      if (answer) engine.write(touch("document:a#viewer@user:ben"));
      second.unsubscribe();
      engine.subscribe(["can", "user:cy", "view", "document:a"], (answer) => log.push(["third", answer]));
    });
    const second = engine.subscribe(QUESTION, () => log.push(["second"]));
    engine.subscribe(["can", "user:ben", "view", "document:a"], (answer) => log.push(["ben", answer]));
    engine.write(GRANT);
    await settled();
    assert.deepEqual(log, [["first", true], ["ben", true]]);
    first.unsubscribe();
    engine.write(touch("document:a#viewer@user:cy"));
    await settled();
    assert.deepEqual(log.slice(2), [["third", true]]);
  });
});

describe("what is not asked", () => {
  const UNRELATED = [
    ["a relation that the permission does not depend on", "document:a#note@user:ann"],
    ["another document, where nothing leads from one to the other", "document:b#viewer@user:ann"],
    ["another document's folder", "document:b#parent@folder:f"],
    ["another user, where nothing counts all", "document:a#viewer@user:ben", PLAIN_SCHEMA],
    ["another user in a folder", "folder:f#viewer@user:ben", PLAIN_SCHEMA],
    ["another user in a group", "group:g#member@user:ben", PLAIN_SCHEMA],
  ];
  const RELATED = [
    ["the subject", "document:a#viewer@user:ann"],
    ["everyone", "document:a#viewer@user:*"],
    ["the document's folder", "document:a#parent@folder:f"],
    ["a set in a folder", "folder:f#viewer@group:g#member"],
    ["a group in a group", "group:f#member@group:g#member"],
    ["the subject in a group", "group:f#member@user:ann"],
  ];
  for (const [name, text, schema = SCHEMA] of UNRELATED) {
    test(`a write about ${name}: no question`, async () => {
      const { engine } = subscribed(QUESTION, { schema });
      assert.equal(await asked(engine, "can", () => engine.write(touch(text))), 0);
      assert.equal(await asked(engine, "can", () => engine.write(remove(text))), 0);
    });
  }
  for (const [name, text] of RELATED) {
    test(`a write about ${name}: one question`, async () => {
      const { engine } = subscribed();
      assert.equal(await asked(engine, "can", () => engine.write(touch(text))), 1);
    });
  }

  test("of a thousand rows on a page one is asked about", async () => {
    const engine = new Peppercorn({ schema: PLAIN_SCHEMA });
    for (let place = 0; place < 1000; place++) engine.subscribe(["can", "user:ann", "view", `document:${place}`], () => {});
    assert.equal(await asked(engine, "can", () => engine.write(touch("document:77#viewer@user:ann", "document:77#viewer@user:ben"))), 1);
    assert.equal(await asked(engine, "can", () => engine.write(touch("folder:f#viewer@user:ann"))), 1000);
  });

  test("under `.all` somebody else's relationship counts", async () => {
    const { engine, told } = subscribed(["can", "user:ann", "kept", "document:a"]);
    engine.write(touch("document:a#parent@folder:f", "document:a#keepers@folder:f", "folder:f#viewer@user:ann"));
    await settled();
    engine.write(touch("document:a#keepers@user:ben"));
    await settled();
    assert.deepEqual(told, [true, false]);
  });

  test("of a relation, its sets' relations are asked about", async () => {
    const { engine, told } = subscribed(["can", "user:ann", "viewer", "folder:f"]);
    engine.write(touch("folder:f#viewer@group:g#member"));
    await settled();
    engine.write(touch("group:g#member@group:h#member"));
    await settled();
    engine.write(touch("group:h#member@user:ann"));
    await settled();
    assert.deepEqual(told, [true]);
    assert.equal(await asked(engine, "can", () => engine.write(touch("document:a#viewer@user:ann"))), 0);
  });
});

describe("more than can be looked at one by one", () => {
  test("an import of more than ten thousand asks everything, read or not", async () => {
    const { engine } = subscribed();
    const importing = (count, name) => engine.v1.importBulkRelationships([{ relationships: Array.from({ length: count }, (_, place) => relationship(`document:${name}${place}#note@user:u`)) }]);
    assert.equal(await asked(engine, "can", () => importing(10_000, "a")), 0);
    assert.equal(await asked(engine, "can", () => importing(10_001, "b")), 1);
  });

  test("an import of many thousand relationships", async () => {
    const { engine, told } = subscribed();
    const relationships = Array.from({ length: 20_000 }, (_, place) => relationship(`document:${place}#viewer@user:u`));
    const granting = [...relationships, relationship("document:a#viewer@user:ann")];
    assert.equal(await asked(engine, "can", () => engine.v1.importBulkRelationships([{ relationships: granting }])), 1);
    engine.write(REVOKE);
    await settled();
    assert.deepEqual(told, [true, false]);
  });

  test("more writes at once than a watcher may be behind, or than the engine keeps", async () => {
    for (const options of [{}, { retention: { revisions: 1 } }]) {
      const { engine, told } = subscribed(QUESTION, options);
      engine.write(GRANT);
      for (let place = 0; place < 1500; place++) engine.write(touch("document:b#note@user:ben"));
      await settled();
      engine.write(REVOKE);
      await settled();
      assert.deepEqual(told, [true, false]);
    }
  });
});

describe("time", () => {
  const in5Seconds = (now) => new Date(now + 5000).toISOString();

  test("a relationship that expires is told when it does, and the engine is asked no sooner", async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
    const { engine, told } = subscribed();
    engine.write(touch(`document:a#viewer@user:ann[expiration:${in5Seconds(Date.now())}]`));
    await Promise.resolve();
    assert.deepEqual(told, [true]);
    let count = 0;
    engine.can = (...given) => {
      count += 1;
      return Peppercorn.prototype.can.apply(engine, given);
    };
    for (let tick = 0; tick < 4; tick++) context.mock.timers.tick(1000);
    context.mock.timers.tick(999);
    assert.deepEqual([told, count], [[true], 0]);
    context.mock.timers.tick(1);
    assert.deepEqual([told, count], [[true, false], 1]);
  });

  test("so is one that was there before, and one that was prolonged is not", async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
    const row = (time) => `document:a#viewer@user:ann[expiration:${in5Seconds(time)}]`;
    const { engine, told } = subscribed(QUESTION, { relationships: [row(Date.now())] });
    engine.write(touch(row(Date.now() + 2500)));
    await Promise.resolve();
    context.mock.timers.tick(7000);
    assert.deepEqual(told, []);
    context.mock.timers.tick(499);
    assert.deepEqual(told, []);
    context.mock.timers.tick(1);
    assert.deepEqual(told, [false]);
  });

  test("`answer` knows at once, whatever the timer does", () => {
    let time = 1_800_000_000_000;
    const { subscription } = subscribed(QUESTION, { now: () => time, relationships: [`document:a#viewer@user:ann[expiration:${in5Seconds(time)}]`] });
    assert.equal(subscription.answer, true);
    time += 4999;
    assert.equal(subscription.answer, true);
    time += 1;
    assert.equal(subscription.answer, false);
  });

  test("whatever its caveat holds", () => {
    const schema = PLAIN_SCHEMA.replace("definition user", "caveat noted(text string) { text != \"\" }\n\ndefinition user").replace("user with expiration", "user with noted and expiration");
    let time = 1_800_000_000_000;
    for (const text of ["]", "[expiration:", "\u2028", "\u0085", "\\n", "#@:"]) {
      const relationships = [`document:a#viewer@user:ann[noted:{"text":"${text}"}][expiration:${in5Seconds(time)}]`];
      const { subscription } = subscribed(QUESTION, { schema, relationships, now: () => time });
      const { subscription: own } = subscribed([...QUESTION, { relationships }], { schema, now: () => time });
      assert.deepEqual([subscription.answer, own.answer], [true, true]);
      time += 5000;
      assert.deepEqual([subscription.answer, own.answer], [false, false], JSON.stringify(text));
    }
  });

  test("and whoever asked is told at once too", async () => {
    let time = 1_800_000_000_000;
    const { subscription, told } = subscribed(QUESTION, { now: () => time, relationships: [`document:a#viewer@user:ann[expiration:${in5Seconds(time)}]`] });
    time += 5000;
    assert.equal(subscription.answer, false);
    await settled();
    assert.deepEqual(told, [false]);
  });

  test("a clock that is put back is no way to keep what had come to an end in between", async () => {
    let time = 1_800_000_000_000;
    const schema = PLAIN_SCHEMA.replace("relation note: user", "relation note: user with expiration").replace("view = viewer + parent->view", "view = viewer - note");
    const own = { relationships: [`document:a#note@user:ann[expiration:${in5Seconds(time)}]`] };
    for (const [relationships, options] of [[own.relationships, {}], [[], own]]) {
      const begin = time;
      const { engine, told, subscription } = subscribed([...QUESTION, options], { schema, relationships, now: () => time });
      engine.write(GRANT);
      time += 5000;
      assert.equal(subscription.answer, true);
      await settled();
      time -= 1;
      assert.equal(subscription.answer, false, "the exclusion counts again");
      await settled();
      time += 1;
      assert.equal(subscription.answer, true);
      await settled();
      assert.deepEqual(told, [true, false, true]);
      time = begin;
    }
  });

  test("relationships of the question itself expire too, unless it is about one moment", (context) => {
    context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_800_000_000_000 });
    const relationships = [`document:a#viewer@user:ann[expiration:${in5Seconds(Date.now())}]`];
    const { told, engine } = subscribed([...QUESTION, { relationships }]);
    const { subscription: fixed } = subscribed([...QUESTION, { relationships, now: Date.now() }]);
    const then = engine.subscribe([...QUESTION, { now: Date.now() }], () => assert.fail());
    context.mock.timers.tick(6000);
    assert.deepEqual(told, [false]);
    assert.equal(fixed.answer, true);
    assert.equal(then.answer, false);
  });

  test("a process does not stay for what will expire", () => {
    const { code } = alone(`
      import { Peppercorn } from "peppercorn";
      const row = "document:a#viewer@user:ann[expiration:" + new Date(Date.now() + 3_600_000).toISOString() + "]";
      const engine = new Peppercorn({ schema: ${JSON.stringify(SCHEMA)}, relationships: [row] });
      engine.subscribe(${JSON.stringify(QUESTION)}, () => {});
      console.log(JSON.stringify({ code: "over" }));`);
    assert.equal(code, "over");
  });

  test("more relationships that expire than are held", async () => {
    let time = 1_800_000_000_000;
    const at = (place) => new Date(time + 1000 + place).toISOString();
    const count = 40_000;
    const relationships = Array.from({ length: count }, (_, place) => `document:${place}#viewer@user:ann[expiration:${at(place)}]`);
    const engine = new Peppercorn({ schema: SCHEMA, relationships, now: () => time });
    const places = [0, 16_383, 16_384, 30_000, 39_999];
    const subscriptions = places.map((place) => engine.subscribe(["can", "user:ann", "view", `document:${place}`], () => {}));
    const start = time;
    for (const place of places) {
      time = start + 999 + place;
      assert.deepEqual(subscriptions.map((one) => one.answer), places.map((one) => one >= place), `before ${place}`);
      time += 1;
      assert.deepEqual(subscriptions.map((one) => one.answer), places.map((one) => one > place), `at ${place}`);
    }
  });

  test("a clock that fails for a while is told, once, and so is the answer again", async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    let isBroken = false;
    const now = () => {
      if (isBroken) throw new Error("no time");
      return 1_800_000_000_000;
    };
    const engine = new Peppercorn({ schema: SCHEMA, now });
    const told = [];
    engine.subscribe(QUESTION, (answer, error) => told.push(error?.message ?? answer));
    engine.write(GRANT);
    isBroken = true;
    for (let round = 0; round < 3; round++) {
      await settled();
      context.mock.timers.tick(1000);
    }
    assert.deepEqual(told, ["no time"]);
    isBroken = false;
    context.mock.timers.tick(1000);
    assert.deepEqual(told, ["no time", true]);
    engine.write(REVOKE);
    await settled();
    assert.deepEqual(told, ["no time", true, false]);
  });

  test("a clock that fails is an error, not the old yes", async () => {
    let isBroken = false;
    const now = () => {
      if (isBroken) throw new Error("no time");
      return 1_800_000_000_000;
    };
    const { subscription } = subscribed(QUESTION, { now, relationships: [`document:a#viewer@user:ann[expiration:${in5Seconds(now())}]`] });
    assert.equal(subscription.answer, true);
    isBroken = true;
    assert.equal(subscription.answer, undefined);
    assert.equal(subscription.error.message, "no time");
    isBroken = false;
    assert.equal(subscription.answer, true);
    subscription.unsubscribe();
  });
});
