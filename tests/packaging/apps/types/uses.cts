// The same through `require`.

import peppercorn = require("peppercorn");
import inline = require("peppercorn/inline");
import slim = require("peppercorn/slim");

const engine: peppercorn.Peppercorn = new inline.Peppercorn();
const ready: Promise<void> = slim.load(new Uint8Array());
// @ts-expect-error `can` needs a resource
engine.can("user:a", "view");
void ready;
