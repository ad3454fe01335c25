// The same contracts through `require`; of the server alone, no other package's types are read.

import gateway = require("peppercorn/gateway");
import peppercorn = require("peppercorn");
import server = require("peppercorn/server");

const options: server.ServeOptions = { engine: new peppercorn.Peppercorn(), presharedKeys: ["key"] };
void [server.serve(options), gateway.createGateway({ engine: new peppercorn.Peppercorn(), testing: true })];
