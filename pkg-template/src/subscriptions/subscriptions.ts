// Subscriptions of one engine: which of them a write can touch, and who is to be told what.

import type { EngineWatch } from "#engine";
import type * as Contract from "../../index.cjs";
import { PeppercornError, invalidArgument } from "../errors.ts";
import { Handle } from "../handle.ts";
import { type Host, atThisTime } from "../host.ts";
import { call, hasFailed } from "../raw.ts";
import { Expirations } from "./expirations.ts";
import { Interests } from "./interests.ts";
import { Dependencies, type Needs } from "./needs.ts";
import { type Asked, askedOf } from "./questions.ts";
import { type Row, rowOf } from "./rows.ts";
import { sameAnswer } from "./same.ts";

/** More relationships than this are not looked at one by one: every question is asked again. */
const MANY = 10_000;

/** Milliseconds between two looks at the clock while something is going to expire: clocks jump, and computers sleep. */
const PATIENCE = 1000;

/** How a check says that it depends on the time. */
const NEEDS_TIME = 4;

/** What there is to tell. */
type Outcome = { readonly answer: unknown; readonly error?: never } | { readonly error: unknown; readonly answer?: undefined };

interface Entry {
  readonly asked: Asked;
  readonly callback: (answer: unknown, error: unknown) => void;
  /** As of the last time it was asked. */
  outcome: Outcome;
  told: Outcome;
  isStale: boolean;
  /** How many of the relationships of its own have expired, which are in the order in which they do. */
  ended: number;
}

