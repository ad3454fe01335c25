// The entry for Vercel's edge functions, which want to be told that the module itself is meant.

import compiled from "../engine.wasm?module";
import { loader, start } from "./core.ts";

export { Peppercorn, PeppercornError } from "./core.ts";

const module = start(compiled);

export const load = loader(() => module);
