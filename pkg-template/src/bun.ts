// The entry for Bun: the module is read from the package's folder, in no time, or taken from the JavaScript where a bundle has left that.

import { readFileSync } from "node:fs";
import * as packed from "#engine-text";
import { embedded, loader, start } from "./core.ts";

export { Peppercorn, PeppercornError } from "./core.ts";

const module = beside() ?? start(new WebAssembly.Module(embedded(packed)));

export const load = loader(() => module);

function beside(): WebAssembly.Module | undefined {
  try {
    return start(new WebAssembly.Module(readFileSync(new URL("../engine.wasm", import.meta.url))));
  } catch {
    // It is not there, or is of another build: what is within is not.
    return undefined;
  }
}
