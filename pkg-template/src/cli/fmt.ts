// `peppercorn fmt`: formats schema files.

import { writeFileSync } from "node:fs";
import { PeppercornError } from "../errors.ts";
import { call } from "./dev.ts";
import { read, reason } from "./files.ts";
import { diagnosticLines } from "./report.ts";
import { filesAndFlags } from "./usage.ts";

/** Formats every file in place, or only says which would change, and gives the exit status. */
export function fmt(words: readonly string[]): number {
  const { files, has } = filesAndFlags(words, ["check"]);
  return files.reduce((status, file) => Math.max(status, formatOne(file, has("check"))), 0);
}

function formatOne(file: string, check: boolean): number {
  const content = read(file);
  if ("problem" in content) {
    return refuse(file, [`  ${content.problem}`]);
  }
  let schema: string;
  try {
    // A byte order mark is kept for the engine to judge, bytes that are no UTF-8 are not guessed at.
    schema = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content.bytes);
  } catch {
    return refuse(file, ["  is not UTF-8"]);
  }
  let formatted: string;
  try {
    formatted = call((raw) => raw.formatSchema(schema));
  } catch (error) {
    if (error instanceof PeppercornError) {
      const places = error.diagnostics.flatMap((diagnostic) => diagnosticLines(file, diagnostic));
      return refuse(file, places.length === 0 ? [`  ${error.message}`] : places);
    }
    throw error;
  }
  if (formatted === schema) {
    console.log(`ok      ${file}`);
    return 0;
  }
  if (check) {
    console.log(`differs ${file}`);
    return 1;
  }
  try {
    writeFileSync(file, formatted);
  } catch (error) {
    return refuse(file, [`  cannot be written: ${reason(error)}`]);
  }
  console.log(`changed ${file}`);
  return 0;
}

function refuse(file: string, lines: readonly string[]): number {
  console.error([`ERROR   ${file}`, ...lines].join("\n"));
  return 2;
}
