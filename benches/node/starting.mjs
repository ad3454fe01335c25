// From nothing to the first answer, in new processes.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { WrongAnswer, spread } from "./measure.mjs";

const SCHEMA = "definition user {}\ndefinition document {\n  relation viewer: user\n  permission view = viewer\n}";
const RELATIONSHIP = "document:readme#viewer@user:alice";

/** Of 15 processes: from spawning it, and from where it begins to import the package. */
export async function run(bench) {
  const [spawned, imported, importing] = [[], [], []];
  for (let count = 0; count < (bench.budget.quick ? 3 : 15); count += 1) {
    const start = performance.now();
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), bench.pkg], { stdio: ["ignore", "pipe", "inherit"] });
    const [output] = await once(child.stdout, "data");
    spawned.push((performance.now() - start) * 1000);
    const { answer, total, of } = JSON.parse(output);
    if (answer !== true) throw new WrongAnswer("the first answer is wrong");
    imported.push(total * 1000);
    importing.push(of * 1000);
  }
  for (const [key, each] of [["W12.import", imported], ["W12.module", importing], ["W12.spawn", spawned]]) {
    bench.row(key, { ...spread(each), memory: undefined });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const start = performance.now();
  const { Peppercorn } = await import(pathToFileURL(join(process.argv[2], "dist/node.mjs")));
  const there = performance.now();
  const engine = new Peppercorn({ schema: SCHEMA, relationships: [RELATIONSHIP] });
  const answer = engine.can("user:alice", "view", "document:readme");
  const end = performance.now();
  process.stdout.write(JSON.stringify({ answer, total: end - start, of: there - start }));
}
