// When a call is to be given up.

import { Refused } from "./refused.ts";
import { isRefusal } from "./status.ts";

/** A signal for the work of a call, and what is to be called when the work is done. */
export interface Deadline {
  readonly signal: AbortSignal;
  free(): void;
}

const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };
/** What a timer can hold. */
const LONGEST = 2 ** 31 - 1;

/** The deadline of a `grpc-timeout` header (`250m`, `10S`), if there is one, and of what else ends the call. */
export function deadlineOf(timeout: string | undefined, others: readonly (AbortSignal | undefined)[]): Deadline {
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
  const follow = others.filter((other) => other !== undefined);
  // Any reason but a refusal of ours is somebody's who went away.
  const abort = (event: Event): void => {
    const { reason } = event.target as AbortSignal;
    controller.abort(isRefusal(reason) ? reason : new Refused("CANCELLED", "the client went away"));
  };
  for (const other of follow) {
    if (other.aborted) controller.abort(other.reason);
    other.addEventListener("abort", abort);
  }
  return {
    signal: controller.signal,
    free() {
      clearTimeout(timer);
      for (const other of follow) {
        other.removeEventListener("abort", abort);
      }
    },
  };
}
