// Requests as JSON texts.

import { kind, record } from "./arguments.ts";
import { PeppercornError, invalidArgument } from "./errors.ts";

/** The request as the engine takes it. What its fields must be is for the engine to say. */
export function requestText(request: unknown): string {
  const given = record(request, "request");
  // As text one that is still to come would be one without fields.
  const text = typeof given["then"] === "function" ? undefined : written(given);
  if (text === undefined) {
    throw invalidArgument(`\`request\` must be an object that can be written as JSON, not ${kind(request)}`);
  }
  return text;
}

/** Nothing where a `toJSON` gives nothing. */
function written(request: object): string | undefined {
  try {
    const text = JSON.stringify(request) as string | undefined;
    // JSON writes nothing in place of what it has no number for, and nothing may be what a field or a caveat takes.
    if (text?.includes("null")) JSON.stringify(request, finite);
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
