// Cost against size: the same questions at 1,000 to 3,000,000 relationships, each size in a process of its own, drawn into docs/scale.svg.
//
//   node benches/node/scale.mjs [--pkg DIR] [--largest N] [--svg FILE] [--out FILE]

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Random } from "../data/random.mjs";
import { time } from "../report.mjs";
import { plot } from "./plot.mjs";
import { FULL, expectAll, measure, measureEach } from "./measure.mjs";
import { load } from "./package.mjs";

const SIZES = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000];

/** Lines of the drawing: those in microseconds, and memory, which has its own axis. */
const TIMES = [
  ["lookup", "lookup of 100 resources"],
  ["write", "write of one relationship"],
  ["nested", "nested check: 5 folders, 3 groups"],
  ["direct", "direct check"],
];

const SCHEMA = `definition user {}

definition group {
  relation member: user | group#member
}

definition folder {
  relation parent: folder
  relation viewer: user | group#member
  permission view = viewer + parent->view
}

definition document {
  relation parent: folder
  relation viewer: user | group#member
  permission view = viewer + parent->view
}
`;

/** What is asked about, the same at every size: a tree of 5 folders with 100 documents, shared with the outermost of 3 groups. */
function asked() {
  const lines = ["group:a#member@group:b#member", "group:b#member@group:c#member", "folder:f1#viewer@group:a#member"];
  for (let level = 2; level <= 5; level += 1) lines.push(`folder:f${level}#parent@folder:f${level - 1}`);
  for (let number = 0; number < 20; number += 1) lines.push(`group:c#member@user:member${number}`);
  for (let number = 0; number < 100; number += 1) lines.push(`document:asked${number}#parent@folder:f5`);
  return lines;
}

/** What is there besides: documents of others, in folders of others and shared with others. */
function others(count) {
  const random = new Random(count);
  return Array.from({ length: count }, (_, number) =>
    number % 2 === 0 ? `document:d${number}#viewer@user:u${random.below(1 + count / 10)}` : `document:d${number - 1}#parent@folder:o${random.below(1 + count / 20)}`,
  );
}

async function measured(pkg, size) {
  const { Peppercorn, memory } = await load(pkg);
  const known = asked();
  const rest = others(size - known.length);
  const empty = memory();
  const engine = new Peppercorn({ schema: SCHEMA, relationships: `${known.join("\n")}\n${rest.join("\n")}` });
  const bytes = engine.save();
  const figures = { size };
  const ask = ({ subject, resource, expect }) => engine.can(subject, "view", resource) === expect;
  const number = (count) => Array.from({ length: count }, (_, place) => place);
  const direct = rest
    .filter((line) => line.includes("#viewer@"))
    .slice(0, 2000)
    .map((line) => ({ subject: line.slice(line.indexOf("@") + 1), resource: line.slice(0, line.indexOf("#")), expect: true }));
  figures.direct = measure(direct, ask, FULL);
  const nested = number(100).map((place) => ({ subject: `user:member${place % 20}`, resource: `document:asked${place}`, expect: true }));
  figures.nested = measure(nested, ask, FULL);
  const lookup = (subject) => engine.lookupResources(subject, "view", "document").results.length === 100;
  figures.lookup = measure(number(20).map((place) => `user:member${place}`), lookup, FULL);
  const fresh = number(20_000).map((place) => `document:fresh${place}#viewer@user:fresh${place % 1000}`);
  const write = (relationship) => engine.write([{ operation: "TOUCH", relationship }]);
  const first = fresh.splice(0, 2_000);
  first.forEach(write);
  figures.write = measureEach(fresh, write);
  expectAll(fresh, (line) => engine.can(line.slice(line.indexOf("@") + 1), "view", line.slice(0, line.indexOf("#"))));
  engine.free();
  // Loading from bytes holds no text beside the relationships.
  const again = await alone({ pkg, bytes });
  return { ...figures, memory: again.memory - empty, perRelationship: (again.memory - empty) / size };
}

async function alone(task) {
  const child = fork(fileURLToPath(import.meta.url), [], { serialization: "advanced" });
  child.send(task);
  const [message] = await Promise.race([once(child, "message"), once(child, "exit").then(() => [{ failed: "a process ended early" }])]);
  if (message.failed !== undefined) throw new Error(message.failed);
  return message;
}

/** What a process of its own does: measures a size, or loads bytes and says what memory that takes. */
async function work({ pkg, size, bytes }) {
  if (size !== undefined) return measured(pkg, size);
  const { Peppercorn, memory } = await load(pkg);
  const engine = Peppercorn.load(bytes);
  expectAll(["user:member0"], (subject) => engine.can(subject, "view", "document:asked0"));
  return { memory: memory() };
}

async function main() {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const string = { type: "string" };
  const { values } = parseArgs({ options: { pkg: string, largest: string, svg: string, out: string, date: string, rustc: string } });
  const pkg = resolve(values.pkg ?? join(root, "pkg"));
  const sizes = SIZES.filter((size) => size <= Number(values.largest ?? SIZES.at(-1)));
  const rows = [];
  console.log(["relationships", ...TIMES.map(([key]) => key), "bytes each"].map((name) => name.padStart(14)).join(""));
  for (const size of sizes) {
    const row = await alone({ pkg, size });
    rows.push(row);
    const cells = [size.toLocaleString("en"), ...TIMES.map(([key]) => time(row[key].median)), row.perRelationship.toFixed(1)];
    console.log(cells.map((cell) => cell.padStart(14)).join(""));
  }
  const write = (file, text) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const lines = TIMES.map(([key, label]) => ({ label, points: rows.map((row) => [row.size, row[key].median]) }));
  write(values.svg ?? join(root, "docs/scale.svg"), plot({ lines, memory: rows.map((row) => [row.size, row.perRelationship]) }));
  const machine = { date: values.date ?? new Date().toISOString(), node: process.version, rustc: values.rustc, cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}` };
  write(values.out ?? join(root, "target/bench/scale.json"), `${JSON.stringify({ ...machine, rows }, undefined, 2)}\n`);
}

if (process.send) {
  process.once("message", async (task) => {
    const message = await work(task).catch((error) => ({ failed: error.message }));
    process.send(message, () => process.disconnect());
  });
} else {
  await main().catch((error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  });
}
