// The WebAssembly module behind the API, and the one guard that every call into it goes through.

import type * as Engine from "#engine";
import type { Diagnostic } from "../index.cjs";
import { PeppercornError, errorFrom } from "./errors.ts";

/** What wasm-bindgen exports; an entry point hands it over once it is loaded. */
export type Raw = typeof Engine;

/** What the engine says about one validation file. */
export interface ValidationReport {
  readonly file: string;
  readonly status: "passed" | "failed" | "unusable";
  readonly assertions: number;
  /** How many permissions of resources were compared with the subjects expected. */
  readonly expectedRelations: number;
  readonly failures: readonly ValidationFailure[];
  readonly diagnostics: readonly Diagnostic[];
}

/** An assertion, or an entry of the expected relations, that does not hold. */
export interface ValidationFailure {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly expected: string;
  readonly found: string;
  readonly assertion: string;
  readonly code: string;
  readonly message: string;
}

let loaded: Raw | undefined;
let failure: { readonly cause: unknown } | undefined;

/** Makes the module the one that every later call uses. */
export function use(raw: Raw): void {
  loaded = raw;
}

/** Whether the module broke off in the middle of an earlier call. */
export function hasFailed(): boolean {
  return failure !== undefined;
}

/**
 * Calls the module. What the engine refuses arrives as a PeppercornError. Anything else thrown (a trap, a stack overflow) leaves the
 * module's memory halfway through something: every later call is refused rather than answered from it.
 */
export function call<Result>(work: (raw: Raw) => Result): Result {
  if (failure !== undefined) {
    throw failed("the engine broke off during an earlier call and gives no more answers in this process", failure.cause);
  }
  if (loaded === undefined) {
    throw failed("the WebAssembly module is not loaded", undefined);
  }
  try {
    return work(loaded);
  } catch (thrown) {
    const refusal = errorFrom(thrown);
    if (refusal !== undefined) {
      throw refusal;
    }
    failure = { cause: thrown };
    throw failed(`the engine broke off: ${thrown instanceof Error ? thrown.message : String(thrown)}`, thrown);
  }
}

function failed(message: string, cause: unknown): PeppercornError {
  return new PeppercornError("ENGINE_FAILED", message, { cause });
}
