// The same contract through `require`.

import peppercorn = require("peppercorn");
import inline = require("peppercorn/inline");
import slim = require("peppercorn/slim");

const engine: peppercorn.Peppercorn = new peppercorn.Peppercorn({ schema: "" });
const answer: boolean = engine.can("user:alice", "view", "document:readme");
const snapshot: peppercorn.Snapshot = engine.snapshot();
const same: typeof peppercorn = inline;
const ready: Promise<void> = slim.load();
void [answer, snapshot, same, ready, peppercorn.PeppercornError];
