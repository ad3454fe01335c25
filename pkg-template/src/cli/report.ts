// What people see: one line a file, and each problem with its place.

import type { ValidationFailure, ValidationReport } from "#files";
import type { Diagnostic } from "../../index.cjs";
import { styleText } from "./style.ts";

/** The lines for one validation file; warnings are counted, and shown where they are asked for. */
export function lines(report: ValidationReport, showWarnings: boolean): string[] {
  const shown = report.diagnostics.filter((found) => found.severity === "error" || (showWarnings && isWarning(found)));
  return [headline(report), ...report.failures.flatMap(failureLines.bind(undefined, report.file)), ...shown.flatMap(diagnosticLines.bind(undefined, report.file))];
}

function failureLines(file: string, failure: ValidationFailure): string[] {
  const place = `  ${file}:${failure.line}:${failure.column}  ${failure.assertion}`;
  if (failure.code === "validation/assertion-failed") {
    return [place, `    expected ${failure.expected}, found ${failure.found}`];
  }
  return [place, `    ${failure.code}: ${failure.message}`];
}

function isWarning(found: Diagnostic): boolean {
  return found.severity === "warning";
}

/** The lines for one problem with a text. */
export function diagnosticLines(file: string, diagnostic: Diagnostic): string[] {
  const place = `  ${diagnostic.source ?? file}:${diagnostic.line}:${diagnostic.column}`;
  const what = `${place}  ${diagnostic.severity} ${diagnostic.code}: ${diagnostic.message}`;
  return diagnostic.help === undefined ? [what] : [what, `    help: ${diagnostic.help}`];
}

/** `1 error`, `2 errors`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function headline(report: ValidationReport): string {
  const warnings = report.diagnostics.filter(isWarning).length;
  const notes = warnings === 0 ? "" : `, ${count(warnings, "warning")}`;
  const asked = count(report.assertions, "assertion") + (report.expectedRelations === 0 ? "" : `, ${count(report.expectedRelations, "expected relation")}`);
  switch (report.status) {
    case "passed":
      return `${styleText("green", "ok   ")} ${report.file}  ${asked}${notes}`;
    case "failed":
      return `${styleText("red", "FAIL ")} ${report.file}  ${count(report.failures.length, "failure")} in ${asked}${notes}`;
    case "unusable": {
      const errors = report.diagnostics.filter((diagnostic) => diagnostic.severity === "error").length;
      return `${styleText("red", "ERROR")} ${report.file}  ${count(errors, "error")}`;
    }
  }
}
