// The API, over whatever module the entry point loaded.

import type { Engine, EngineSnapshot } from "#engine";
import type * as Contract from "../index.cjs";
import { bounded, line, list, record } from "./arguments.ts";
import { PeppercornError, invalidArgument } from "./errors.ts";
import { Handle } from "./handle.ts";
import { call } from "./raw.ts";

// What the engine takes of a schema, in bytes of UTF-8: never fewer than characters.
const LONGEST_SCHEMA = 4 * 1024 * 1024;
// More than a type (128), an id (1024) and a relation (64) can come to.
const LONGEST_REFERENCE = 2048;

const HAS = 2;
const PERMISSIONSHIPS: readonly Contract.Permissionship[] = ["NO_PERMISSION", "CONDITIONAL_PERMISSION", "HAS_PERMISSION"];
const OPERATIONS: ReadonlyMap<unknown, number> = new Map([
  ["CREATE", 1],
  ["TOUCH", 2],
  ["DELETE", 3],
]);

/** See the contract. */
export class Peppercorn implements Contract.Peppercorn {
  readonly #handle: Handle<Engine>;

  constructor(options: Contract.PeppercornOptions) {
    const { schema, relationships } = record(options, "options", ["schema", "relationships"]);
    const schemaText = bounded(schema, "options.schema", LONGEST_SCHEMA);
    const lines = relationshipLines(relationships);
    this.#handle = new Handle(this, "engine", call((raw) => new raw.Engine(schemaText, lines)));
  }

  can(subject: string, permission: string, resource: string): boolean {
    return check(this.#handle, subject, permission, resource) === HAS;
  }

  checkPermission(subject: string, permission: string, resource: string): Contract.CheckPermissionResult {
    return answer(this.#handle, check(this.#handle, subject, permission, resource));
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
    return new Snapshot(call(() => engine.snapshot()));
  }

  free(): void {
    this.#handle.free();
  }

  [Symbol.dispose](): void {
    this.#handle.free();
  }
}

class Snapshot implements Contract.Snapshot {
  readonly #handle: Handle<EngineSnapshot>;

  constructor(raw: EngineSnapshot) {
    this.#handle = new Handle(this, "snapshot", raw);
  }

  get revision(): string {
    return revision(this.#handle);
  }

  can(subject: string, permission: string, resource: string): boolean {
    return check(this.#handle, subject, permission, resource) === HAS;
  }

  checkPermission(subject: string, permission: string, resource: string): Contract.CheckPermissionResult {
    return answer(this.#handle, check(this.#handle, subject, permission, resource));
  }

  relationships(): string[] {
    const snapshot = this.#handle.get();
    return call(() => snapshot.relationships()).split("\n").filter((row) => row !== "");
  }

  free(): void {
    this.#handle.free();
  }

  [Symbol.dispose](): void {
    this.#handle.free();
  }
}

function check(handle: Handle<Engine | EngineSnapshot>, subject: unknown, permission: unknown, resource: unknown): number {
  const engine = handle.get();
  const who = bounded(subject, "subject", LONGEST_REFERENCE);
  const what = bounded(permission, "permission", LONGEST_REFERENCE);
  const where = bounded(resource, "resource", LONGEST_REFERENCE);
  return call(() => engine.check(who, what, where, Date.now()));
}

function answer(handle: Handle<Engine | EngineSnapshot>, code: number): Contract.CheckPermissionResult {
  const permissionship = PERMISSIONSHIPS[code];
  if (permissionship === undefined) {
    throw new PeppercornError("ENGINE_FAILED", `the engine answered \`${code}\`, which means nothing`);
  }
  return { permissionship, revision: revision(handle) };
}

function revision(handle: Handle<Engine | EngineSnapshot>): string {
  const engine = handle.get();
  return String(call(() => engine.revision()));
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
