// What looks for mistakes in packages: publint, and "are the types wrong" on the tarball.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { app, manifest, tarball } from "./installed.mjs";

test("publint has nothing to say", async () => {
  const { messages, pkg } = await publint({ pkgDir: join(app, "node_modules/peppercorn"), strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

test("no entry's types are wrong", async () => {
  const attw = fileURLToPath(new URL("node_modules/@arethetypeswrong/cli/dist/index.js", import.meta.url));
  const files = Object.keys(manifest.exports).filter((name) => /\.(wasm|json)$/.test(name));
  // Who resolves as Node 10 did finds the main entry, and no entry beside it in any package that has `exports`.
  const words = [attw, tarball, "--format", "json", "--exclude-entrypoints", ...files.map((name) => name.slice(2))];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 1 << 26 }).catch((error) => error);
  const { analysis, problems = {} } = JSON.parse(stdout);
  const beside = ({ resolutionKind, entrypoint }) => resolutionKind === "node10" && entrypoint !== ".";
  assert.deepEqual(Object.values(problems).flat().filter((problem) => !beside(problem)), []);
  assert.deepEqual(Object.keys(analysis.entrypoints).sort(), Object.keys(manifest.exports).filter((name) => !files.includes(name)).sort());
});
