// TypeScript, as strict as it gets, and looking into the declarations too.

import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { app, manifest, put } from "./installed.mjs";

const tsc = (name = "typescript") => fileURLToPath(new URL(`node_modules/${name}/bin/tsc`, import.meta.url));

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  skipLibCheck: false,
  noEmit: true,
  target: "es2023",
  lib: ["es2023"],
  types: [],
};

const WITH_DOM = [...STRICT.lib, "dom"];

/** They need a package that is not among the dependencies: the application's own. */
const PEERS = new Set(["./authzed", "./react"]);

/** Compiles files of the application; gives what the compiler says. */
function compiled(name, options, files, compiler) {
  const project = put(`types/tsconfig.${name}.json`, JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc(compiler), "--project", project], { cwd: app, encoding: "utf8" });
  return { status, said: stdout + stderr };
}

describe("TypeScript", () => {
  test("moduleResolution node16", () => {
    assert.deepEqual(compiled("node16", { module: "node16", moduleResolution: "node16" }, ["uses.ts", "uses.cts"]), { status: 0, said: "" });
  });
  test("moduleResolution bundler", () => {
    assert.deepEqual(compiled("bundler", { module: "esnext", moduleResolution: "bundler" }, ["uses.ts"]), { status: 0, said: "" });
  });
  test("an older compiler", () => {
    assert.deepEqual(compiled("older", { module: "node16", moduleResolution: "node16", target: "es2022", lib: ["es2022"] }, ["uses.ts", "uses.cts"], "typescript-5.4"), { status: 0, said: "" });
  });
  test("a browser's types beside them", () => {
    assert.deepEqual(compiled("dom", { module: "esnext", moduleResolution: "bundler", lib: WITH_DOM, customConditions: ["browser"] }, ["uses.ts"]), { status: 0, said: "" });
  });
  test("every entry's declarations", () => {
    const entries = Object.keys(manifest.exports).filter((name) => !/\.(wasm|json)$/.test(name) && !PEERS.has(name));
    assert.ok(entries.length > 3);
    for (const ending of ["ts", "cts"]) {
      const imports = entries.map((name, index) => [`entry${index}`, JSON.stringify(join("peppercorn", name).replaceAll("\\", "/"))]);
      const lines = imports.map(([local, from]) => (ending === "ts" ? `import * as ${local} from ${from};` : `import ${local} = require(${from});`));
      put(`types/all.${ending}`, `${lines.join("\n")}\nvoid [${imports.map(([local]) => local).join(", ")}];\n`);
    }
    assert.deepEqual(compiled("all", { module: "node16", moduleResolution: "node16", lib: WITH_DOM }, ["all.ts", "all.cts"]), { status: 0, said: "" });
    assert.deepEqual(compiled("all-bundler", { module: "esnext", moduleResolution: "bundler", lib: WITH_DOM }, ["all.ts"]), { status: 0, said: "" });
  });
  test("what is wrong is said", () => {
    put("types/wrong.ts", readFileSync(new URL("apps/types/uses.ts", import.meta.url), "utf8").replaceAll("// @ts-expect-error", "//"));
    const { status, said } = compiled("wrong", { module: "node16", moduleResolution: "node16" }, ["wrong.ts"]);
    assert.notEqual(status, 0);
    assert.equal(said.match(/error TS/g)?.length, 3, said);
  });
});
