// Writes the workloads as files: `<W>.zed` (schema), `<W>.rels` (a relationship a line), `<W>.queries.json` (questions and answers).
//
//   node benches/data/generate.mjs [--to DIR] [W1 W2 ...]
//
// What is there already and was written by this same generator stays as it is.

import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { W1, W10M, W4, W5 } from "./flat.mjs";
import { W14, W15, W2, W6 } from "./folders.mjs";
import { W3 } from "./organizations.mjs";
import { Random } from "./random.mjs";

const MAKERS = { W1, W2, W3, W4, W5, W6, W10M, W14, W15 };

/** The names of the data sets. W7, W8 and W13 ask of W2 and W15, W9 to W12 of W1 and W10M. */
export const NAMES = Object.keys(MAKERS);

/** Where the data sets are unless told otherwise. */
export const FOLDER = fileURLToPath(new URL("../../target/bench/data/", import.meta.url));

/** Makes sure that the data sets are in the folder. */
export function ensure(names, folder = FOLDER, say = console.error) {
  mkdirSync(folder, { recursive: true });
  const version = generatorVersion();
  for (const name of names) {
    const stamp = join(folder, `${name}.version`);
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === version) continue;
    say(`bench: writing ${name}`);
    // The name is the seed: a set does not change when another one does.
    const seed = createHash("sha256").update(name).digest().readUInt32LE();
    const { schema, lines, queries } = MAKERS[name](new Random(seed));
    if (new Set(lines).size !== lines.length) throw new Error(`${name} holds a relationship twice`);
    writeFileSync(join(folder, `${name}.zed`), schema);
    writeLines(join(folder, `${name}.rels`), lines);
    writeFileSync(join(folder, `${name}.queries.json`), JSON.stringify(queries));
    writeFileSync(stamp, version);
  }
}

function writeLines(file, lines) {
  const opened = openSync(file, "w");
  for (let start = 0; start < lines.length; start += 50_000) writeSync(opened, `${lines.slice(start, start + 50_000).join("\n")}\n`);
  closeSync(opened);
}

/** Changes whenever a file of the generator does. */
function generatorVersion() {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const hash = createHash("sha256");
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)));
  return hash.digest("hex");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const words = process.argv.slice(2);
  const to = words.indexOf("--to");
  const [, folder] = to < 0 ? [] : words.splice(to, 2);
  const unknown = words.find((word) => !NAMES.includes(word));
  if (unknown !== undefined) {
    console.error(`error: there is no data set \`${unknown}\`, only ${NAMES.join(", ")}`);
    process.exit(2);
  }
  ensure(words.length > 0 ? words : NAMES, folder, console.log);
}
