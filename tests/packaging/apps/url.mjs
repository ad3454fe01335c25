// A page that says where the module is served.

import * as peppercorn from "peppercorn";
import { EXPECTED, answers } from "./scenario.mjs";
import { show } from "./show.mjs";

show(peppercorn, answers, EXPECTED, (load) => load("/modules/engine.wasm"));
