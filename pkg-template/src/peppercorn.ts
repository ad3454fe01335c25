// The API, over whatever module the entry point loaded.

import type { Engine, EngineSnapshot } from "#engine";
import type * as Contract from "../index.cjs";
import { bounded, line, list, record } from "./arguments.ts";
import { invalidArgument } from "./errors.ts";
import { Handle } from "./handle.ts";
import { Questions, revisionOf } from "./questions.ts";
import { call } from "./raw.ts";

// What the engine takes of a schema, in bytes of UTF-8: never fewer than characters.
const LONGEST_SCHEMA = 4 * 1024 * 1024;

const OPERATIONS: ReadonlyMap<unknown, number> = new Map([
  ["CREATE", 1],
  ["TOUCH", 2],
  ["DELETE", 3],
]);

/** See the contract. */
export class Peppercorn extends Questions implements Contract.Peppercorn {
  readonly #handle: Handle<Engine>;

  constructor(options: Contract.PeppercornOptions) {
    const { schema, relationships } = record(options, "options", ["schema", "relationships"]);
    const schemaText = bounded(schema, "options.schema", LONGEST_SCHEMA);
    const lines = relationshipLines(relationships);
    const handle = new Handle("engine", call((raw) => new raw.Engine(schemaText, lines)));
    super(handle);
    this.#handle = handle;
  }

  write(updates: readonly Contract.RelationshipUpdate[]): Contract.WriteResult {
    const engine = this.#handle.get();
    const batch = list(updates, "updates").map((update, index) => {
      const name = `updates[${index}]`;
      const { operation, relationship } = record(update, name, ["operation", "relationship"]);
      const code = OPERATIONS.get(operation);
      if (code === undefined) {
        throw invalidArgument(`\`${name}.operation\` must be "CREATE", "TOUCH" or "DELETE"`);
      }
      return { code, relationship: line(relationship, `${name}.relationship`) };
    });
    const operations = Uint8Array.from(batch, (update) => update.code);
    const relationships = batch.map((update) => update.relationship).join("\n");
    return { revision: String(call(() => engine.write(operations, relationships))) };
  }

  snapshot(): Contract.Snapshot {
    const engine = this.#handle.get();
    return new Snapshot(new Handle("snapshot", call(() => engine.snapshot())));
  }
}

class Snapshot extends Questions implements Contract.Snapshot {
  readonly #handle: Handle<EngineSnapshot>;

  constructor(handle: Handle<EngineSnapshot>) {
    super(handle);
    this.#handle = handle;
  }

  get revision(): string {
    return revisionOf(this.#handle.get());
  }

  relationships(): string[] {
    const snapshot = this.#handle.get();
    return call(() => snapshot.relationships()).split("\n").filter((row) => row !== "");
  }
}

function relationshipLines(relationships: unknown): string {
  if (relationships === undefined || typeof relationships === "string") {
    return relationships ?? "";
  }
  if (!Array.isArray(relationships)) {
    throw invalidArgument("`options.relationships` must be a string or an array of strings");
  }
  return relationships.map((relationship, index) => line(relationship, `options.relationships[${index}]`)).join("\n");
}
