// Where the import is all it takes.

import * as peppercorn from "peppercorn";
import { answers } from "./scenario.mjs";

console.log(JSON.stringify(answers(peppercorn)));
