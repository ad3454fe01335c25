// The same contract through `require`.

import peppercorn = require("peppercorn");

const engine: peppercorn.Peppercorn = new peppercorn.Peppercorn({ schema: "" });
const answer: boolean = engine.can("user:alice", "view", "document:readme");
const snapshot: peppercorn.Snapshot = engine.snapshot();
void [answer, snapshot, peppercorn.PeppercornError];
