// TypeScript, as strict as it gets, and looking into the declarations too.

import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { app, put } from "./installed.mjs";

const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", import.meta.url));

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  skipLibCheck: false,
  noEmit: true,
  target: "es2023",
  lib: ["es2023", "esnext.disposable"],
  types: [],
};

/** Compiles files of the application; gives what the compiler says. */
function compiled(name, options, files) {
  const project = put(`types/tsconfig.${name}.json`, JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "--project", project], { cwd: app, encoding: "utf8" });
  return { status, said: stdout + stderr };
}

describe("TypeScript", () => {
  test("moduleResolution node16", () => {
    assert.deepEqual(compiled("node16", { module: "node16", moduleResolution: "node16" }, ["uses.ts", "uses.cts"]), { status: 0, said: "" });
  });
  test("moduleResolution bundler", () => {
    assert.deepEqual(compiled("bundler", { module: "esnext", moduleResolution: "bundler" }, ["uses.ts"]), { status: 0, said: "" });
  });
  test("a browser's types beside them", () => {
    const lib = [...STRICT.lib, "dom"];
    assert.deepEqual(compiled("dom", { module: "esnext", moduleResolution: "bundler", lib, customConditions: ["browser"] }, ["uses.ts"]), { status: 0, said: "" });
  });
  test("what is wrong is said", () => {
    put("types/wrong.ts", readFileSync(new URL("apps/types/uses.ts", import.meta.url), "utf8").replaceAll("// @ts-expect-error", "//"));
    const { status, said } = compiled("wrong", { module: "node16", moduleResolution: "node16" }, ["wrong.ts"]);
    assert.notEqual(status, 0);
    assert.equal(said.match(/error TS/g)?.length, 3, said);
  });
});
