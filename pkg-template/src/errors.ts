// The one error of the package, and how the engine's refusals become it.

import type * as Contract from "../index.cjs";

/** What an error has besides its code and message. */
export interface Details {
  readonly status?: Contract.Status;
  readonly metadata?: readonly (readonly [key: string, value: string])[];
  readonly diagnostics?: readonly Contract.Diagnostic[];
  readonly cause?: unknown;
}

/** The statuses of errors that do not come from the engine; else `INVALID_ARGUMENT`. */
const STATUSES: ReadonlyMap<string, Contract.Status> = new Map([
  ["DISPOSED", "FAILED_PRECONDITION"],
  ["NOT_LOADED", "FAILED_PRECONDITION"],
  ["ENGINE_FAILED", "INTERNAL"],
]);

/** See the contract. */
export class PeppercornError extends Error {
  static override readonly name = "PeppercornError";
  readonly code: Contract.PeppercornErrorCode;
  readonly status: Contract.Status;
  readonly metadata: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Contract.Diagnostic[];
  declare readonly trace?: Contract.Trace;

  constructor(code: Contract.PeppercornErrorCode, message: string, { status, metadata = [], diagnostics = [], cause }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status ?? STATUSES.get(code) ?? "INVALID_ARGUMENT";
    this.metadata = Object.freeze(Object.fromEntries(metadata));
    this.diagnostics = Object.freeze(diagnostics.map((diagnostic) => Object.freeze(diagnostic)));
  }

  override get name(): "PeppercornError" {
    return "PeppercornError";
  }
}

/** What the engine throws. */
export interface Refusal extends Required<Omit<Details, "cause">> {
  readonly code: Contract.PeppercornErrorCode;
  readonly message: string;
}

/** The error for what the engine threw; `undefined` when it is no refusal of the engine's. */
export function errorFrom(thrown: unknown): PeppercornError | undefined {
  if (thrown instanceof PeppercornError) {
    return thrown;
  }
  const isRefusal = typeof thrown === "object" && thrown !== null && !(thrown instanceof Error) && "code" in thrown && "diagnostics" in thrown;
  return isRefusal ? errorOf(thrown as Refusal) : undefined;
}

/** The error for a refusal of the engine's, with what was looked at before it. */
export function errorOf(refusal: Refusal, trace?: Contract.Trace): PeppercornError {
  const error = new PeppercornError(refusal.code, refusal.message, refusal);
  return trace === undefined ? error : Object.assign(error, { trace });
}

/** A WebAssembly module that is not there yet, or cannot be had. */
export function notLoaded(message: string, cause?: unknown): PeppercornError {
  return new PeppercornError("NOT_LOADED", message, { cause });
}

/** An argument that cannot be what the caller meant. */
export function invalidArgument(message: string): PeppercornError {
  return new PeppercornError("INVALID_ARGUMENT", message);
}
