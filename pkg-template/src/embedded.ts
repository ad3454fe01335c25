// The entry for Deno and for what is bundled for Node: the module is in the JavaScript, so that nothing is read from a folder that a bundle
// has left or for which there is no permission, and is there after the import.

import * as packed from "#engine-text";
import { embedded, loader, start } from "./core.ts";

export { Peppercorn, PeppercornError } from "./core.ts";

const module = start(new WebAssembly.Module(embedded(packed)));

export const load = loader(() => module);
