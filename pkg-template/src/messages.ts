// Requests as JSON texts.

import { record } from "./arguments.ts";
import { PeppercornError } from "./errors.ts";

/** The request as the engine takes it. What its fields must be is for the engine to say. */
export function requestText(request: unknown): string {
  const given = record(request, "request");
  try {
    const text = JSON.stringify(given);
    // JSON writes nothing in place of what it has no number for, and nothing may be what a field or a caveat takes.
    if (text.includes("null")) JSON.stringify(given, finite);
    return text;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new PeppercornError("INVALID_ARGUMENT", `\`request\` cannot be written as JSON: ${why}`, { cause: thrown });
  }
}

function finite(name: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`\`${name}\` is ${value}`);
  return value;
}
