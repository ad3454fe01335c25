// `peppercorn fmt`: formats schema files.

import { FileError, INPUT, call, fileProblem, reason, textOf } from "#files";
import { writeFileSync } from "node:fs";
import type { Diagnostic } from "../../index.cjs";
import { failureOf, isRefusal } from "./failures.ts";
import { NO, UNUSABLE, YES } from "./status.ts";
import { UsageError } from "./usage.ts";

export interface FormatOptions {
  readonly check?: boolean;
  readonly json?: boolean;
}

/** What became of a file. `ok`: there was nothing to do; `differs`: there would be. */
interface Formatted {
  readonly file: string;
  readonly status: "ok" | "changed" | "differs" | "unusable";
  readonly diagnostics: readonly Diagnostic[];
}

/** Formats every file in place (standard input to standard output), or only says which would change, and gives the exit status. */
export function fmt(files: readonly string[], options: FormatOptions): number {
  if (options.json === true && options.check !== true && files.includes(INPUT)) {
    throw new UsageError("`--json` tells of files: what standard input becomes is printed");
  }
  const all = files.map((file) => formatOne(file, options));
  if (options.json === true) {
    console.log(JSON.stringify(all, null, 2));
  }
  return all.reduce((worst, { status }) => Math.max(worst, status === "unusable" ? UNUSABLE : status === "differs" ? NO : YES), YES);
}

function formatOne(file: string, { check = false, json = false }: FormatOptions): Formatted {
  try {
    const status = format(file, check);
    if (!json && (check || file !== INPUT)) console.log(`${status.padEnd(7)} ${file}`);
    return { file, status, diagnostics: [] };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    console.error(failureOf(error)?.lines.join("\n"));
    return { file, status: "unusable", diagnostics: error.diagnostics };
  }
}

function format(file: string, check: boolean): "ok" | "changed" | "differs" {
  const schema = textOf(file);
  let formatted: string;
  try {
    formatted = call((raw) => raw.formatSchema(schema));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw error.diagnostics.length === 0 ? fileProblem(file, "file/unusable", error.message) : new FileError(file, error.diagnostics);
  }
  const isSame = formatted === schema;
  if (check) return isSame ? "ok" : "differs";
  if (file === INPUT) {
    process.stdout.write(formatted);
  } else if (!isSame) {
    write(file, formatted);
  }
  return isSame ? "ok" : "changed";
}

/** Writes a file whole. */
export function write(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw fileProblem(file, "file/unwritable", `cannot be written: ${reason(error)}`);
  }
}
