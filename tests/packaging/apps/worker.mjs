// A Worker: the engine is there when the first request comes, also when the module is first run.

import * as peppercorn from "peppercorn";
import * as inline from "peppercorn/inline";
import { failing } from "./failing.mjs";
import { answers } from "./scenario.mjs";

const atStart = code(() => answers(peppercorn));

/** In a module that traps there are none. */
function code(work) {
  try {
    return work();
  } catch (error) {
    return error.code;
  }
}

export default {
  async fetch({ url }) {
    if (url.endsWith("/failing")) return Response.json(await failing(peppercorn));
    await peppercorn.load();
    return Response.json({ atStart, now: answers(peppercorn), inline: answers(inline), same: inline.Peppercorn === peppercorn.Peppercorn });
  },
};
