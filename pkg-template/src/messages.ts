// Requests as JSON texts.

import { record } from "./arguments.ts";
import { PeppercornError } from "./errors.ts";

/** The request as the engine takes it. What its fields must be is for the engine to say. */
export function requestText(request: unknown): string {
  const given = record(request, "request");
  try {
    return JSON.stringify(given);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new PeppercornError("INVALID_ARGUMENT", `\`request\` cannot be written as JSON: ${why}`, { cause: thrown });
  }
}
