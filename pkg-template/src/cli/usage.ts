// Command lines that make no sense.

import { parseArgs } from "node:util";

/** The command line is wrong; the message says how, and the help follows. */
export class UsageError extends Error {}

/** The files and flags of a command; at least one file. */
export function filesAndFlags(words: readonly string[], flags: readonly string[]): { files: string[]; has: (flag: string) => boolean } {
  const options = Object.fromEntries(flags.map((flag) => [flag, { type: "boolean" as const }]));
  let parsed;
  try {
    parsed = parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (parsed.positionals.length === 0) {
    throw new UsageError("no FILE given");
  }
  const values: Record<string, unknown> = parsed.values;
  return { files: parsed.positionals, has: (flag) => values[flag] === true };
}
