// Waiting for what an engine becomes: who waits is told of each write and looks for itself.

import type { v1 } from "../index.cjs";
import { whenFailed } from "./raw.ts";

/** Those of all engines that somebody waits for. After a failure there are no more writes: who waits learns it by looking. */
const waitedFor = new Set<Changes>();

whenFailed(() => {
  for (const changes of [...waitedFor]) changes.tell();
});

/** Those who wait for writes to an engine. Nobody is kept who does not wait. */
export class Changes {
  readonly #waiting = new Set<(rows: number) => void>();

  /** To be called after each write, which was of about so many relationships, and when the engine is freed. */
  tell(rows = 0): void {
    for (const look of [...this.#waiting]) {
      look(rows);
    }
  }

  /** Calls `look` after each write until it gives true, or `aborted` once when the signal is. Gives what ends the waiting. */
  wait(look: (rows: number) => boolean, signal: v1.Signal | undefined, aborted: (reason: unknown) => void): () => void {
    const told = (rows: number): void => {
      if (look(rows)) end();
    };
    const abort = (): void => {
      end();
      aborted(signal?.reason);
    };
    const end = (): void => {
      this.#waiting.delete(told);
      if (this.#waiting.size === 0) waitedFor.delete(this);
      signal?.removeEventListener("abort", abort);
    };
    this.#waiting.add(told);
    waitedFor.add(this);
    signal?.addEventListener("abort", abort);
    return end;
  }
}
