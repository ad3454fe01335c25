// A page that has the bundler bring the module along, and loads it itself.

import * as peppercorn from "peppercorn/slim";
import module from "peppercorn/engine.wasm";
import { EXPECTED, answers } from "./scenario.mjs";
import { show } from "./show.mjs";

show(peppercorn, answers, EXPECTED, (load) => load(new URL(module, import.meta.url)));
