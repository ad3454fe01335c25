// Compiles a module in Node: read from the package's folder, without waiting for anything.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The module of that file. */
export function moduleOf(file: string): WebAssembly.Module {
  // The bundles are CommonJS files in `dist`, one folder below the modules.
  return new WebAssembly.Module(readFileSync(join(__dirname, "..", file)));
}
