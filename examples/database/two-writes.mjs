// Two writes and a commit. The tables and the engine are written within one transaction of the database, in the order that is never too
// generous: what takes a permission away goes to the engine before the commit, what gives one after it.

import { allRelationships, difference, engineFrom, exactly, message, mustFit, perform } from "./application.mjs";

export class TwoWrites {
  #database;
  #last = Promise.resolve();

  constructor(database, engine) {
    this.#database = database;
    this.engine = engine;
  }

  static async open(database) {
    return new TwoWrites(database, await engineFrom(database));
  }

  /** Changes both, and gives the token of a revision that holds it. */
  change(change) {
    return this.#turn(async () => {
      let undo;
      let updates;
      try {
        await this.#database.transaction(async (transaction) => {
          updates = await perform(transaction, change);
          mustFit(this.engine, updates);
          undo = undoing(this.engine, updates.takes);
          this.engine.write(updates.takes);
        });
      } catch (error) {
        // Where nobody knows whether the transaction was committed, what was taken stays taken until the sweep has asked.
        if (undo !== undefined && isRefusal(error)) this.#compensate(undo);
        throw error;
      }
      return this.engine.write(updates.gives).token;
    });
  }

  /** Makes the engine say what the tables say: after a failure, and now and then. */
  sweep() {
    return this.#turn(async () => {
      const tables = await allRelationships(this.#database);
      const snapshot = this.engine.snapshot();
      const { takes, gives } = difference(snapshot.relationships(), tables);
      snapshot.free();
      return this.engine.write([...takes, ...gives]).token;
    });
  }

  #compensate(undo) {
    try {
      this.engine.v1.writeRelationships(undo);
    } catch (error) {
      // Somebody else has written these relationships meanwhile: that is for the sweep to judge.
      if (error.code !== "WRITE_OR_DELETE_PRECONDITION_FAILURE") throw error;
    }
  }

  /** One after the other: a change that came in between a commit and what belongs to it would be overwritten by what is older. */
  #turn(work) {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {});
    return mine;
  }
}

/** The request that undoes updates, from what is there before them, as long as the relationships are as the updates leave them. */
function undoing(engine, updates) {
  const undo = { updates: [], optionalPreconditions: [] };
  for (const { operation, relationship } of updates) {
    const filter = exactly(relationship);
    const [found] = engine.v1.readRelationships({ relationshipFilter: filter });
    undo.updates.push(
      found === undefined
        ? { operation: "OPERATION_DELETE", relationship: message(relationship) }
        : { operation: "OPERATION_TOUCH", relationship: found.relationship }, // with its caveat and expiration, if it has them
    );
    undo.optionalPreconditions.push({ operation: operation === "DELETE" ? "OPERATION_MUST_NOT_MATCH" : "OPERATION_MUST_MATCH", filter });
  }
  return undo;
}

/** Whether the database itself said no (SQLSTATE: a constraint, a rollback, a trigger): only then is it known that nothing was committed. */
function isRefusal({ code }) {
  return /^(23|40|P0)...$/.test(code ?? "") && code !== "40003"; // statement_completion_unknown
}
