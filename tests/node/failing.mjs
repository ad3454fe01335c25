// A database that fails when it is told to: every query and every commit is a step, and a step fails before or after it is done.

/** The ways to fail. After an end nothing of the process works any more, whatever it catches. */
export const FAILURES = {
  "is refused": { end: false, done: false },
  "is done, but its answer lost": { end: false, done: true },
  "is never reached, as the process ends": { end: true, done: false },
  "is the last, as the process ends": { end: true, done: true },
};

/** Wraps a database; it works until `fail` names a step and a way. */
export function failing(database) {
  let [step, at, way, ended] = [0, 0, undefined, false];

  /** Throws what fails before a step, and gives what fails after it. */
  function next() {
    if (ended) throw new Error("the process has ended");
    step += 1;
    if (step !== at) return undefined;
    ended = way.end;
    const error = new Error(`step ${step} failed`);
    if (way.done) return error;
    if (!way.end) error.code = "40001"; // Postgres's serialization_failure
    throw error;
  }

  const query = (on) => async (...values) => {
    const lost = next();
    const result = await on.query(...values);
    if (lost !== undefined) throw lost;
    return result;
  };

  return {
    query: query(database),
    async transaction(work) {
      let lost;
      const result = await database.transaction(async (transaction) => {
        const given = await work({ query: query(transaction) });
        lost = next(); // the commit
        return given;
      });
      if (lost !== undefined) throw lost;
      return result;
    },
    fail(newAt, newWay) {
      [step, at, way] = [0, newAt, newWay];
    },
    /** Steps since `fail`. */
    get steps() {
      return step;
    },
  };
}
