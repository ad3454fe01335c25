// `peppercorn validate`: runs validation files.

import { dirname, resolve } from "node:path";
import type { Diagnostic } from "../../index.cjs";
import { PeppercornError } from "../errors.ts";
import { type ValidationReport, call } from "../raw.ts";
import { read } from "./files.ts";
import { count, lines } from "./report.ts";
import { filesAndFlags } from "./usage.ts";

/** Runs every file, also after one that cannot be used, and gives the exit status. */
export function validate(words: readonly string[]): number {
  const { files, has } = filesAndFlags(words, ["json", "warnings"]);
  const reports = files.map(validateOne);
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

function validateOne(file: string): ValidationReport {
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
    return JSON.parse(call((raw) => raw.validateFile(file, content.bytes, beside, Date.now()))) as ValidationReport;
  } catch (error) {
    if (error instanceof PeppercornError) {
      return unusable(file, error.code, error.message);
    }
    throw error;
  }
}

function unusable(file: string, code: string, message: string): ValidationReport {
  const diagnostic: Diagnostic = { code, severity: "error", message, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { file, status: "unusable", assertions: 0, failures: [], diagnostics: [diagnostic], notChecked: [] };
}

function summary(reports: readonly ValidationReport[]): string {
  const number = (status: ValidationReport["status"]) => reports.filter((report) => report.status === status).length;
  return `${count(reports.length, "file")}: ${number("passed")} passed, ${number("failed")} failed, ${number("unusable")} unusable`;
}
