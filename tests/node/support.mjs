// What the tests of the built package share.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { PeppercornError } from "peppercorn";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A path below the repository. */
export const path = (...parts) => join(ROOT, ...parts);

/** A small schema that most tests use. */
export const SCHEMA = `
definition user {}

definition group {
  relation member: user | group#member
}

definition document {
  relation owner: user
  relation viewer: user | user:* | group#member
  relation banned: user
  permission view = (viewer + owner) - banned
  permission edit = owner
}
`;

/** What a source of the package exports, with what it imports of the others. */
export function compiled(source) {
  const exports = {};
  const { outputFiles } = buildSync({ entryPoints: [path(source)], bundle: true, write: false, format: "cjs" });
  const module = { exports };
  new Function("module", "exports", outputFiles[0].text)(module, exports);
  return module.exports;
}

/** The error that the work must throw. */
export function refusal(work) {
  let result;
  try {
    result = work();
  } catch (error) {
    if (error instanceof PeppercornError) return error;
    throw error;
  }
  throw new Error(`not refused; it gave ${JSON.stringify(result)}`);
}

/** The text that a diagnostic underlines, by its UTF-16 columns. */
export function underlined(text, { line, column, endLine, endColumn }) {
  const lines = text.split(/\r\n|\n|\r/);
  if (line === endLine) return lines[line - 1].slice(column - 1, endColumn - 1);
  return [lines[line - 1].slice(column - 1), ...lines.slice(line, endLine - 1), lines[endLine - 1].slice(0, endColumn - 1)].join("\n");
}

/** Runs the command line of the package. */
export function peppercorn(...words) {
  return node([path("pkg/bin/peppercorn.js"), ...words]);
}

/** Runs Node in the repository. */
export function node(words, options = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 28, ...options });
  return { status, stdout, stderr };
}

/** Runs a piece of code in a Node of its own, where globals can be changed before the package is loaded; what it prints is JSON. */
export function alone(code, ...flags) {
  const { status, stderr, stdout } = node([...flags, "--input-type=module", "-e", code], { cwd: path("tests/node") });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** The reports of validation files, by their paths as given. */
export function reports(files) {
  const { status, stdout, stderr } = peppercorn("validate", "--json", ...files);
  let all;
  try {
    all = JSON.parse(stdout);
  } catch {
    throw new Error(`no JSON (exit ${status}): ${stdout.slice(0, 500)}${stderr}`);
  }
  return { status, all };
}

/** The files of a folder with this ending, relative to the repository, sorted; none where there is no such folder. */
export function filesIn(folder, ending) {
  try {
    return readdirSync(path(folder), { recursive: true })
      .filter((name) => name.endsWith(ending))
      .map((name) => relative(ROOT, path(folder, name)))
      .sort();
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

/** A new folder that is gone after the test. */
export function folder(test) {
  const made = mkdtempSync(join(tmpdir(), "peppercorn-"));
  test.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}
