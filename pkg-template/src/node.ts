// The entry for Node.

import { Peppercorn, PeppercornError, loader, start } from "./core.ts";
import { moduleOf } from "./node-module.ts";

const module = start(moduleOf("engine.wasm"));

const load = loader(() => module);

export { Peppercorn, PeppercornError, load };
