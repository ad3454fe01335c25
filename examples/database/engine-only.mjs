// Relationships only in the engine. The database keeps what documents are, the engine alone who may do what with them; the engine's bytes
// lie in the database like any other row, so that a backup of the one is a backup of both.

import { randomUUID } from "node:crypto";
import { Peppercorn } from "../../pkg/dist/node.mjs";
import { SCHEMA } from "./application.mjs";

export const TABLES = `
  CREATE TABLE documents (id text PRIMARY KEY, title text NOT NULL);
  CREATE TABLE saved (one boolean PRIMARY KEY DEFAULT true CHECK (one), bytes bytea NOT NULL);
`;

export class EngineOnly {
  #database;
  #running = Promise.resolve();
  #next;

  constructor(database, engine) {
    this.#database = database;
    this.engine = engine;
  }

  /** As it was left, by whatever end. */
  static async open(database) {
    const { rows } = await database.query("SELECT bytes FROM saved");
    const opened = new EngineOnly(database, rows.length === 0 ? new Peppercorn({ schema: SCHEMA }) : Peppercorn.load(rows[0].bytes));
    await opened.#forgetWhatIsNot();
    return opened;
  }

  /** The relationships first: without a row they are about nothing, while a row without an owner would be nobody's to delete. */
  async create(folder, owner, title) {
    const id = randomUUID(); // never used again, so that what is left of an old document can never be about a new one
    const token = await this.write([touch(`document:${id}#folder@folder:${folder}`), touch(`document:${id}#owner@user:${owner}`)]);
    await this.#database.query("INSERT INTO documents VALUES ($1, $2)", [id, title]);
    return { id, token };
  }

  /** The relationships first, so that nobody is shown what is half gone. What is left of them without a row is forgotten at the next start. */
  async remove(id) {
    this.engine.v1.deleteRelationships({ relationshipFilter: { resourceType: "document", optionalResourceId: id } });
    await this.#database.query("DELETE FROM documents WHERE id = $1", [id]);
  }

  share(id, viewer) {
    return this.write([touch(`document:${id}#viewer@${viewer}`)]);
  }

  unshare(id, viewer) {
    return this.write([{ operation: "DELETE", relationship: `document:${id}#viewer@${viewer}` }]);
  }

  /** The documents that someone may view: the engine says which, the database what they are. */
  async list(person) {
    const ids = this.engine.lookupResources(`user:${person}`, "view", "document").results.map((found) => found.resourceObjectId);
    const { rows } = await this.#database.query("SELECT id, title FROM documents WHERE id = ANY($1) ORDER BY title", [ids]);
    return rows;
  }

  /** In force at once, and told to be done only when a restart would not forget it. The same goes for the token. */
  async write(updates) {
    const { token } = this.engine.write(updates);
    await this.#saved();
    return token;
  }

  /** Waits for a save that begins from now on. Whatever is written while one is under way shares the next. */
  #saved() {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      const saving = this.#save();
      this.#running = saving.catch(() => {});
      return saving;
    });
    return this.#next;
  }

  #save() {
    const statement = "INSERT INTO saved (bytes) VALUES ($1) ON CONFLICT (one) DO UPDATE SET bytes = excluded.bytes";
    return this.#database.query(statement, [this.engine.save()]);
  }

  /** Between the two halves of `create` or `remove` there may have been an end. */
  async #forgetWhatIsNot() {
    const { rows } = await this.#database.query("SELECT id FROM documents");
    const known = new Set(rows.map((row) => row.id));
    const updates = [];
    for (const { relationship } of this.engine.v1.readRelationships({ relationshipFilter: { resourceType: "document" } })) {
      if (!known.has(relationship.resource.objectId)) updates.push({ operation: "OPERATION_DELETE", relationship });
    }
    this.engine.v1.writeRelationships({ updates });
  }
}

const touch = (relationship) => ({ operation: "TOUCH", relationship });
