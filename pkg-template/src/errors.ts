// The one error of the package, and how the engine's refusals become it.

import type * as Contract from "../index.cjs";

/** See the contract. */
export class PeppercornError extends Error {
  readonly code: Contract.PeppercornErrorCode;
  readonly diagnostics: readonly Contract.Diagnostic[];

  constructor(code: Contract.PeppercornErrorCode, message: string, diagnostics: readonly Contract.Diagnostic[] = [], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.diagnostics = Object.freeze([...diagnostics]);
  }

  override get name(): "PeppercornError" {
    return "PeppercornError";
  }
}

/** The error for what the engine threw; `undefined` when it is no refusal of the engine's. */
export function errorFrom(thrown: unknown): PeppercornError | undefined {
  if (thrown instanceof PeppercornError) {
    return thrown;
  }
  if (typeof thrown !== "object" || thrown === null || thrown instanceof Error) {
    return undefined;
  }
  const { code, message, diagnostics } = thrown as { code?: unknown; message?: unknown; diagnostics?: unknown };
  if (typeof code !== "string" || typeof message !== "string" || !Array.isArray(diagnostics)) {
    return undefined;
  }
  return new PeppercornError(code as Contract.PeppercornErrorCode, message, diagnostics.map(withoutAbsent));
}

/** The diagnostic as the contract has it: what is absent in the engine has no key here. */
export function withoutAbsent(diagnostic: Contract.Diagnostic): Contract.Diagnostic {
  const present = Object.entries(diagnostic).filter(([, value]) => value !== undefined && value !== null);
  return Object.freeze(Object.fromEntries(present)) as unknown as Contract.Diagnostic;
}

/** An argument that cannot be what the caller meant. */
export function invalidArgument(message: string): PeppercornError {
  return new PeppercornError("INVALID_ARGUMENT", message);
}
