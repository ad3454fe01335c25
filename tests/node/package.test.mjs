// What would be published.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { path } from "./support.mjs";

test("the package holds what it should and nothing else", () => {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { stdout } = spawnSync(npm, ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: path("pkg"), encoding: "utf8" });
  // npm 12 answers with an object by package name, older ones with an array.
  const [packed] = Object.values(JSON.parse(stdout));
  assert.deepEqual(packed.files.map((file) => file.path).sort(), [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "THIRD-PARTY.md",
    "authzed.d.cts",
    "authzed.d.ts",
    "bin/peppercorn.js",
    "dev.wasm",
    "dist/authzed.cjs",
    "dist/authzed.mjs",
    "dist/cli.cjs",
    "dist/node.cjs",
    "dist/node.mjs",
    "engine.wasm",
    "index.d.cts",
    "index.d.ts",
    "package.json",
    "v1.d.cts",
  ]);
});

test("the manifest's version is the crate's, and `types` comes first everywhere", () => {
  const manifest = JSON.parse(readFileSync(path("pkg/package.json"), "utf8"));
  const [, version] = /^version = "(.*)"$/m.exec(readFileSync(path("Cargo.toml"), "utf8"));
  assert.equal(manifest.version, version);
  for (const branch of Object.values(manifest.exports["."])) assert.equal(Object.keys(branch)[0], "types");
});

test("the command can be started", () => {
  const file = path("pkg/bin/peppercorn.js");
  assert.match(readFileSync(file, "utf8"), /^#!\/usr\/bin\/env node\n/);
  if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o111, 0o111);
});

test("the modules hold no paths of the machine that built them", () => {
  for (const file of ["pkg/engine.wasm", "pkg/dev.wasm"]) {
    const module = readFileSync(path(file), "latin1");
    for (const trace of ["/root/", "/home/", "/Users/", ".cargo/registry", process.cwd()]) {
      assert.ok(!module.includes(trace), `${trace} is in ${file}`);
    }
  }
});

test("the API has nothing of the development module, and the command line nothing of the engine", () => {
  const [api, commandLine] = ["pkg/dist/node.cjs", "pkg/dist/cli.cjs"].map((file) => readFileSync(path(file), "utf8"));
  for (const name of ["dev.wasm", "validateFile"]) {
    assert.ok(!api.includes(name), name);
    assert.ok(commandLine.includes(name), name);
  }
  assert.ok(!commandLine.includes("engine.wasm"));
  const exported = (file) => WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(path(file)))).map(({ name }) => name);
  assert.ok(!exported("pkg/engine.wasm").includes("formatSchema"));
  assert.ok(exported("pkg/dev.wasm").includes("formatSchema"));
});
