// What the peers in JavaScript share: they are given a workload, a folder of data and `quick` or `full`, and print rows.

import { dataSet } from "../node/data.mjs";
import { FULL, QUICK, expectAll, spread } from "../node/measure.mjs";

const [workload, folder, how] = process.argv.slice(2);

/** Milliseconds that calls are measured for. */
export const budget = how === "quick" ? QUICK : FULL;

/** A data set. */
export const data = (name) => dataSet(folder, name);

/** Prints a row or a word about the peer. */
export const say = (message) => console.log(JSON.stringify(message));

/** Prints a row. */
export const row = (key, figures) => say({ key, ...figures });

/** Runs what the peer does with the workload, by name. */
export async function run(workloads) {
  try {
    await workloads[workload]();
  } catch (error) {
    say({ failed: error.details ?? error.message });
  }
  // Some of them leave things running that keep the process.
  process.exit(0);
}

/** Measures slow calls one by one: at least `least` of the questions, each once, until the time is up. */
export async function measureSlow(questions, ask, { least = 5, milliseconds = budget.measure * 3 } = {}) {
  const each = [];
  const started = performance.now();
  for (const [place, question] of questions.entries()) {
    const start = performance.now();
    const right = await ask(question);
    each.push((performance.now() - start) * 1000);
    expectAll([question], () => right);
    if (place + 1 >= least && performance.now() - started > milliseconds) break;
  }
  const mean = each.reduce((sum, one) => sum + one, 0) / each.length;
  return { ...spread(each), mean, perSecond: 1e6 / mean };
}

/** The type and id of an object as text. */
export function object(text) {
  const colon = text.indexOf(":");
  return { type: text.slice(0, colon), id: text.slice(colon + 1) };
}

/** Import to first answer, of this process, which has done nothing before. */
export async function first(answer) {
  const start = performance.now();
  expectAll(["the first question"], await answer().then((right) => () => right));
  row("W12.import", spread([(performance.now() - start) * 1000]));
}
