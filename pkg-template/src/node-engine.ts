// Loads the module in Node: read from the package's folder and compiled, without waiting for anything.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as raw from "#engine";
import { use } from "./raw.ts";

/** Makes the module ready; an entry point calls it before anything else. */
export function load(): void {
  // The bundles are CommonJS files in `dist`, one folder below the module.
  raw.initSync({ module: new WebAssembly.Module(readFileSync(join(__dirname, "..", "engine.wasm"))) });
  use(raw);
}
