// Whatever is written, in whatever way, under whatever schema: what a subscriber was told last is what a fresh question gives.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Peppercorn, PeppercornError } from "peppercorn";
import { update } from "../messages.mjs";
import { choices, questionOf, relationshipOf, schemaOf } from "./random.mjs";

const SEEDS = Number(process.env.SEEDS ?? 60);
const FIRST = Number(process.env.FIRST_SEED ?? 1);
const STEPS = 60;
const SUBSCRIPTIONS = 12;

/** An answer or the code of an error, as text without the revision. */
function shown(work) {
  let outcome;
  try {
    outcome = { answer: work() };
  } catch (error) {
    if (!(error instanceof PeppercornError)) throw error;
    outcome = { error: error.code };
  }
  return JSON.stringify(outcome, (key, value) => (key === "revision" && typeof value === "string" ? undefined : value));
}

/** An engine that counts the questions it is asked. */
function counting(options) {
  const engine = new Peppercorn(options);
  let asked = 0;
  for (const call of ["can", "checkPermission", "permissions", "lookupResources", "lookupSubjects"]) {
    engine[call] = (...given) => {
      asked += 1;
      return Peppercorn.prototype[call].apply(engine, given);
    };
  }
  return { engine, count: () => asked };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const without = (text) => text.replace(/\[.*/, "");

async function run(seed) {
  const choose = choices(seed);
  let time = 1_000_000;
  const relationships = new Map(Array.from({ length: 20 }, () => relationshipOf(choose, time)).map((text) => [without(text), text]));
  const { engine, count } = counting({ schema: valid(choose), relationships: [...relationships.values()], now: () => time });
  const asked = [];
  const twice = [];
  const steps = [];
  const told = { writes: 0, questions: 0, changes: 0 };

  const subscribe = () => {
    const question = questionOf(choose, time);
    const entry = { question, last: undefined };
    try {
      const subscription = engine.subscribe(question, (answer, error) => {
        told.changes += 1;
        entry.last = shown(() => (error === undefined ? answer : raise(error)));
        // An error may have another message.
        const exactly = `${entry.last} ${error?.message}`;
        if (exactly === entry.exactly) twice.push(JSON.stringify(question));
        entry.exactly = exactly;
      });
      entry.last = shown(() => subscription.answer);
      entry.exactly = `${entry.last} undefined`;
      entry.subscription = subscription;
      asked.push(entry);
      steps.push(`subscribe ${JSON.stringify(question)}`);
    } catch (error) {
      if (!(error instanceof PeppercornError)) throw error;
    }
  };

  const write = () => {
    const texts = new Map(Array.from({ length: 1 + choose.below(3) }, () => relationshipOf(choose, time)).map((text) => [without(text), text]));
    const kind = choose.below(10);
    const step = { 6: "delete", 7: "v1", 8: "import", 9: "schema" }[kind] ?? "write";
    const operation = choose.of(["TOUCH", "DELETE"]);
    steps.push(`${step} ${operation} ${[...texts.values()].join(" ")}`);
    if (step === "write") {
      engine.write([...texts.values()].map((relationship) => ({ operation, relationship: operation === "DELETE" ? without(relationship) : relationship })));
    } else if (step === "delete") {
      const [, resourceType, resourceId] = /^(\w+):(\w+)/.exec(without([...texts.keys()][0]));
      engine.delete({ resourceType, resourceId });
    } else if (step === "v1") {
      engine.v1.writeRelationships({ updates: [...texts.keys()].map((text) => update("DELETE", text)) });
    } else if (step === "import") {
      const fresh = `group:${choose.below(1e9)}#member@user:ann`;
      engine.v1.importBulkRelationships([{ relationships: [update("TOUCH", fresh).relationship] }]);
    } else {
      const schema = schemaOf(choose);
      try {
        engine.writeSchema(schema);
        steps.push(schema);
      } catch (error) {
        if (!(error instanceof PeppercornError)) throw error;
      }
    }
  };

  try {
    for (let step = 0; step < STEPS; step++) {
      while (asked.length < SUBSCRIPTIONS && choose.below(3) > 0) subscribe();
      if (choose.below(8) === 0) asked.splice(choose.below(asked.length), 1)[0]?.subscription.unsubscribe();
      const before = count();
      for (let burst = choose.below(3); burst >= 0; burst--) write();
      if (choose.below(4) === 0) {
        time += choose.below(3000);
        steps.push(`time ${time}`);
        // In truth a timer looks at the clock: here, whoever asks.
        for (const { subscription } of asked) void subscription.answer;
      }
      await settled();
      told.writes += 1;
      told.questions += count() - before;
      assert.deepEqual(twice, [], "told twice");
      for (const { question, last, subscription } of asked) {
        const fresh = shown(() => engine[question[0]](...question.slice(1)));
        assert.equal(last, fresh, `told: ${JSON.stringify(question)}`);
        assert.equal(shown(() => subscription.answer ?? raise(subscription.error)), fresh, `answer: ${JSON.stringify(question)}`);
      }
    }
  } catch (error) {
    throw new Error(`seed ${seed}: ${error.message}\n${engine.schema}\n${steps.slice(-12).join("\n")}`, { cause: error });
  } finally {
    for (const { subscription } of asked) subscription.unsubscribe();
    engine.free();
  }
  return told;
}

function raise(error) {
  throw error;
}

/** A schema that can be written: not everything that is put together makes sense. */
function valid(choose) {
  for (;;) {
    const schema = schemaOf(choose);
    try {
      new Peppercorn({ schema }).free();
      return schema;
    } catch (error) {
      if (!(error instanceof PeppercornError)) throw error;
    }
  }
}

test("what was told last is what a fresh question gives", async (context) => {
  const sums = { writes: 0, questions: 0, changes: 0 };
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const told = await run(seed);
    for (const key of Object.keys(sums)) sums[key] += told[key];
  }
  context.diagnostic(`${sums.writes} bursts of writes, ${sums.questions} questions asked again, ${sums.changes} changes told`);
  // The test would be none where nothing changes.
  assert.ok(sums.changes > SEEDS * 10, `${sums.changes} changes`);
  assert.ok(sums.questions < sums.writes * SUBSCRIPTIONS, `${sums.questions} questions of ${sums.writes} bursts`);
});
