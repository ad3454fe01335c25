// The entry for wherever else there is WebAssembly: the module is in the JavaScript, and `load` fetches nothing.

import * as packed from "#engine-text";
import { embedded, loader } from "./core.ts";

export { Peppercorn, PeppercornError } from "./core.ts";

export const load = loader(() => embedded(packed));
