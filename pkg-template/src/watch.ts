// Watching: an asynchronous iterator over what is written to an engine.

import type { EngineWatch } from "#engine";
import type { v1 } from "../index.cjs";
import { Handle } from "./handle.ts";
import { type Host, atThisTime } from "./host.ts";
import { call } from "./raw.ts";

interface Waiting {
  resolve(result: IteratorResult<v1.WatchResponse, undefined>): void;
  reject(reason: unknown): void;
}

/**
 * A watcher. It is no more than a place in the engine's history: messages are read when they are asked for, and while none is asked for
 * nothing is kept of it, neither here nor there.
 */
export class Watcher implements AsyncIterableIterator<v1.WatchResponse> {
  readonly #host: Host;
  readonly #handle: Handle<EngineWatch>;
  readonly #signal: v1.Signal | undefined;
  /** Calls of `next` without an answer, oldest first. */
  readonly #waiting: Waiting[] = [];
  #stopWaiting: (() => void) | undefined;
  #ended = false;
  /** What ended it, until it is told. */
  #failure: { readonly reason: unknown } | undefined;

  constructor(host: Host, raw: EngineWatch, signal: v1.Signal | undefined) {
    this.#host = host;
    this.#handle = new Handle("watch", raw);
    this.#handle.belongsTo(this);
    this.#signal = signal;
  }

  next(): Promise<IteratorResult<v1.WatchResponse, undefined>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#signal?.aborted === true && !this.#ended) {
        this.#end({ reason: this.#signal.reason });
      } else if (this.#ended) {
        this.#settle();
      } else if (!this.#serve() && this.#stopWaiting === undefined) {
        this.#stopWaiting = this.#host.changes.wait(() => this.#serve(), this.#signal, (reason) => this.#end({ reason }));
      }
    });
  }

  return(): Promise<IteratorResult<v1.WatchResponse, undefined>> {
    this.#end(undefined);
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Answers who waits, as far as there is something to say. Gives whether nobody waits any more. */
  #serve(): boolean {
    try {
      while (this.#waiting.length > 0) {
        const value = this.#read();
        if (value === undefined) return false;
        this.#waiting.shift()?.resolve({ value, done: false });
      }
    } catch (reason) {
      this.#end({ reason });
    }
    this.#stopWaiting = undefined;
    return true;
  }

  #read(): v1.WatchResponse | undefined {
    const [engine, now] = atThisTime(this.#host);
    const text = call(() => this.#handle.get().next(engine, now));
    return text === undefined ? undefined : (JSON.parse(text) as v1.WatchResponse);
  }

  #end(failure: { readonly reason: unknown } | undefined): void {
    if (!this.#ended) {
      this.#ended = true;
      this.#failure = failure;
      this.#stopWaiting?.();
      this.#stopWaiting = undefined;
      this.#handle.free();
    }
    this.#settle();
  }

  /** Tells whoever waits that it is over: the first of them why. */
  #settle(): void {
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure === undefined) {
        resolve(DONE);
      } else {
        reject(failure.reason);
      }
    }
  }
}

const DONE: IteratorReturnResult<undefined> = { value: undefined, done: true };
