// How long a call takes. Calls of under 10 µs are timed in blocks of about 75 µs: a clock that is read takes its own time.

/** Answers that are not the expected ones: no figure counts beside them. */
export class WrongAnswer extends Error {}

/** How long calls are measured, in milliseconds. */
export const FULL = { warmUp: 300, measure: 1000, quick: false };
export const QUICK = { warmUp: 20, measure: 60, quick: true };

const SHORT = 10;
const BLOCK = 75;

const microseconds = () => performance.now() * 1000;

/**
 * Measures `ask(question)`, which says whether its answer was the expected one. Every question is asked at least once.
 * Gives microseconds a call: median and p99 (of blocks, where there are any), mean, and calls a second.
 */
export function measure(questions, ask, { warmUp, measure: enough }) {
  expectAll(questions, ask);
  const round = rounds(questions, ask);
  // As long as the warming up takes, and at least 16 calls, unless they are slow.
  const warm = until(warmUp, () => round(questions.length > 100 ? 100 : 1));
  const cost = warm.microseconds / warm.calls;
  const block = cost < SHORT ? Math.ceil(BLOCK / cost) : 1;
  const each = [];
  const { calls, microseconds: elapsed, wrong } = until(enough, () => {
    const started = microseconds();
    const done = round(block);
    each.push((microseconds() - started) / block);
    return done;
  });
  if (wrong > 0) throw new WrongAnswer(`${wrong} of ${calls} answers were wrong while measuring, though none before`);
  return { ...spread(each), mean: elapsed / calls, perSecond: (calls / elapsed) * 1e6, calls };
}

/** Asks each question once; throws what was wrong. */
export function expectAll(questions, ask) {
  const wrong = questions.filter((question) => !ask(question));
  if (wrong.length === 0) return;
  const shown = wrong.slice(0, 3).map((question) => {
    const text = JSON.stringify(question);
    return text.length > 300 ? `${text.slice(0, 300)}…` : text;
  });
  throw new WrongAnswer(`${wrong.length} of ${questions.length} answers are wrong: ${shown.join(", ")}`);
}

/** What times of single calls come to, in the unit they are in. */
export function spread(each) {
  const sorted = Float64Array.from(each).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { median: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1), least: at(0), samples: sorted.length };
}

/** Times each of the calls alone, in order, each once. */
export function measureEach(items, call) {
  const each = new Float64Array(items.length);
  let elapsed = 0;
  for (let place = 0; place < items.length; place += 1) {
    const started = microseconds();
    call(items[place], place);
    each[place] = microseconds() - started;
    elapsed += each[place];
  }
  return { ...spread(each), mean: elapsed / items.length, perSecond: (items.length / elapsed) * 1e6, calls: items.length };
}

/** Microseconds that the work takes, with its result. */
export function timed(work) {
  const started = microseconds();
  const result = work();
  return { result, microseconds: microseconds() - started };
}

/** A function that asks the next so many questions, round after round, and gives how many answers were wrong. */
function rounds(questions, ask) {
  let next = 0;
  return (count) => {
    let wrong = 0;
    for (let done = 0; done < count; done += 1) {
      if (!ask(questions[next])) wrong += 1;
      next = next + 1 === questions.length ? 0 : next + 1;
    }
    return { calls: count, wrong };
  };
}

function until(milliseconds, work) {
  const started = microseconds();
  const all = { calls: 0, wrong: 0, microseconds: 0 };
  while (all.microseconds < milliseconds * 1000) {
    const { calls, wrong } = work();
    all.calls += calls;
    all.wrong += wrong;
    all.microseconds = microseconds() - started;
  }
  return all;
}
