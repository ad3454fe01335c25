// Measures one workload in a process of its own: its memory and its compiled code are nobody else's.
//
//   node [--cpu-prof] benches/node/worker.mjs W1 '{"pkg": "pkg", "data": "target/bench/data"}'
//
// Tells the parent, or prints, a row at a time; exits with 1 after a wrong answer.

import { resolve } from "node:path";
import { dataSet } from "./data.mjs";
import { FULL, QUICK } from "./measure.mjs";
import { load } from "./package.mjs";
import { WORKLOADS } from "./workloads.mjs";

const [name, options] = process.argv.slice(2);
const { pkg, data, quick = false } = JSON.parse(options ?? "{}");
const tell = (message) => (process.send ? process.send(message) : console.log(JSON.stringify(message)));

try {
  const { Peppercorn, memory } = await load(resolve(pkg));
  const bench = {
    Peppercorn,
    memory,
    pkg: resolve(pkg),
    folder: resolve(data),
    budget: quick ? QUICK : FULL,
    data: (set) => dataSet(bench.folder, set),
    /** Reports a row of the table: `targets.mjs` knows its key. */
    row: (key, figures) => tell({ key, memory: memory(), ...figures }),
    note: (text) => tell({ note: text }),
  };
  await WORKLOADS[name].run(bench);
} catch (error) {
  tell({ failed: `${name}: ${error.message}` });
  if (!process.send) console.error(error);
  process.exitCode = 1;
}
