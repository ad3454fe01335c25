// Where WebAssembly may be imported and not compiled: workerd (Cloudflare Workers) through miniflare, and edge functions as Vercel builds them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { EdgeVM } from "@edge-runtime/vm";
import * as esbuild from "esbuild";
import { Miniflare } from "miniflare";
import { app } from "./installed.mjs";
import { EXPECTED } from "./apps/scenario.mjs";

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

test("workerd: answers when the module is first run, and at each request", async () => {
  const contents = await bundled("worker.mjs", ["workerd", "worker", "browser"], (bundling) => {
    bundling.onResolve({ filter: /\.wasm$/ }, () => ({ path: "./engine.wasm", external: true }));
  });
  const modules = [
    { type: "ESModule", path: "worker.mjs", contents },
    { type: "CompiledWasm", path: "engine.wasm", contents: engine },
  ];
  // A date long ago: nothing is needed that came later.
  const miniflare = new Miniflare({ modules, compatibilityDate: "2023-03-01", host: "127.0.0.1" });
  try {
    const response = await miniflare.dispatchFetch("http://localhost/");
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { atStart: EXPECTED, now: EXPECTED, inline: EXPECTED, same: true });
  } finally {
    await miniflare.dispose();
  }
});

describe("an edge function", () => {
  test("answers, with the module that the platform compiled", async () => {
    const script = await bundled("edge.mjs", ["edge-light", "worker", "browser"], (bundling) => {
      bundling.onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: "compiled" }));
      bundling.onLoad({ filter: /.*/, namespace: "compiled" }, () => ({ contents: "export default compiledEngine;" }));
    });
    const runtime = new EdgeVM({
      codeGeneration: { strings: false, wasm: false },
      extend: (context) => Object.assign(context, { compiledEngine: new WebAssembly.Module(engine) }),
      initialCode: script,
    });
    const response = await runtime.dispatchFetch("https://example.com/");
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), EXPECTED);
  });
});
