// A page: before `load` there are no engines, after it there are answers. What there was to say is left in `window.result`.

import * as peppercorn from "peppercorn";
import { EXPECTED, answers } from "./scenario.mjs";
import { show } from "./show.mjs";

show(peppercorn, answers, EXPECTED, (load) => load());
