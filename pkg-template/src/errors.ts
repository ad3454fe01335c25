// The one error of the package, and how the engine's refusals become it.

import type * as Contract from "../index.cjs";

/** See the contract. */
export class PeppercornError extends Error {
  readonly code: Contract.PeppercornErrorCode;
  readonly diagnostics: readonly Contract.Diagnostic[];
  declare readonly trace?: Contract.Trace;

  constructor(code: Contract.PeppercornErrorCode, message: string, diagnostics: readonly Contract.Diagnostic[] = [], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.diagnostics = Object.freeze([...diagnostics]);
  }

  override get name(): "PeppercornError" {
    return "PeppercornError";
  }
}

/** What the engine throws. */
export type Refusal = Pick<Contract.PeppercornError, "code" | "message" | "diagnostics">;

/** The error for what the engine threw; `undefined` when it is no refusal of the engine's. */
export function errorFrom(thrown: unknown): PeppercornError | undefined {
  if (thrown instanceof PeppercornError) {
    return thrown;
  }
  const isRefusal = typeof thrown === "object" && thrown !== null && !(thrown instanceof Error) && "code" in thrown && "diagnostics" in thrown;
  return isRefusal ? errorOf(thrown as Refusal) : undefined;
}

/** The error for a refusal of the engine's, with what was looked at before it. */
export function errorOf({ code, message, diagnostics }: Refusal, trace?: Contract.Trace): PeppercornError {
  const error = new PeppercornError(code, message, diagnostics.map((diagnostic) => Object.freeze(diagnostic)));
  return trace === undefined ? error : Object.assign(error, { trace });
}

/** An argument that cannot be what the caller meant. */
export function invalidArgument(message: string): PeppercornError {
  return new PeppercornError("INVALID_ARGUMENT", message);
}
