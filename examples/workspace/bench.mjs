// Checks a second through the package in Node, each permission apart: `cargo xtask bench`.

import { Peppercorn } from "../../pkg/dist/node.mjs";
import { measure, questions, workspace } from "./workspace.mjs";

const { schema, relationships } = workspace();

const started = performance.now();
const engine = new Peppercorn({ schema, relationships });
const loading = performance.now() - started;

console.log(`Node ${process.versions.node}: ${relationships.length} relationships loaded in ${loading.toFixed(1)} ms\n`);
console.log(`${"permission".padEnd(12)}${"checks/s".padStart(12)}${"µs each".padStart(10)}${"granted".padStart(10)}`);
for (const permission of ["view", "comment", "edit", "manage", "publish"]) {
  const list = questions(relationships, [permission]);
  const ask = (...question) => engine.can(...question);
  measure(ask, list, 100);
  const { asked, granted, perSecond, microseconds } = measure(ask, list, 900);
  const share = `${((granted / asked) * 100).toFixed(0)} %`;
  console.log(`${permission.padEnd(12)}${Math.round(perSecond).toLocaleString("en").padStart(12)}${microseconds.toFixed(2).padStart(10)}${share.padStart(10)}`);
}
engine.free();
