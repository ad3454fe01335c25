// The API, over whatever module the entry point loaded.

import type { Engine, EngineView } from "#engine";
import type * as Contract from "../index.cjs";
import { bounded, bytesOf, item, line, list, perhaps, reference, relationshipLines, text, wellFormed } from "./arguments.ts";
import { Changes } from "./changes.ts";
import { invalidArgument } from "./errors.ts";
import { filterOf } from "./filters.ts";
import { Handle } from "./handle.ts";
import { type Host, atThisTime } from "./host.ts";
import { loaded } from "./loading.ts";
import { Questions, revisionOf } from "./questions.ts";
import { call } from "./raw.ts";
import { read } from "./reading.ts";
import { type Clock, SETTINGS, clockOf, newIdentity, settingsOf } from "./settings.ts";
import { Subscriptions } from "./subscriptions/subscriptions.ts";
import { serviceOf } from "./v1.ts";
import { watchWrites } from "./writes.ts";

// What the engine takes of a schema, in bytes of UTF-8: never fewer than characters.
const LONGEST_SCHEMA = 4 * 1024 * 1024;

const OPERATIONS: ReadonlyMap<unknown, number> = new Map([
  ["CREATE", 1],
  ["TOUCH", 2],
  ["DELETE", 3],
]);

const UPDATE = ["operation", "relationship"];

/** An engine that is there already, with the clock that it goes by. */
class Made {
  readonly engine: Engine;
  readonly clock: Clock;

  constructor(engine: Engine, clock: Clock) {
    this.engine = engine;
    this.clock = clock;
  }
}

/** See the contract. */
export class Peppercorn extends Questions implements Contract.Peppercorn {
  static override readonly name = "Peppercorn";
  readonly #host: Host;
  readonly #newest: Handle<EngineView>;
  #service: Contract.v1.Service | undefined;
  #subscriptions: Subscriptions | undefined;

  constructor(options?: Contract.PeppercornOptions | Made) {
    const { engine, clock } = options instanceof Made ? options : make(options);
    const handle = new Handle("engine", engine);
    const newest = new Handle("engine", call(() => engine.newest()));
    super(newest, clock);
    handle.belongsTo(this);
    this.#newest = newest;
    this.#host = { owner: this, handle, clock, changes: new Changes() };
  }

  static load(bytes: Uint8Array, options?: Contract.LoadOptions): Peppercorn {
    const saved = bytesOf(bytes, "bytes");
    const given = perhaps(options, "options", SETTINGS);
    const clock = clockOf(given);
    const configure = settingsOf(given);
    const engine = call((raw) => raw.Engine.load(saved));
    configure(engine);
    return new Peppercorn(new Made(engine, clock));
  }

