// Measures the workloads through the built package and prints the table: `node benches/node/run.mjs --help`.

import { fork } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { FOLDER, ensure } from "../data/generate.mjs";
import { criterionResults } from "../native.mjs";
import { measurePeers } from "../peers/peers.mjs";
import { compared, peerTable, table } from "../report.mjs";
import { WORKLOADS } from "./workloads.mjs";

const HELP = `node benches/node/run.mjs [--pkg DIR] [--only W1,W2] [--quick] [--data DIR] [--peers] [--out FILE]

  --pkg DIR     the built package (default: pkg)
  --only W,...  these workloads only: ${Object.keys(WORKLOADS).join(", ")}
  --quick       short measurements, and nothing with a million relationships
  --data DIR    data sets of the same format from elsewhere
  --peers       measure the peers too
  --native      show what was measured natively beside it (target/bench/criterion)
  --native-only  show nothing else
  --out FILE    where the JSON goes (default: target/bench/results.json)`;

const root = fileURLToPath(new URL("../..", import.meta.url));

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
}

async function main() {
  const string = { type: "string" };
  const flag = { type: "boolean", default: false };
  const { values } = parseArgs({
    options: { pkg: string, only: string, quick: flag, data: string, peers: flag, native: flag, "native-only": flag, out: string, rustc: string, date: string, help: flag },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { quick } = values;
  const nativeOnly = values["native-only"];
  const names = chosen(values.only, quick);
  const pkg = resolve(values.pkg ?? join(root, "pkg"));
  if (!nativeOnly && !existsSync(join(pkg, "dist/node.mjs"))) throw new Error(`${pkg} holds no built package`);
  const data = folderOf(values.data, names);

  const [rows, failures] = [{}, []];
  for (const name of nativeOnly ? [] : names) {
    progress(name);
    await worker(name, { pkg, data, quick }, (message) => {
      if (message.failed !== undefined) failures.push(message.failed);
      else rows[message.key] = message;
    });
  }
  const peers = values.peers ? await measurePeers(names, { data, quick, say: progress, failures }) : {};
  const native = values.native || nativeOnly ? criterionResults(join(root, "target/bench/criterion")) : {};
  const module = nativeOnly ? undefined : gzipSync(readFileSync(join(pkg, "engine.wasm")), { level: 9 }).length;
  const all = compared({ rows, native, peers });
  progress();
  const machine = {
    date: values.date ?? new Date().toISOString(),
    node: process.version,
    rustc: values.rustc,
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
    quick,
  };
  console.log(table(all, { peers, module }));
  if (values.peers) console.log(`\n${peerTable(peers)}`);
  console.log(`\nNode ${machine.node}, ${machine.cpu}${values.data === undefined ? "" : `, data of ${values.data}`}`);
  write(values.out ?? join(root, "target/bench/results.json"), { ...machine, module, rows: all, peers });
  for (const failure of failures) console.error(`error: ${failure}`);
  return failures.length > 0 ? 1 : 0;
}

/** Says on a terminal what is being measured. */
function progress(what) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what === undefined ? "" : `measuring ${what} `}`);
}

/** The workloads to run. */
function chosen(only, quick) {
  if (only === undefined) return Object.keys(WORKLOADS).filter((name) => !(quick && WORKLOADS[name].slow));
  const names = only.split(",");
  const unknown = names.find((name) => !(name in WORKLOADS));
  if (unknown !== undefined) throw new Error(`there is no workload \`${unknown}\`, only ${Object.keys(WORKLOADS).join(", ")}`);
  return names;
}

/** Where the data sets are: ours are written if need be. */
function folderOf(given, names) {
  const needed = [...new Set(names.flatMap((name) => WORKLOADS[name].data))];
  if (given === undefined) {
    ensure(needed);
    return FOLDER;
  }
  const folder = resolve(given);
  if (!existsSync(folder)) throw new Error(`--data: there is no folder ${folder}`);
  const missing = needed.flatMap((name) => ["zed", "rels", "queries.json"].map((ending) => `${name}.${ending}`)).filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) throw new Error(`--data: ${folder} holds no ${missing.join(", ")}`);
  return folder;
}

/** Runs one workload in its own process. */
function worker(name, options, tell) {
  const file = fileURLToPath(new URL("worker.mjs", import.meta.url));
  const child = fork(file, [name, JSON.stringify(options)], { execArgv: ["--expose-gc"] });
  let told = false;
  child.on("message", (message) => {
    told ||= message.failed !== undefined;
    tell(message);
  });
  return new Promise((resolve) => {
    child.on("exit", (code, signal) => {
      if ((code !== 0 || signal !== null) && !told) tell({ failed: `${name}: its process ended with ${signal ?? code}` });
      resolve();
    });
  });
}

function write(file, results) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}
