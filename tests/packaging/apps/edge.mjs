// An edge function, as such platforms run it: a listener for `fetch`.

import * as peppercorn from "peppercorn";
import { answers } from "./scenario.mjs";

addEventListener("fetch", (event) => event.respondWith(Response.json(answers(peppercorn))));
