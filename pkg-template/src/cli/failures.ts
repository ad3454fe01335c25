// What goes wrong, told to people and to programs.

import { FileError } from "#files";
import type { PeppercornError } from "../../index.cjs";
import { diagnosticLines } from "./report.ts";
import { styleText } from "./style.ts";

/** Whether it is a refusal of ours, whichever bundle threw it. */
export function isRefusal(error: unknown): error is PeppercornError {
  return error instanceof Error && error.name === "PeppercornError" && "diagnostics" in error;
}

/** What a server refused, or why there is none. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  /** gRPC's name of the status, or the reason that the server gave. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** What can be said of an error to whoever called; nothing of one that is a mistake of ours. */
export function failureOf(error: unknown): { readonly lines: readonly string[]; readonly json: object } | undefined {
  const headline = (text: string): string => `${styleText("red", "error", process.stderr)}: ${text}`;
  if (error instanceof FileError) {
    const { file, diagnostics, message } = error;
    const whole = diagnostics.every(({ code }) => code.startsWith("file/"));
    const lines = diagnostics.flatMap((problem) => (whole ? [`  ${problem.message}`] : diagnosticLines(file, problem)));
    const code = diagnostics[0]?.code ?? "file/unusable";
    return { lines: [`${styleText("red", "ERROR", process.stderr)}   ${file}`, ...lines], json: { error: { code, message, file, diagnostics } } };
  }
  if (isRefusal(error)) {
    const { code, message, diagnostics } = error;
    return { lines: [headline(`${message} (${code})`)], json: { error: { code, message, diagnostics } } };
  }
  if (error instanceof ServerError) {
    const { code, message } = error;
    return { lines: [headline(`${message} (${code})`)], json: { error: { code, message, diagnostics: [] } } };
  }
  return undefined;
}
