// Whatever is written, in whatever way, under whatever schema: what a subscriber was told last is what a fresh question gives.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Peppercorn, PeppercornError } from "peppercorn";
import { update } from "../messages.mjs";
import { choices, obstaclesOf, questionOf, relationshipOf, schemaOf } from "./random.mjs";

const SEEDS = Number(process.env.SEEDS ?? 30);
const FIRST = Number(process.env.FIRST_SEED ?? 1);
const STEPS_IN_ALL = 60;
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
const asKeys = (texts) => new Map(texts.map((text) => [without(text), text]));

/** Does what may be refused. */
function attempt(work) {
  try {
    work();
  } catch (error) {
    if (!(error instanceof PeppercornError)) throw error;
  }
}

/** What may be done to an engine, by a name for the log. Half of it is refused by half of the schemas. */
const STEPS = {
  write: (engine, rows, choose) => engine.write(rows.map((relationship) => ({ operation: choose.oneIn(8) ? "CREATE" : "TOUCH", relationship }))),
  /** The more that fits. */
  writeEach: (engine, rows) => rows.forEach((relationship) => attempt(() => engine.write([{ operation: "TOUCH", relationship }]))),
  remove: (engine, rows) => engine.write(rows.map((relationship) => ({ operation: "DELETE", relationship: without(relationship) }))),
  replace: (engine, rows) => engine.write(rows.map((relationship, place) => (place === 0 ? { operation: "DELETE", relationship: without(relationship) } : { operation: "TOUCH", relationship }))),
  delete: (engine, [row], choose) => {
    const [, resourceType, resourceId, relation, subjectType, subjectId] = /^(\w+):(\w+)#(\w+)@(\w+):([\w*]+)/.exec(row);
    engine.delete(choose.of([{ resourceType, resourceId }, { resourceType, relation }, { subjectType, subjectId }, { resourceType, resourceIdPrefix: resourceId }]));
  },
  removeByV1: (engine, rows) => engine.v1.writeRelationships({ updates: rows.map((row) => update("DELETE", without(row))) }),
  deleteSome: (engine, [row]) =>
    engine.v1.deleteRelationships({ relationshipFilter: { resourceType: /^\w+/.exec(row)[0] }, optionalLimit: 2, optionalAllowPartialDeletions: true }),
  import: (engine, rows) => {
    attempt(() => engine.v1.importBulkRelationships([{ relationships: rows.map((row) => update("TOUCH", without(row)).relationship) }]));
    engine.v1.importBulkRelationships([{ relationships: [update("TOUCH", `group:new${engine.token.slice(-8).replace(/\W/g, "")}#member@user:ann`).relationship] }]);
  },
  schema: (engine, rows, choose) => {
    const schema = schemaOf(choose);
    if (choose.oneIn(2)) attempt(() => engine.delete(obstaclesOf(choose)));
    engine.writeSchema(schema);
  },
  /** What is written to a fork is no business of the engine's subscribers. */
  fork: (engine, rows) => {
    const fork = engine.fork();
    attempt(() => fork.write(rows.map((relationship) => ({ operation: "TOUCH", relationship }))));
    attempt(() => fork.delete({ resourceType: "document" }));
    fork.free();
  },
};
/** Some come more often than others. */
const KINDS = [...Array(3).fill("write"), ...Array(6).fill("writeEach"), ...Object.keys(STEPS)];

async function run(seed) {
  const choose = choices(seed);
  let time = 1_000_000;
  const { engine, count } = counting({ schema: valid(choose), now: () => time });
  for (let row = choose.of([0, 40]); row > 0; row--) attempt(() => STEPS.write(engine, [relationshipOf(choose, time)], choose));
  const asked = [];
  const twice = [];
  const steps = [];
  const told = { writes: 0, questions: 0, changes: 0, errors: 0 };
  /** What callbacks may still do in this round. */
  let left = 0;

  const subscribe = () => {
    const question = questionOf(choose, time);
    const entry = { question, last: undefined };
    attempt(() => {
      if (question[0].startsWith("lookup") && choose.oneIn(6)) {
        const { cursor } = engine[question[0]](...question.slice(1, 4), { ...question[4], limit: 1 });
        question[4] = { ...question[4], cursor };
      }
      const subscription = engine.subscribe(question, (answer, error) => {
        told.changes += 1;
        told.errors += Number(error !== undefined);
        entry.last = shown(() => (error === undefined ? answer : raise(error)));
        // An error may have another message.
        const exactly = `${entry.last} ${error?.message}`;
        if (exactly === entry.exactly) twice.push(JSON.stringify(question));
        entry.exactly = exactly;
        if (left-- > 0) choose.of([write, subscribe, unsubscribe])();
      });
      entry.last = shown(() => subscription.answer);
      entry.exactly = `${entry.last} undefined`;
      entry.subscription = subscription;
      asked.push(entry);
      steps.push(`subscribe ${JSON.stringify(question)}`);
    });
  };

  const unsubscribe = () => {
    const [ended] = asked.splice(choose.below(asked.length), 1);
    ended?.subscription.unsubscribe();
    steps.push(`unsubscribe ${JSON.stringify(ended?.question)}`);
  };

  const write = () => {
    const rows = [...asKeys(Array.from({ length: 1 + choose.below(4) }, () => relationshipOf(choose, time))).values()];
    const kind = choose.of(KINDS);
    steps.push(`${kind} ${rows.join(" ")}`);
    attempt(() => STEPS[kind](engine, rows, choose));
    if (kind === "schema") steps.push(engine.schema);
  };

  try {
    for (let step = 0; step < STEPS_IN_ALL; step++) {
      while (asked.length < SUBSCRIPTIONS && !choose.oneIn(3)) subscribe();
      if (choose.oneIn(8)) unsubscribe();
      const before = count();
      for (let burst = choose.below(3); burst >= 0; burst--) write();
      if (choose.oneIn(4)) {
        // Now and then a clock is put back.
        time += choose.oneIn(5) ? -choose.below(3000) : choose.below(3000);
        steps.push(`time ${time}`);
        // In truth a timer looks at the clock: here, whoever asks.
        for (const { subscription } of asked) void subscription.answer;
      }
      left = choose.oneIn(3) ? 3 : 0;
      await settled();
      left = 0;
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
    throw new Error(`seed ${seed}: ${error.message}\n${engine.schema}\n${engine.snapshot().relationships().join("\n")}\n${steps.slice(-12).join("\n")}`, { cause: error });
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
  const sums = { writes: 0, questions: 0, changes: 0, errors: 0 };
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const told = await run(seed);
    for (const key of Object.keys(sums)) sums[key] += told[key];
  }
  context.diagnostic(`${sums.writes} bursts of writes, ${sums.questions} questions asked again, ${sums.changes} changes told, ${sums.errors} of them errors`);
  // The test would be none where nothing changes.
  assert.ok(sums.changes > SEEDS * 15, `${sums.changes} changes`);
  assert.ok(sums.errors > SEEDS / 5, `${sums.errors} errors`);
  assert.ok(sums.questions < sums.writes * SUBSCRIPTIONS, `${sums.questions} questions of ${sums.writes} bursts`);
});
