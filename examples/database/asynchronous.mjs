// Asynchronous updates. A change is committed, and a message tells a worker to look at the object; messages may be lost, come twice or in
// any order, so they say where to look and never what to do. What takes a permission away does not wait for the worker.

import { difference, engineFrom, lock, mustFit, perform, relationshipsOf, text } from "./application.mjs";

export class Asynchronous {
  #database;
  #send;

  /** `send` hands a message to whatever queue there is. */
  constructor(database, engine, send) {
    this.#database = database;
    this.#send = send;
    this.engine = engine;
  }

  static async open(database, send) {
    return new Asynchronous(database, await engineFrom(database), send);
  }

  /** Changes the tables, takes at once what is to be taken, and leaves the rest to the worker. */
  async change(change) {
    try {
      await this.#database.transaction(async (transaction) => {
        const updates = await perform(transaction, change);
        mustFit(this.engine, updates);
        this.engine.write(updates.takes);
      });
    } finally {
      // Also when it failed: what was taken for nothing is given back by whoever looks.
      this.#send({ type: change.type, id: change.id });
    }
  }

  /** The worker: makes the engine say about one object what the tables say. Doing it twice, late or for nothing does no harm. */
  async look({ type, id }) {
    await this.#database.transaction(async (transaction) => {
      // Held until the engine is written: without it, what is read here could be taken away before it is written there.
      await lock(transaction, type, id);
      const tables = await relationshipsOf(transaction, type, id);
      const found = [...this.engine.v1.readRelationships({ relationshipFilter: { resourceType: type, optionalResourceId: id } })];
      const { takes, gives } = difference(found.map(({ relationship }) => text(relationship)), tables);
      if (takes.length + gives.length > 0) this.engine.write([...takes, ...gives]);
    });
  }

  /** Looks at every object that either side knows: for messages that were lost. */
  async sweep() {
    const { rows } = await this.#database.query("SELECT DISTINCT type, id FROM relationships");
    const objects = new Map(rows.map(({ type, id }) => [`${type}:${id}`, { type, id }]));
    for (const { relationships } of this.engine.v1.exportBulkRelationships({})) {
      for (const { resource } of relationships) {
        objects.set(`${resource.objectType}:${resource.objectId}`, { type: resource.objectType, id: resource.objectId });
      }
    }
    for (const object of objects.values()) await this.look(object);
  }
}
