// The one guard that every call into a WebAssembly module goes through. Each module has its own: one that broke off says nothing
// about another's memory.

import { PeppercornError, errorFrom } from "./errors.ts";

/** What stands between a module and its callers. */
export interface Guard<Raw> {
  /** Makes the module the one that every later call uses. */
  use(raw: Raw): void;
  /** Whether the module broke off in the middle of an earlier call. */
  hasFailed(): boolean;
  /**
   * Calls the module. What it refuses arrives as a PeppercornError. Anything else thrown (a trap, a stack overflow) leaves the module's
   * memory halfway through something: every later call is refused rather than answered from it.
   */
  call<Result>(work: (raw: Raw) => Result): Result;
}

/** A guard for a module of that name. */
export function guarded<Raw>(name: string): Guard<Raw> {
  let loaded: Raw | undefined;
  let failure: { readonly cause: unknown } | undefined;
  return {
    use(raw) {
      loaded = raw;
    },
    hasFailed: () => failure !== undefined,
    call(work) {
      if (failure !== undefined) {
        throw failed(`${name} broke off during an earlier call and gives no more answers in this process`, failure.cause);
      }
      if (loaded === undefined) {
        throw failed(`the WebAssembly module of ${name} is not loaded`, undefined);
      }
      try {
        return work(loaded);
      } catch (thrown) {
        const refusal = errorFrom(thrown);
        if (refusal !== undefined) {
          throw refusal;
        }
        failure = { cause: thrown };
        throw failed(`${name} broke off: ${thrown instanceof Error ? thrown.message : String(thrown)}`, thrown);
      }
    },
  };
}

function failed(message: string, cause: unknown): PeppercornError {
  return new PeppercornError("ENGINE_FAILED", message, { cause });
}
