// `peppercorn validate`: runs validation files, and writes their expected relations anew.

import { writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Diagnostic } from "../../index.cjs";
import { PeppercornError } from "../errors.ts";
import { type Dev, type ValidationReport, call } from "./dev.ts";
import { read, reason } from "./files.ts";
import { count, lines } from "./report.ts";
import { filesAndFlags } from "./usage.ts";

/** Runs every file, also after one that cannot be used, and gives the exit status. */
export function validate(words: readonly string[]): number {
  const { files, has } = filesAndFlags(words, ["json", "warnings", "update"]);
  const reports = files.map((file) => (has("update") ? (update(file) ?? run(file)) : run(file)));
  if (has("json")) {
    console.log(JSON.stringify(reports, null, 2));
  } else {
    for (const report of reports) {
      console.log(lines(report, has("warnings")).join("\n"));
    }
    if (reports.length > 1) {
      console.error(summary(reports));
    }
  }
  return reports.reduce((status, report) => Math.max(status, STATUS[report.status]), 0);
}

const STATUS = { passed: 0, failed: 1, unusable: 2 } as const;

/** What became of the file. */
function run(file: string): ValidationReport {
  return reading(file, (raw, bytes, beside) => raw.validateFile(file, bytes, beside, Date.now()) as ValidationReport);
}

/** Writes the expected relations anew; gives a report only where that cannot be done. */
function update(file: string): ValidationReport | undefined {
  return reading(file, (raw, bytes, beside) => {
    const updated = raw.updateFile(file, bytes, beside, Date.now()) as string | ValidationReport;
    if (typeof updated !== "string") {
      return updated;
    }
    const written = new TextEncoder().encode(updated);
    if (Buffer.compare(written, bytes) !== 0) {
      try {
        writeFileSync(file, written);
      } catch (error) {
        return unusable(file, "file/unwritable", `cannot be written: ${reason(error)}`);
      }
    }
    return undefined;
  });
}

type Beside = (path: string) => Uint8Array | undefined;

/** Does something with a file's bytes and the files beside it. */
function reading<Result>(file: string, work: (raw: Dev, bytes: Uint8Array, beside: Beside) => Result): Result | ValidationReport {
  const content = read(file);
  if ("problem" in content) {
    return unusable(file, "file/unreadable", content.problem);
  }
  // A schema file or import is named relative to the file that names it.
  const beside = (path: string): Uint8Array | undefined => {
    const found = read(resolve(dirname(file), path));
    return "bytes" in found ? found.bytes : undefined;
  };
  try {
    return call((raw) => work(raw, content.bytes, beside));
  } catch (error) {
    if (error instanceof PeppercornError) {
      return unusable(file, error.code, error.message);
    }
    throw error;
  }
}

function unusable(file: string, code: string, message: string): ValidationReport {
  const diagnostic: Diagnostic = { code, severity: "error", message, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { file, status: "unusable", assertions: 0, expectedRelations: 0, failures: [], diagnostics: [diagnostic] };
}

function summary(reports: readonly ValidationReport[]): string {
  const number = (status: ValidationReport["status"]) => reports.filter((report) => report.status === status).length;
  return `${count(reports.length, "file")}: ${number("passed")} passed, ${number("failed")} failed, ${number("unusable")} unusable`;
}
