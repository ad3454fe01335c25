// Reads and compiles a module in Node, without waiting for anything.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The module of that file. */
export function moduleOf(file: string): WebAssembly.Module {
  return new WebAssembly.Module(read(file));
}

/** A file of the package. The bundles are CommonJS files in `dist`, one folder below the modules. */
export function read(file: string): Uint8Array {
  return readFileSync(join(__dirname, "..", file));
}
