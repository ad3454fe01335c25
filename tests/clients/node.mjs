// The scenario with @authzed/authzed-node: `node node.mjs ADDRESS TOKEN [all]` prints what comes of each step, one JSON a line.

import { asked, stockClient } from "../node/server/grpc.mjs";
import { OTHER_STEPS, STEPS, filled, keep } from "./scenario.mjs";

const [address, token, all] = process.argv.slice(2);
const client = stockClient(address, token);
const saved = new Map();
for (const step of all ? [...STEPS, ...OTHER_STEPS] : STEPS) {
  const found = await asked(client, step.method, { ...filled({ request: step.request, requests: step.requests }, saved), take: step.take });
  keep(step, found, saved);
  console.log(JSON.stringify({ name: step.name, ...found }));
}
client.close();
