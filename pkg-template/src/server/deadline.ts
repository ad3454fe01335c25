// When a call is to be given up.

import type { v1 } from "../../index.cjs";
import { LONGEST } from "./options.ts";
import { Refused, shuttingDown } from "./refused.ts";
import { isRefusal } from "./status.ts";

/** The end of a server, for the many who want to know: one listener of the signal tells them all. */
export class Closing {
  readonly #signal: v1.Signal | undefined;
  readonly #told = new Set<(reason: unknown) => void>();

  constructor(signal: v1.Signal | undefined) {
    this.#signal = signal;
    signal?.addEventListener("abort", () => {
      for (const tell of [...this.#told]) tell(signal.reason);
    });
  }

  get hasBegun(): boolean {
    return this.#signal?.aborted === true;
  }

  /** Calls this once the server closes, at once if it does already. Gives what takes that back. */
  tell(told: (reason: unknown) => void): () => void {
    if (this.hasBegun) told(this.#signal?.reason);
    this.#told.add(told);
    return () => this.#told.delete(told);
  }
}

/** A signal for the work of a call, and what is to be called when the work is done. */
export interface Deadline {
  readonly signal: AbortSignal;
  free(): void;
}

const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** The deadline of a `grpc-timeout` header (`250m`, `10S`), if there is one; of a client that goes; and of a server that closes, if that is given. */
export function deadlineOf(timeout: string | undefined, client: AbortSignal | undefined, closing: Closing | undefined): Deadline {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  if (timeout !== undefined) {
    const [, amount, unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(timeout) ?? [];
    const milliseconds = Number(amount) * (UNITS[unit] ?? Number.NaN);
    if (Number.isNaN(milliseconds)) {
      controller.abort(new Refused("INVALID_ARGUMENT", `\`${timeout}\` is no timeout: it is at most eight digits and one of H, M, S, m, u and n`));
    } else {
      const expire = (): void => controller.abort(new Refused("DEADLINE_EXCEEDED", "context deadline exceeded"));
      if (milliseconds < 1) expire();
      else timer = setTimeout(expire, Math.min(milliseconds, LONGEST));
    }
  }
  const leave = (): void => controller.abort(new Refused("CANCELLED", "the client went away"));
  if (client?.aborted === true) leave();
  client?.addEventListener("abort", leave);
  const stay = closing?.tell((reason) => controller.abort(isRefusal(reason) ? reason : shuttingDown()));
  return {
    signal: controller.signal,
    free() {
      clearTimeout(timer);
      client?.removeEventListener("abort", leave);
      stay?.();
    },
  };
}
