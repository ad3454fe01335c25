// The entry for browsers and their bundlers: the module is fetched from beside the JavaScript when `load` is called. Bundlers know this
// form of a URL and bring the file along.

import { loader } from "./core.ts";

export { Peppercorn, PeppercornError } from "./core.ts";

export const load = loader(() => new URL("../engine.wasm", import.meta.url));
