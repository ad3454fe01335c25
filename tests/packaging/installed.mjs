// The packed tarball, installed in a folder that has nothing to do with this one.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const run = promisify(execFile);
const npm = (...words) => [process.platform === "win32" ? "npm.cmd" : "npm", [...words, "--no-audit", "--no-fund", "--loglevel=error"]];

/** Of what is tried here, gone at the end. */
const folder = realpathSync(mkdtempSync(join(tmpdir(), "peppercorn-packaging-")));
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

/** The tarball. */
export const tarball = await packed();

/** The application that has it installed. */
export const app = await installed();

/** The manifest of what is installed. */
export const manifest = JSON.parse(readFileSync(join(app, "node_modules/peppercorn/package.json"), "utf8"));

async function packed() {
  const [program, words] = npm("pack", fileURLToPath(new URL("../../pkg", import.meta.url)), "--json", "--ignore-scripts", "--pack-destination", folder);
  const { stdout } = await run(program, words, { cwd: folder });
  // npm 12 answers with an object by package name, older ones with an array.
  const [{ filename }] = Object.values(JSON.parse(stdout));
  return join(folder, filename);
}

async function installed() {
  const made = join(folder, "app");
  mkdirSync(made);
  writeFileSync(join(made, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  const [program, words] = npm("install", tarball, "--prefer-offline", "--ignore-scripts", "--omit=peer");
  await run(program, words, { cwd: made });
  assert.ok(existsSync(join(made, "node_modules/peppercorn/engine.wasm")));
  cpSync(join(HERE, "apps"), made, { recursive: true });
  return made;
}

/** Writes a file of the application. */
export function put(name, text) {
  writeFileSync(join(app, name), text);
  return join(app, name);
}

/** A new folder for what is built. */
export function output(name) {
  const made = join(folder, name);
  mkdirSync(made);
  return made;
}

/** Runs a program in the application's folder, and gives what it prints. A complaint is a failure. */
export function printed(program, ...words) {
  return new Promise((resolve, reject) => {
    // Nothing to read, so that nobody is asked for permissions.
    const child = spawn(program, words, { cwd: app, stdio: ["ignore", "pipe", "pipe"] });
    let [text, complaints] = ["", ""];
    child.stdout.on("data", (data) => (text += data));
    child.stderr.on("data", (data) => (complaints += data));
    child.on("error", reject);
    child.on("close", (status) => {
      if (status === 0 && complaints === "") resolve(text);
      else reject(new Error(`${program} ${words.join(" ")} (${status}): ${text}${complaints}`));
    });
  });
}

/** The same where what it prints is JSON. */
export async function answered(program, ...words) {
  return JSON.parse(await printed(program, ...words));
}
