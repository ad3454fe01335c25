// The engine's WebAssembly module behind the API.

import type * as Engine from "#engine";
import { guarded } from "./guard.ts";

/** What wasm-bindgen exports; an entry point hands it over once it is loaded. */
export type Raw = typeof Engine;

/** The guard of the engine: every call of the API goes through `call`. */
export const { use, hasFailed, call } = guarded<Raw>("the engine");