/** The subscriptions of an engine. While there are none, nothing is done or kept for them. */
export class Subscriptions {
  readonly #host: Host;
  readonly #engine: Contract.Peppercorn;
  readonly #entries = new Set<Entry>();
  /** Those with relationships of their own that expire. */
  readonly #ending = new Set<Entry>();
  readonly #expirations = new Expirations();
  /** The time of the last look. */
  #latest = 0;
  #dependencies: Dependencies | undefined;
  readonly #interests = new Interests<Entry>();
  /** Those whose needs are to be found out before the next write is looked at. */
  readonly #unknown = new Set<Entry>();
  /** Those who may have something to be told. */
  readonly #pending = new Set<Entry>();
  /** The place in the history up to which everything was looked at. */
  #watch: Handle<EngineWatch> | undefined;
  #stopWaiting: (() => void) | undefined;
  /** What was written since, if anything: about how many relationships. */
  #written: number | undefined;
  #isScheduled = false;
  /** Whether it could not be found out what happened: everything is asked at every look until it can. */
  #isLost = false;
  /** Whether everyone is to hear that the engine is no more. */
  #isGone = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, engine: Contract.Peppercorn) {
    this.#host = host;
    this.#engine = engine;
  }

  add(question: unknown, callback: unknown): Contract.Subscription<unknown> {
    if (typeof callback !== "function") {
      throw invalidArgument("`callback` must be a function");
    }
    const asked = askedOf(question, this.#engine);
    // Whatever is written or expires from now on is seen, so it comes before the answer.
    if (this.#entries.size === 0) {
      this.#begin();
    } else {
      this.#look();
    }
    let entry: Entry | undefined;
    try {
      // A question without an answer is the caller's to hear of.
      const outcome: Outcome = { answer: asked.ask() };
      entry = { asked, callback: callback as Entry["callback"], outcome, told: outcome, isStale: false, ended: 0 };
      this.#entries.add(entry);
      this.#unknown.add(entry);
      if (asked.ends.length > 0) this.#ending.add(entry);
      // Where the platform gives no timers, as Workers outside of requests, nobody would hear of what expires.
      this.#arm();
      return this.#subscription(entry);
    } catch (thrown) {
      if (entry !== undefined) this.#leave(entry);
      if (this.#entries.size === 0) this.#end();
      throw thrown;
    }
  }

  #subscription(entry: Entry): Contract.Subscription<unknown> {
    const current = (): Outcome => {
      this.#refresh(entry);
      this.#tellSoon();
      return entry.outcome;
    };
    const unsubscribe = (): void => {
      if (!this.#entries.has(entry)) return;
      entry.outcome = { error: new PeppercornError("DISPOSED", "the subscription was ended") };
      this.#leave(entry);
    };
    return {
      get answer() {
        return current().answer;
      },
      get error() {
        return current().error as PeppercornError | undefined;
      },
      unsubscribe,
      [Symbol.dispose]: unsubscribe,
    };
  }

  /** Begins to follow what is written, and what will expire. */
  #begin(): void {
    this.#follow();
    this.#stopWaiting?.();
    this.#stopWaiting = this.#host.changes.wait((rows) => this.#wrote(rows), undefined, () => {});
  }

  /** Follows from now on. */
  #follow(): void {
    const [engine, now] = atThisTime(this.#host);
    const request = '{"optionalUpdateKinds":["WATCH_KIND_INCLUDE_RELATIONSHIP_UPDATES","WATCH_KIND_INCLUDE_SCHEMA_UPDATES"]}';
    this.#watch?.free();
    this.#watch = new Handle("watch", call(() => engine.watch(request, now)));
    this.#watch.belongsTo(this);
    this.#written = undefined;
    this.#dependencies = undefined;
    this.#latest = now;
    this.#findExpirations(now);
  }

  #findExpirations(now: number): void {
    const engine = this.#host.handle.get();
    const view = new Handle("snapshot", call(() => engine.snapshot()));
    try {
      const held = view.get();
      // Asked at no time about nothing: the answer is whether anything may expire.
      const mayExpire = call(() => held.check(0, 0, 0, Number.NaN)) === NEEDS_TIME;
      this.#expirations.restart(mayExpire ? call(() => held.relationships()) : "", now);
    } finally {
      view.free();
    }
  }

  #end(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.#watch?.free();
    this.#watch = undefined;
    this.#dependencies = undefined;
    this.#interests.clear();
    this.#written = undefined;
    this.#expirations.restart("", 0);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Takes note of a write; nothing is asked before the code that wrote has ended. */
  #wrote(rows: number): boolean {
    this.#written = (this.#written ?? 0) + rows;
    this.#schedule();
    return false;
  }

  /** Tells what came up; while nothing can be found out, only now and then. */
  #tellSoon(): void {
    if (this.#pending.size > 0 && !this.#isLost) this.#schedule();
  }

  #schedule(): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      queueMicrotask(() => {
        this.#isScheduled = false;
        this.#tell();
      });
    }
  }

  /** Tells everyone whose answer differs from the last one told, in the order in which they subscribed. */
  #tell(): void {
    this.#look();
    const pending = this.#pending.size < 2 ? [...this.#pending] : [...this.#entries].filter((entry) => this.#pending.has(entry));
    this.#pending.clear();
    for (const entry of pending) {
      // One that was told before it may have ended it, or have written.
      if (!this.#entries.has(entry)) continue;
      this.#refresh(entry);
      if (sameOutcome(entry.outcome, entry.told)) continue;
      entry.told = entry.outcome;
      if (isOver(entry.outcome)) this.#leave(entry);
      try {
        entry.callback(entry.outcome.answer, entry.outcome.error);
      } catch (thrown) {
        queueMicrotask(() => {
          throw thrown;
        });
      }
    }
    this.#tellSoon();
    this.#arm();
  }

  #leave(entry: Entry): void {
    this.#ending.delete(entry);
    this.#interests.delete(entry);
    this.#unknown.delete(entry);
    this.#pending.delete(entry);
    if (this.#entries.delete(entry) && this.#entries.size === 0) this.#end();
  }

  /** Asks a question again where its answer may have changed. */
  #refresh(entry: Entry): void {
    if (!this.#entries.has(entry)) {
      return;
    }
    this.#look();
    if (!entry.isStale) {
      return;
    }
    let outcome: Outcome;
    try {
      outcome = { answer: entry.asked.ask() };
    } catch (error) {
      outcome = { error };
    }
    entry.isStale = false;
    // Where there is no answer, nobody can say what would make one.
    if ((outcome.error === undefined) !== (entry.outcome.error === undefined) || !this.#interests.has(entry)) this.#unknown.add(entry);
    if (!sameOutcome(outcome, entry.outcome)) entry.outcome = outcome;
  }

  /** Looks at what was written and what has expired since the last look: questions that these touch are stale. */
  #look(): void {
    if (this.#isFreed()) {
      if (!this.#isGone) this.#markAll();
      this.#isGone = true;
      return;
    }
    try {
      if (this.#written !== undefined) this.#read(this.#written);
      this.#expire();
    } catch {
      // Too far behind, or a clock that fails: whatever it is, it is for the questions to say.
      this.#lose();
    }
  }

  #read(rows: number): void {
    this.#written = undefined;
    if (rows > MANY) {
      this.#lose();
      return;
    }
    const [engine, now] = atThisTime(this.#host);
    const watch = this.#watch;
    for (;;) {
      const text = watch === undefined ? undefined : call(() => watch.get().next(engine, now));
      if (text === undefined) return;
      const { updates, schemaUpdated } = JSON.parse(text) as Contract.v1.WatchResponse;
      if (schemaUpdated) {
        this.#dependencies = undefined;
        this.#markAll();
      }
      for (const { relationship, operation } of updates) {
        const row = rowOf(relationship);
        this.#mark(row);
        if (operation !== "OPERATION_DELETE" && relationship.optionalExpiresAt) this.#expirations.add(row, relationship.optionalExpiresAt);
      }
    }
  }

  #expire(): void {
    if (!this.#expirations.areKnown && this.#ending.size === 0) {
      return;
    }
    const now = this.#host.clock();
    for (const row of this.#expirations.due(now)) {
      this.#mark(row);
    }
    // Where the clock was put back, what had expired is there again.
    const isBack = now < this.#latest;
    this.#latest = now;
    if (isBack || this.#expirations.isOver(now)) {
      this.#findExpirations(now);
      this.#markAll();
    }
    for (const entry of this.#ending) {
      const { ends } = entry.asked;
      if (isBack) entry.ended = 0;
      for (; (ends[entry.ended] ?? Number.POSITIVE_INFINITY) <= now; entry.ended++) this.#markOne(entry);
    }
  }

  /** Begins anew from now: whatever happened in between, every question is asked. */
  #lose(): void {
    this.#markAll();
    try {
      this.#follow();
      this.#isLost = false;
    } catch {
      // So long as it fails, every look ends here, and no answer is taken for a fresh one.
      this.#written = Number.POSITIVE_INFINITY;
      this.#isLost = true;
    }
  }

  #mark(row: Row): void {
    for (const entry of this.#unknown) {
      this.#interests.set(entry, entry.outcome.error === undefined ? this.#needs(entry.asked) : undefined);
    }
    this.#unknown.clear();
    for (const entry of this.#interests.of(row)) {
      this.#markOne(entry);
    }
  }

  /** Everything may be different, and what is needed too. */
  #markAll(): void {
    this.#interests.clear();
    for (const entry of this.#entries) {
      this.#markOne(entry);
      this.#unknown.add(entry);
    }
  }

  #markOne(entry: Entry): void {
    entry.isStale = true;
    this.#pending.add(entry);
  }

  #needs({ about }: Asked): Needs | undefined {
    try {
      this.#dependencies ??= new Dependencies(this.#host);
      return this.#dependencies.needs(about);
    } catch {
      // What the schema cannot be asked about: asking too often is never wrong.
      return undefined;
    }
  }

  /** Whether the engine is gone, or was a moment ago with the module that it lived in. */
  #isFreed(): boolean {
    if (hasFailed()) {
      return true;
    }
    try {
      this.#host.handle.get();
      return false;
    } catch {
      return true;
    }
  }

  #nextEnd(): number | undefined {
    let next = this.#expirations.next();
    for (const { asked, ended } of this.#ending) {
      const end = asked.ends[ended];
      if (end !== undefined && (next === undefined || end < next)) next = end;
    }
    return next;
  }

  /** Looks again when something expires, and now and then before. */
  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const next = this.#nextEnd();
    if (this.#entries.size === 0 || (next === undefined && !this.#isLost)) {
      return;
    }
    const wait = next === undefined || this.#isLost ? PATIENCE : Math.max(0, Math.min(PATIENCE, next - this.#now(next)));
    this.#timer = setTimeout(() => this.#tell(), wait);
    // Nobody's process stays for this.
    if (typeof this.#timer === "object") this.#timer.unref?.();
  }

  #now(otherwise: number): number {
    try {
      return this.#host.clock();
    } catch {
      return otherwise - PATIENCE;
    }
  }
}

/** Whether there will never be an answer again. */
function isOver({ error }: Outcome): boolean {
  return error instanceof PeppercornError && (error.code === "DISPOSED" || error.code === "ENGINE_FAILED");
}

function sameOutcome(left: Outcome, right: Outcome): boolean {
  if (left === right) {
    return true;
  }
  const [one, other] = [left.error, right.error];
  if (one === undefined && other === undefined) {
    return sameAnswer(left.answer, right.answer);
  }
  // A clock of the application may fail with errors of its own.
  return one === other || (one instanceof Error && other instanceof Error && one.name === other.name && one.message === other.message);
}
