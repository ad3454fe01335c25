// Reading files, with the reason in words when it cannot be done.

import { readFileSync } from "node:fs";

/** A file's bytes, or why they cannot be had. */
export type Read = { readonly bytes: Uint8Array } | { readonly problem: string };

/** The name of standard input. */
export const INPUT = "-";

let input: Uint8Array | undefined;

/** Reads a file whole; standard input once, for whoever asks again. */
export function read(path: string): Read {
  try {
    return { bytes: path === INPUT ? (input ??= readFileSync(0)) : readFileSync(path) };
  } catch (error) {
    return { problem: `cannot be read: ${reason(error)}` };
  }
}

/** A system's error in words. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
