// A Worker: the engine is there when the first request comes, also when the module is first run.

import * as peppercorn from "peppercorn";
import * as inline from "peppercorn/inline";
import { answers } from "./scenario.mjs";

const atStart = answers(peppercorn);

export default {
  async fetch() {
    await peppercorn.load();
    return Response.json({ atStart, now: answers(peppercorn), inline: answers(inline), same: inline.Peppercorn === peppercorn.Peppercorn });
  },
};
