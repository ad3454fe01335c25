// The one guard that every call into a WebAssembly module goes through. Each module has its own: one that broke off says nothing
// about another's memory.

import type { Binding } from "#engine";
import { PeppercornError, errorFrom, notLoaded } from "./errors.ts";

/** What stands between a module and its callers. */
export interface Guard<Raw> {
  /** Makes an instance of the module the one that every later call uses. */
  use(raw: Raw): void;
  /** Whether there is an instance that has not broken off. */
  isLoaded(): boolean;
  /** Whether an instance broke off and no other took its place. */
  hasFailed(): boolean;
  /** Calls back, soon, each time an instance has broken off. */
  whenFailed(callback: () => void): void;
  /**
   * Calls the module. What it refuses arrives as a PeppercornError. Anything else thrown (a trap, a stack overflow) leaves the instance's
   * memory halfway through something: it is let go, and whatever lived in it is refused for good rather than answered from it.
   */
  call<Result>(work: (raw: Raw) => Result): Result;
  /** Gives memory back. Where there is no instance any more there is none, and that is no error. */
  free(thing: Freeable): void;
}

/** What wasm-bindgen's classes have in common. Of an instance that was let go it does nothing: the memory is no longer touched. */
export interface Freeable {
  free(): void;
}

/** A guard for a module of that name. `remedy` is what may be done after it broke off. */
export function guarded<Raw extends Pick<Binding, "end">>(name: string, remedy: string): Guard<Raw> {
  let loaded: Raw | undefined;
  let failure: { readonly cause: unknown } | undefined;
  /** What broke off and is not let go yet: where the stack overflowed there may be no room to do it at once. */
  let broken: Raw | undefined;
  const callbacks: (() => void)[] = [];

  const letGo = (): void => {
    if (broken === undefined) return;
    const cause = failure?.cause;
    broken.end(() => {
      throw again(name, remedy, cause);
    });
    broken = undefined;
    callbacks.forEach((callback) => queueMicrotask(callback));
  };

  const guard: Guard<Raw> = {
    use(raw) {
      letGo();
      loaded = raw;
    },
    isLoaded: () => loaded !== undefined,
    hasFailed: () => loaded === undefined && failure !== undefined,
    whenFailed(callback) {
      callbacks.push(callback);
    },
    call(work) {
      if (loaded === undefined) {
        letGo();
        throw failure === undefined ? notLoaded(`the WebAssembly module of ${name} is not loaded: \`await load()\` comes before`) : again(name, remedy, failure.cause);
      }
      try {
        return work(loaded);
      } catch (thrown) {
        const refusal = errorFrom(thrown);
        if (refusal !== undefined) {
          throw refusal;
        }
        // First what cannot fail itself.
        broken = loaded;
        loaded = undefined;
        failure = { cause: thrown };
        letGo();
        throw failed(`${name} broke off: ${thrown instanceof Error ? thrown.message : String(thrown)}`, thrown);
      }
    },
    free(thing) {
      if (loaded !== undefined) guard.call(() => thing.free());
    },
  };
  return guard;
}

function again(name: string, remedy: string, cause: unknown): PeppercornError {
  return failed(`${name} broke off during an earlier call, and what lived in it gives no more answers${remedy}`, cause);
}

function failed(message: string, cause: unknown): PeppercornError {
  return new PeppercornError("ENGINE_FAILED", message, { cause });
}
