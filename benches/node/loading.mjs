// Loading from text and from saved bytes, and the memory it takes: each in a process of its own.

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataSet } from "./data.mjs";
import { WrongAnswer, expectAll, measure, spread, timed } from "./measure.mjs";
import { load } from "./package.mjs";

/** Loads the data set several times, unless that takes long, each time in a new process. */
export async function run(bench, set, key) {
  const folder = mkdtempSync(join(tmpdir(), "peppercorn-bench-"));
  const saved = join(folder, "saved");
  try {
    for (const from of ["text", "saved"]) {
      const all = [];
      const started = performance.now();
      while (all.length < (bench.budget.quick ? 1 : 5) && performance.now() - started < 12_000) {
        all.push(await alone({ pkg: bench.pkg, data: bench.folder, set, from, saved, save: from === "text" && all.length === 0, budget: bench.budget }));
      }
      const { memory, rss, check, saving, bytes } = all[0];
      bench.row(`${key}.${from}`, { ...spread(all.map((one) => one.loading)), memory, rss });
      bench.row(`${key}.${from}.check`, { ...check, memory });
      if (saving !== undefined) bench.row(`${key}.save`, { ...spread([saving]), memory: undefined, bytes });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function alone(task) {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(task)], { execArgv: ["--expose-gc"] });
  const [message] = await Promise.race([once(child, "message"), once(child, "exit").then(() => [{ failed: "a process that loads ended early" }])]);
  if (message.failed !== undefined) throw new WrongAnswer(message.failed);
  return message;
}

/** In the process of its own. */
async function loaded(task) {
  const { Peppercorn, memory } = await load(task.pkg);
  const { schema, relationships, queries } = dataSet(task.data, task.set);
  const bytes = task.from === "saved" ? new Uint8Array(readFileSync(task.saved)) : undefined;
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const { result: engine, microseconds: loading } = timed(() =>
    bytes === undefined ? new Peppercorn({ schema, relationships }) : Peppercorn.load(bytes),
  );
  const figures = { loading, memory: memory(), rss: process.memoryUsage.rss() - before };
  const ask = ({ subject, permission, resource, expect }) => engine.can(subject, permission, resource) === expect;
  expectAll(Object.values(queries).flat(), ask);
  figures.check = measure(queries.allow, ask, task.budget);
  if (task.save) {
    const { result, microseconds } = timed(() => engine.save());
    writeFileSync(task.saved, result);
    Object.assign(figures, { saving: microseconds, bytes: result.length });
  }
  return figures;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const message = await loaded(JSON.parse(process.argv[2])).catch((error) => ({ failed: error.message }));
  process.send(message, () => process.disconnect());
}
