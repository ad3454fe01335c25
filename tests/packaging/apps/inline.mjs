// A page with the module in its JavaScript.

import * as peppercorn from "peppercorn/inline";
import { EXPECTED, answers } from "./scenario.mjs";
import { show } from "./show.mjs";

show(peppercorn, answers, EXPECTED, (load) => load());
