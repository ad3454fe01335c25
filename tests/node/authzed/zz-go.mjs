import * as stock from "@authzed/authzed-node";
import { Peppercorn } from "peppercorn";
import * as ours from "peppercorn/authzed";
import { run } from "./program.mjs";
import { listen } from "./wire.mjs";
import { isDeepStrictEqual, inspect } from "node:util";
const connecting = ({ v1 }, address) => (token, options) => v1.NewClient(token, address, v1.ClientSecurity.INSECURE_LOCALHOST_ALLOWED, undefined, options);
const t0=Date.now();
const told = await run({ v1: ours.v1, connect: connecting(ours, "localhost:50051") });
console.log("ours", Date.now()-t0);
const engines = new Map();
const server = await listen({ client: async (token) => { if (!engines.has(token)) engines.set(token, ours.clientOf(new Peppercorn())); return engines.get(token); } });
let other;
if (process.argv[2]) other = JSON.parse(await (await import("node:fs")).promises.readFile("/tmp/probe-client/spicedb.json"));
else other = await run({ v1: stock.v1, connect: connecting(stock, server.address), without: ["served"] });
const mine = JSON.parse(JSON.stringify(told)); other = JSON.parse(JSON.stringify(other));
for (const o of other) { const m = mine.find(x=>x.name===o.name); if (!isDeepStrictEqual(m,o)) console.log(inspect({name:o.name, ours:m.found, theirs:o.found},{depth:9,compact:6,breakLength:160})); }
console.log(Date.now()-t0, other.length, mine.length);
process.exit(0);
