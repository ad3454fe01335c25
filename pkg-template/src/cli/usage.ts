// Command lines that make no sense.

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The text as JSON of an object: a context. */
export function contextOf(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text, (key, found: unknown) => exact(key, found));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`\`--context\` is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError('`--context` must be a JSON object, such as `{"day": 1}`');
  }
  return value as Record<string, unknown>;
}

/** A whole number that JavaScript would round is not the one that was written. */
function exact(key: string, value: unknown): unknown {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new UsageError(`\`--context\` has a number in \`${key}\` that is too large to be exact: write it as a text, \`"…"\``);
  }
  return value;
}

/** A time as the engine takes it: RFC 3339, or milliseconds. */
export function timeOf(text: string): string | number {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

/** A whole number from 1. */
export function limitOf(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > 0xffff_ffff) {
    throw new UsageError(`\`--limit\` must be a whole number from 1, not \`${text}\``);
  }
  return limit;
}
