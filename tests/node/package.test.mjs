// What would be published.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { compiled, path } from "./support.mjs";

/** 1.5 MB, unpacked. */
const LARGEST = 1_500_000;

test("the package holds what it should and nothing else", () => {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { stdout } = spawnSync(npm, ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: path("pkg"), encoding: "utf8" });
  // npm 12 answers with an object by package name, older ones with an array.
  const [packed] = Object.values(JSON.parse(stdout));
  assert.ok(packed.unpackedSize <= LARGEST, `${packed.unpackedSize} bytes`);
  assert.deepEqual(packed.files.map((file) => file.path).sort(), [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "THIRD-PARTY.md",
    "access.d.cts",
    "authzed.d.cts",
    "authzed.d.ts",
    "bin/peppercorn.js",
    "dev.wasm.diff",
    "dist/authzed.cjs",
    "dist/authzed.mjs",
    "dist/browser.mjs",
    "dist/bun.mjs",
    "dist/cli.cjs",
    "dist/core.mjs",
    "dist/descriptors.cjs",
    "dist/edge.mjs",
    "dist/embedded.mjs",
    "dist/engine-text.mjs",
    "dist/files.cjs",
    "dist/gateway.cjs",
    "dist/gateway.mjs",
    "dist/inline.mjs",
    "dist/middleware.cjs",
    "dist/middleware.mjs",
    "dist/node.cjs",
    "dist/node.mjs",
    "dist/react.cjs",
    "dist/react.mjs",
    "dist/server.cjs",
    "dist/server.mjs",
    "dist/slim.mjs",
    "dist/workerd.mjs",
    "engine.wasm",
    "gateway.d.cts",
    "gateway.d.ts",
    "index.d.cts",
    "index.d.ts",
    "middleware.d.cts",
    "middleware.d.ts",
    "package.json",
    "react.d.cts",
    "react.d.ts",
    "server.d.cts",
    "server.d.ts",
    "typed.d.cts",
    "v1.d.cts",
  ]);
});

test("the manifest's version is the crate's, and `types` comes first everywhere", () => {
  const manifest = JSON.parse(readFileSync(path("pkg/package.json"), "utf8"));
  const [, version] = /^version = "(.*)"$/m.exec(readFileSync(path("Cargo.toml"), "utf8"));
  assert.equal(manifest.version, version);
  const branches = (entry) => (typeof entry === "string" ? [] : "default" in entry ? [entry] : Object.values(entry).flatMap(branches));
  const all = Object.values(manifest.exports).flatMap(branches);
  assert.ok(all.length > 10);
  for (const branch of all) assert.equal(Object.keys(branch)[0], "types");
  for (const entry of Object.values(manifest.exports)) {
    const conditions = Object.keys(entry);
    if (conditions.includes("workerd") && conditions.includes("browser")) assert.ok(conditions.indexOf("workerd") < conditions.indexOf("browser"));
  }
});

test("the engine's entries need no other package", () => {
  const entries = ["browser", "bun", "core", "edge", "embedded", "inline", "slim", "workerd"].map((name) => `${name}.mjs`);
  for (const file of [...entries, "node.cjs", "node.mjs"]) {
    const text = readFileSync(path("pkg/dist", file), "utf8");
    const imported = [...text.matchAll(/(?:\bfrom|\bimport|\brequire\()\s?"([\w@.:/-]+)"/g)].map(([, name]) => name);
    for (const name of imported) assert.match(name, /^(node:|\.\.?\/)/, file);
    assert.equal(imported.length > 0, !["core.mjs"].includes(file), file);
  }
});

test("the command can be started", () => {
  const file = path("pkg/bin/peppercorn.js");
  assert.match(readFileSync(file, "utf8"), /^#!\/usr\/bin\/env node\n/);
  if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o111, 0o111);
});

const engine = readFileSync(path("pkg/engine.wasm"));
const { difference, patched } = compiled("pkg-template/src/files/patch.ts");
const dev = Buffer.from(patched(engine, difference(readFileSync(path("pkg/dev.wasm.diff")))));

test("the modules hold no paths of the machine that built them", () => {
  for (const [file, bytes] of Object.entries({ engine, dev })) {
    const module = bytes.toString("latin1");
    for (const trace of ["/root/", "/home/", "/Users/", ".cargo/registry", process.cwd()]) {
      assert.ok(!module.includes(trace), `${trace} is in ${file}`);
    }
  }
});

test("the API has nothing of the development module, and the command line nothing of the engine", () => {
  const [api, files, commandLine] = ["node", "files", "cli"].map((name) => readFileSync(path(`pkg/dist/${name}.cjs`), "utf8"));
  for (const name of ["dev.wasm", "validateFile"]) {
    assert.ok(!api.includes(name), name);
    assert.ok(files.includes(name), name);
  }
  assert.ok(api.includes("EngineView") && !files.includes("EngineView") && !commandLine.includes("EngineView"));
  const exported = (bytes) => WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  assert.ok(!exported(engine).includes("formatSchema"));
  assert.ok(exported(dev).includes("formatSchema"));
});
