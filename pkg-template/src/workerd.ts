// The entry for Cloudflare Workers, where an import of a WebAssembly file gives the compiled module and nothing else may compile one.

import compiled from "../engine.wasm";
import { loader, start } from "./core.ts";

export { Peppercorn, PeppercornError } from "./core.ts";

const module = start(compiled);

export const load = loader(() => module);
