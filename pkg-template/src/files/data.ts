// What files describe: a schema and relationships, for an engine of one's own.

import { dirname, join, resolve } from "node:path";
import type { Diagnostic } from "../../index.cjs";
import { type RawData, type ValidationReport, call } from "./dev.ts";
import { read, reason } from "./read.ts";

/** What a file describes. */
export type FileData = RawData;

/** A file that cannot be used; `diagnostics` say why and where. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];

  constructor(file: string, diagnostics: readonly Diagnostic[]) {
    const [first] = diagnostics;
    super(first === undefined ? `\`${file}\` cannot be used` : `${first.source ?? file}:${first.line}:${first.column}: ${first.message}`);
    this.file = file;
    this.diagnostics = diagnostics;
  }
}

/** A problem with a file as a whole. */
export function fileProblem(file: string, code: string, message: string): FileError {
  return new FileError(file, [{ code, severity: "error", message, line: 1, column: 1, endLine: 1, endColumn: 1 }]);
}

/** A file's bytes. */
export function bytesOf(file: string): Uint8Array {
  const content = read(file);
  if ("problem" in content) {
    throw fileProblem(file, "file/unreadable", content.problem);
  }
  return content.bytes;
}

/** A file's text. */
export function textOf(file: string): string {
  const bytes = bytesOf(file);
  try {
    // A byte order mark is kept for the engine to judge, bytes that are no UTF-8 are not guessed at.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw error instanceof TypeError ? fileProblem(file, "file/encoding", "is not UTF-8") : fileProblem(file, "file/unreadable", `cannot be read: ${reason(error)}`);
  }
}

/** Gives a file named beside another, relative to it. */
export function beside(file: string): (path: string) => Uint8Array | undefined {
  return (path) => {
    const found = read(resolve(dirname(file), path));
    return "bytes" in found ? found.bytes : undefined;
  };
}

/** What a validation file holds; a schema file that it names, and what that imports, are read beside it. */
export function readValidationFile(file: string): FileData {
  return data(file, bytesOf(file), beside(file));
}

/** A name for the schema file that no import has. */
const SCHEMA = "./(schema)";

/** A schema file as a validation file with nothing else, whose schema is one that may import. */
export function schemaAlone(file: string) {
  // Of what is no text, the file's own name tells.
  const bytes = new TextEncoder().encode(textOf(file));
  const found = beside(file);
  return {
    bytes: new TextEncoder().encode(`schemaFile: "${SCHEMA}"\n`),
    found: (path: string): Uint8Array | undefined => (path === SCHEMA ? bytes : found(path)),
    sourced: (diagnostics: readonly Diagnostic[]): Diagnostic[] => diagnostics.map((problem) => sourced(file, problem)),
  };
}

/** What a schema file holds, and what it imports. */
export function readSchemaFile(file: string): FileData {
  const { bytes, found, sourced } = schemaAlone(file);
  try {
    return data(file, bytes, found);
  } catch (error) {
    if (error instanceof FileError) throw new FileError(file, sourced(error.diagnostics));
    throw error;
  }
}

/** The problem with the name that the user knows its file by. */
function sourced(file: string, problem: Diagnostic): Diagnostic {
  const { source, ...rest } = problem;
  if (source === undefined) {
    // With the file around the schema there is nothing wrong: it is the schema as a whole.
    return { ...rest, line: 1, column: 1, endLine: 1, endColumn: 1 };
  }
  return source === SCHEMA ? rest : { ...rest, source: join(dirname(file), source) };
}

function data(file: string, bytes: Uint8Array, around: (path: string) => Uint8Array | undefined): FileData {
  const found = call((raw) => raw.readFile(file, bytes, around)) as RawData | ValidationReport;
  if ("status" in found) {
    throw new FileError(file, found.diagnostics.filter(({ severity }) => severity === "error"));
  }
  return found;
}
