// An outbox. Each change puts what it means for the engine into a table, in the transaction that changes the data; a relay applies the
// entries in the order of the commits. Nothing is lost and nothing is applied twice, wherever either side breaks off.

import { Peppercorn } from "../../pkg/dist/node.mjs";
import { SCHEMA as APPLICATION, allRelationships, exactly, message, mustFit, perform } from "./application.mjs";

export const TABLES = `
  CREATE TABLE outbox (position bigint PRIMARY KEY, updates jsonb NOT NULL);
  CREATE TABLE outbox_end (position bigint NOT NULL);
  INSERT INTO outbox_end VALUES (0);
  CREATE TABLE saved (one boolean PRIMARY KEY DEFAULT true CHECK (one), position bigint NOT NULL, bytes bytea NOT NULL);
`;

// The engine itself remembers how far it is: a relationship that is replaced by the write that applies an entry, and saved with the rest.
const SCHEMA = `${APPLICATION}
definition outbox_entry {}

definition outbox {
  relation applied: outbox_entry
}`;
const applied = (position) => `outbox:relay#applied@outbox_entry:${position}`;

const BATCH = 100;

export class Outbox {
  #database;

  constructor(database, engine) {
    this.#database = database;
    this.engine = engine;
  }

  /** Up to date before anybody asks it: from the bytes saved last and the entries since, or the first time from the tables. */
  static async open(database) {
    const opened = new Outbox(database, await Outbox.#load(database));
    await opened.relay();
    return opened;
  }

  static #load(database) {
    return database.transaction(async (transaction) => {
      // While this row is held no entry gets a position, so the tables hold exactly the entries up to this one.
      const [{ position }] = (await transaction.query("SELECT position FROM outbox_end FOR UPDATE")).rows;
      const [saved] = (await transaction.query("SELECT bytes FROM saved")).rows;
      if (saved !== undefined) return Peppercorn.load(saved.bytes);
      const engine = new Peppercorn({ schema: SCHEMA, relationships: [applied(position), ...(await allRelationships(transaction))] });
      await transaction.query("INSERT INTO saved (position, bytes) VALUES ($1, $2)", [position, engine.save()]);
      return engine;
    });
  }

  /** Changes the tables, and gives the position of the entry that says so: something to ask {@link tokenFor} with. */
  change(change) {
    return this.#database.transaction(async (transaction) => {
      const updates = await perform(transaction, change);
      mustFit(this.engine, updates);
      // Last, because everybody waits for this row until the commit. That is what makes positions follow the commits, without gaps: a
      // sequence would give them in the order of asking, and a relay that has seen 7 would never look for a 6 that commits later.
      const [{ position }] = (await transaction.query("UPDATE outbox_end SET position = position + 1 RETURNING position")).rows;
      await transaction.query("INSERT INTO outbox VALUES ($1, $2)", [position, JSON.stringify([...updates.takes, ...updates.gives])]);
      return Number(position);
    });
  }

  /** How many entries the engine holds. */
  get position() {
    const [{ subjectObjectId }] = this.engine.lookupSubjects("outbox:relay", "applied", "outbox_entry").results;
    return Number(subjectObjectId);
  }

  /** Applies what the engine has not seen. To be called after changes, by a timer, by whoever cannot wait: as often as one likes. */
  async relay() {
    for (;;) {
      const statement = "SELECT position, updates FROM outbox WHERE position > $1 ORDER BY position LIMIT $2";
      const { rows } = await this.#database.query(statement, [this.position, BATCH]);
      for (const { position, updates } of rows) this.#apply(Number(position), updates);
      if (rows.length < BATCH) return;
    }
  }

  /**
   * One entry is one write, so that applying the same entries again after a restart makes the same revisions: tokens from before mean
   * what they meant.
   */
  #apply(position, updates) {
    const before = this.position;
    if (position <= before) return; // another call was quicker
    if (position !== before + 1) throw new Error(`entry ${before + 1} of the outbox is missing`);
    const moved = [{ operation: "DELETE", relationship: applied(before) }, { operation: "TOUCH", relationship: applied(position) }];
    const all = [...updates, ...moved];
    this.engine.v1.writeRelationships({
      updates: all.map(({ operation, relationship }) => ({ operation: `OPERATION_${operation}`, relationship: message(relationship) })),
      optionalPreconditions: [{ operation: "OPERATION_MUST_MATCH", filter: exactly(applied(before)) }],
    });
  }

  /** A token at least as fresh as an entry: for whoever is to see a change, their own or one they are told of. */
  async tokenFor(position) {
    if (this.position < position) await this.relay();
    if (this.position < position) throw new Error(`there is no entry ${position} in the outbox`);
    return this.engine.token;
  }

  /** Keeps the engine for the next start, and lets go of the entries that it holds. Now and then: it only saves work. */
  async save() {
    const [position, bytes] = [this.position, this.engine.save()];
    await this.#database.transaction(async (transaction) => {
      // A process on its way out must not put back what a later one has saved.
      await transaction.query("UPDATE saved SET position = $1, bytes = $2 WHERE position <= $1", [position, bytes]);
      await transaction.query("DELETE FROM outbox WHERE position <= (SELECT position FROM saved)");
    });
  }
}
