// Where WebAssembly may be imported and not compiled: workerd (Cloudflare Workers) through miniflare, and edge functions as Vercel builds them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { EdgeVM } from "@edge-runtime/vm";
import * as esbuild from "esbuild";
import { Miniflare } from "miniflare";
import { app } from "./installed.mjs";
import { EXPECTED_FAILING } from "./apps/failing.mjs";
import { EXPECTED } from "./apps/scenario.mjs";
import { trapping } from "../node/failing-module/wasm.mjs";

const engine = readFileSync(join(app, "node_modules/peppercorn/engine.wasm"));

/** One file, with what imports a WebAssembly file left as the platform wants it. */
async function bundled(entry, conditions, wasm) {
  const { outputFiles, warnings } = await esbuild.build({
    absWorkingDir: app,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: "browser",
    conditions,
    logLevel: "silent",
    plugins: [{ name: "wasm", setup: wasm }],
    format: entry === "edge.mjs" ? "iife" : "esm",
  });
  assert.deepEqual(warnings, []);
  return outputFiles[0].text;
}

/** The answer of a Worker with that module. */
async function worked(module, path) {
  const contents = await bundled("worker.mjs", ["workerd", "worker", "browser"], (bundling) => {
    bundling.onResolve({ filter: /\.wasm$/ }, () => ({ path: "./engine.wasm", external: true }));
  });
  const modules = [
    { type: "ESModule", path: "worker.mjs", contents },
    { type: "CompiledWasm", path: "engine.wasm", contents: module },
  ];
  // A date long ago: nothing is needed that came later.
  const miniflare = new Miniflare({ modules, compatibilityDate: "2023-03-01", host: "127.0.0.1" });
  try {
    const response = await miniflare.dispatchFetch(`http://localhost${path}`);
    assert.equal(response.status, 200);
    return await response.json();
  } finally {
    await miniflare.dispose();
  }
}

/** The answer of an edge function, for which the platform compiled that module. */
async function answeredAtTheEdge(module, path) {
  const initialCode = await bundled("edge.mjs", ["edge-light", "worker", "browser"], (bundling) => {
    bundling.onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: "compiled" }));
    bundling.onLoad({ filter: /.*/, namespace: "compiled" }, () => ({ contents: "export default compiledEngine;" }));
  });
  const extend = (context) => Object.assign(context, { compiledEngine: new WebAssembly.Module(module) });
  const runtime = new EdgeVM({ codeGeneration: { strings: false, wasm: false }, extend, initialCode });
  const response = await runtime.dispatchFetch(`https://example.com${path}`);
  assert.equal(response.status, 200);
  return response.json();
}

describe("workerd", () => {
  test("answers when the module is first run, and at each request", async () => {
    assert.deepEqual(await worked(engine, "/"), { atStart: EXPECTED, now: EXPECTED, inline: EXPECTED, same: true });
  });
  test("refuses after a trap", async () => assert.deepEqual(await worked(trapping(engine, "engine_write"), "/failing"), EXPECTED_FAILING));
});

describe("an edge function", () => {
  test("answers, with the module that the platform compiled", async () => assert.deepEqual(await answeredAtTheEdge(engine, "/"), EXPECTED));
  test("refuses after a trap", async () => assert.deepEqual(await answeredAtTheEdge(trapping(engine, "engine_write"), "/failing"), EXPECTED_FAILING));
});
