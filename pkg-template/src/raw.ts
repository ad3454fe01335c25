// The engine's WebAssembly module behind the API.

import type bind from "#engine";
import { guarded } from "./guard.ts";

/** What wasm-bindgen exports; it is handed over once it is loaded. */
export type Raw = ReturnType<typeof bind>;

/** The guard of the engine: every call of the API goes through `call`. */
export const { use, isLoaded, hasFailed, whenFailed, call, free } = guarded<Raw>("the engine", "; engines made after `await load()` live in a new instance of it");
