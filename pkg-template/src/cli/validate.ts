// `peppercorn validate`: runs validation files, and writes their expected relations anew.

import { type Dev, FileError, INPUT, type ValidationReport, beside, call, fileProblem, read, reason, schemaAlone } from "#files";
import { writeFileSync } from "node:fs";
import { isRefusal } from "./failures.ts";
import { count, lines } from "./report.ts";

export interface ValidateOptions {
  readonly json?: boolean;
  readonly warnings?: boolean;
  readonly update?: boolean;
}

/** Runs every file, also after one that cannot be used, and gives the exit status. */
export function validate(files: readonly string[], options: ValidateOptions): number {
  const reports = files.map((file) => (options.update === true ? (update(file) ?? run(file)) : run(file)));
  if (options.json === true) {
    console.log(JSON.stringify(reports, null, 2));
  } else {
    for (const report of reports) {
      console.log(lines(report, options.warnings === true).join("\n"));
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
  if (isSchema(file)) return runSchema(file);
  return reading(file, (raw, bytes, found) => raw.validateFile(file, bytes, found, Date.now()) as ValidationReport);
}

const isSchema = (file: string): boolean => /\.zed$/i.test(file);

/** What became of a schema, which asserts nothing. */
function runSchema(file: string): ValidationReport {
  try {
    const { bytes, found, sourced } = schemaAlone(file);
    const report = call((raw) => raw.validateFile(file, bytes, found, Date.now()) as ValidationReport);
    return { ...report, diagnostics: sourced(report.diagnostics) };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return unusable(error);
  }
}

/** Writes the expected relations anew; gives a report only where that cannot be done. */
function update(file: string): ValidationReport | undefined {
  if (isSchema(file)) return undefined;
  if (file === INPUT) return unusable(fileProblem(file, "file/unwritable", "standard input cannot be updated"));
  return reading(file, (raw, bytes, found) => {
    const updated = raw.updateFile(file, bytes, found, Date.now()) as string | ValidationReport;
    if (typeof updated !== "string") {
      return updated;
    }
    const written = new TextEncoder().encode(updated);
    if (Buffer.compare(written, bytes) !== 0) {
      try {
        writeFileSync(file, written);
      } catch (error) {
        return unusable(fileProblem(file, "file/unwritable", `cannot be written: ${reason(error)}`));
      }
    }
    return undefined;
  });
}

type Found = (path: string) => Uint8Array | undefined;

/** Does something with a file's bytes and the files beside it. */
function reading<Result>(file: string, work: (raw: Dev, bytes: Uint8Array, found: Found) => Result): Result | ValidationReport {
  const content = read(file);
  if ("problem" in content) {
    return unusable(fileProblem(file, "file/unreadable", content.problem));
  }
  try {
    return call((raw) => work(raw, content.bytes, beside(file)));
  } catch (error) {
    if (isRefusal(error)) {
      return unusable(fileProblem(file, error.code, error.message));
    }
    throw error;
  }
}

function unusable({ file, diagnostics }: FileError): ValidationReport {
  return { file, status: "unusable", assertions: 0, expectedRelations: 0, failures: [], diagnostics };
}

function summary(reports: readonly ValidationReport[]): string {
  const number = (status: ValidationReport["status"]) => reports.filter((report) => report.status === status).length;
  return `${count(reports.length, "file")}: ${number("passed")} passed, ${number("failed")} failed, ${number("unusable")} unusable`;
}
