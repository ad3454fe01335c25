// An edge function, as such platforms run it: a listener for `fetch`.

import * as peppercorn from "peppercorn";
import { failing } from "./failing.mjs";
import { answers } from "./scenario.mjs";

const answer = async ({ url }) => Response.json(url.endsWith("/failing") ? await failing(peppercorn) : answers(peppercorn));

addEventListener("fetch", (event) => event.respondWith(answer(event.request)));