  get v1(): Contract.v1.Service {
    return (this.#service ??= serviceOf(this.#host));
  }

  id(object: string): number {
    const given = reference(object, "object");
    const engine = this.#host.handle.get();
    return call(() => engine.id(given));
  }

  get schema(): string {
    const engine = this.#host.handle.get();
    return call(() => engine.schema());
  }

  get token(): string {
    const engine = this.#host.handle.get();
    return call(() => engine.token());
  }

  write(updates: readonly Contract.RelationshipUpdate[]): Contract.WriteResult {
    const given = list(updates, "updates");
    const operations = new Uint8Array(given.length);
    let relationships = "";
    for (const [index, update] of given.entries()) {
      const { operation, relationship } = item(update, "updates", index, UPDATE);
      const code = OPERATIONS.get(operation);
      if (code === undefined) {
        throw invalidArgument(`\`updates[${index}].operation\` must be "CREATE", "TOUCH" or "DELETE"`);
      }
      operations[index] = code;
      relationships += (index === 0 ? "" : "\n") + line(relationship, "updates", index, ".relationship");
    }
    return this.#written((engine, now) => engine.write(operations, relationships, now), given.length);
  }

  delete(filter: Contract.RelationshipFilter): Contract.DeleteResult {
    const request = JSON.stringify({ relationshipFilter: filterOf(filter, "filter") });
    const [engine, now] = atThisTime(this.#host);
    const text = call(() => engine.call("DeleteRelationships", request, now));
    const { deletedAt, relationshipsDeletedCount } = JSON.parse(text) as Contract.v1.DeleteRelationshipsResponse;
    // Before anybody is told, who may write in turn.
    const revision = revisionOf(this.#newest.get());
    const deleted = Number(relationshipsDeletedCount);
    this.#host.changes.tell(deleted);
    return { revision, token: deletedAt.token, deleted };
  }

  override read(filter: Contract.RelationshipFilter, options?: Contract.ReadOptions): Generator<string, void, undefined> {
    return read(this.#host.handle, this.#host.clock, filter, options);
  }

  watch(options?: Contract.WatchOptions): Contract.Writes {
    return watchWrites(this.#host, options);
  }

  subscribe<const Asked extends Contract.Question>(question: Asked, callback: Contract.Subscriber<Contract.AnswerTo<Asked>>): Contract.Subscription<Contract.AnswerTo<Asked>> {
    this.#subscriptions ??= new Subscriptions(this.#host, this);
    return this.#subscriptions.add(question, callback) as Contract.Subscription<Contract.AnswerTo<Asked>>;
  }

  writeSchema(schema: string): Contract.WriteResult {
    const given = schemaOf(schema, "schema");
    return this.#written((engine, now) => engine.writeSchema(given, now));
  }

  planSchema(schema: string): Contract.SchemaPlan {
    const request = JSON.stringify({ schema: schemaOf(schema, "schema") });
    const [engine, now] = atThisTime(this.#host);
    return JSON.parse(call(() => engine.call("PlanSchema", request, now))) as Contract.SchemaPlan;
  }

  snapshot(): Contract.Snapshot {
    const engine = this.#host.handle.get();
    const held = new Handle("snapshot", call(() => engine.snapshot()));
    return new Snapshot(held, this.#host, call(() => engine.token()));
  }

  at(token: string): Contract.Snapshot {
    const given = text(token, "token");
    const [engine, now] = atThisTime(this.#host);
    return new Snapshot(new Handle("snapshot", call(() => engine.at(given, now))), this.#host, given);
  }

  fork(): Peppercorn {
    const { handle, clock } = this.#host;
    const engine = handle.get();
    return new Peppercorn(new Made(call(() => engine.fork(newIdentity())), clock));
  }

  save(): Uint8Array {
    const engine = this.#host.handle.get();
    return call(() => engine.save());
  }

  override free(): void {
    super.free();
    this.#host.handle.free();
    // Whoever waits for a write waits in vain.
    this.#host.changes.tell();
  }

  override [Symbol.dispose](): void {
    this.free();
  }

  /** Does a write, and tells those who wait for one. */
  #written(write: (engine: Engine, now: number) => string, rows = 0): Contract.WriteResult {
    const [engine, now] = atThisTime(this.#host);
    const [revision = "", token = ""] = call(() => write(engine, now)).split(" ");
    this.#host.changes.tell(rows);
    return { revision, token };
  }
}

function schemaOf(schema: unknown, name: string): string {
  return bounded(wellFormed(text(schema, name), name), name, LONGEST_SCHEMA);
}

function make(options: unknown): Made {
  const given = perhaps(options, "options", ["schema", "relationships", ...SETTINGS]);
  const { schema = "", relationships = "" } = given;
  const schemaText = schemaOf(schema, "options.schema");
  // A text is the engine's to read: its problems are told with their places in it.
  const lines = typeof relationships === "string" ? wellFormed(relationships, "options.relationships") : relationshipLines(relationships, "options.relationships").join("\n");
  const clock = clockOf(given);
  const configure = settingsOf({ ...given, identity: given["identity"] ?? newIdentity() });
  const engine = loaded(schemaText, lines);
  configure(engine);
  return new Made(engine, clock);
}

class Snapshot extends Questions implements Contract.Snapshot {
  static override readonly name = "Snapshot";
  readonly #handle: Handle<EngineView>;
  readonly #host: Host;
  readonly #token: string;

  constructor(handle: Handle<EngineView>, host: Host, token: string) {
    super(handle, host.clock);
    this.#handle = handle;
    this.#host = host;
    this.#token = token;
  }

  get revision(): string {
    return revisionOf(this.#handle.get());
  }

  override read(filter: Contract.RelationshipFilter, options?: Contract.ReadOptions): Generator<string, void, undefined> {
    this.#handle.get();
    return read(this.#host.handle, this.#host.clock, filter, options, this.#token);
  }

  relationships(): string[] {
    const snapshot = this.#handle.get();
    return call(() => snapshot.relationships()).split("\n").filter((row) => row !== "");
  }
}
