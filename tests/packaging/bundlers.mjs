// Vite, webpack, esbuild and Rollup: for pages, and for Node.

import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";
import { opened, shown, skip } from "./chromium.mjs";
import { answered, app, output, put } from "./installed.mjs";
import { EXPECTED } from "./apps/scenario.mjs";

/** What a page has to have found. */
function check({ result, requests, complaints }, { fetches }) {
  assert.deepEqual(result, { before: "NOT_LOADED", answers: EXPECTED });
  assert.equal(requests.filter((path) => path.endsWith(".wasm")).length, fetches ? 1 : 0, requests.join(" "));
  assert.deepEqual(complaints.filter((text) => !/favicon|404|vite|WebSocket/.test(text)), []);
}

put("index.html", '<!doctype html><title>peppercorn</title><body><script type="module" src="/page.mjs"></script>');

describe("Vite", { skip }, () => {
  const config = { root: app, logLevel: "error", configFile: false, cacheDir: output("vite-cache") };
  test("built", async () => {
    const outDir = output("vite");
    await vite.build({ ...config, build: { outDir, emptyOutDir: true } });
    check(await shown(outDir), { fetches: true });
  });
  test("served while it is worked on", async () => {
    const server = await vite.createServer({ ...config, server: { host: "127.0.0.1", port: 0, hmr: false, ws: false } });
    try {
      await server.listen();
      check(await opened(server.resolvedUrls.local[0]), { fetches: true });
    } finally {
      await server.close();
    }
  });
});

describe("webpack", () => {
  const bundle = async (entry, name, options = {}, filename = "bundle.js") => {
    const path = output(name);
    const stats = await promisify(webpack)({ context: app, entry: `./${entry}`, mode: "production", output: { path, filename }, ...options });
    assert.deepEqual([...stats.toJson().errors, ...stats.toJson().warnings].map(({ message }) => message).filter((message) => !/size/.test(message)), []);
    return path;
  };
  test("a page", { skip }, async () => check(await shown(await bundle("page.mjs", "webpack-page")), { fetches: true }));
  test("a page with the module inside", { skip }, async () => {
    const folder = await bundle("inline.mjs", "webpack-inline");
    assert.deepEqual(readdirSync(folder), ["bundle.js"]);
    check(await shown(folder), { fetches: false });
  });
  test("for Node, away from the package", async () => {
    const folder = await bundle("plain.mjs", "webpack-node", { target: "node20" }, "bundle.cjs");
    assert.deepEqual(await answered(process.execPath, join(folder, "bundle.cjs")), EXPECTED);
  });
});

describe("esbuild", () => {
  const bundle = async (entry, name, options) => {
    const outfile = join(output(name), options.platform === "node" ? `bundle.${options.format === "cjs" ? "cjs" : "mjs"}` : "bundle.js");
    const { warnings } = await esbuild.build({ absWorkingDir: app, entryPoints: [entry], bundle: true, format: "esm", logLevel: "silent", outfile, ...options });
    assert.deepEqual(warnings, []);
    return outfile;
  };
  test("a page with the module inside", { skip }, async () => {
    const outfile = await bundle("inline.mjs", "esbuild-inline", { minify: true });
    check(await shown(join(outfile, "..")), { fetches: false });
  });
  test("a page that loads the module itself", { skip }, async () => {
    const outfile = await bundle("slim.mjs", "esbuild-slim", { loader: { ".wasm": "file" }, assetNames: "[name]" });
    check(await shown(join(outfile, "..")), { fetches: true });
  });
  test("a page beside which the module was put, and one where that was forgotten", { skip }, async () => {
    const outfile = await bundle("page.mjs", "esbuild-page", {});
    const folder = join(outfile, "..");
    const { result } = await shown(folder);
    assert.equal(result.error.code, "NOT_LOADED");
    assert.match(result.error.message, /status 404.*`peppercorn\/inline`/);
    cpSync(join(app, "node_modules/peppercorn/engine.wasm"), join(folder, "engine.wasm"));
    check(await shown(folder), { fetches: true });
  });
  test("a page that says where the module is", { skip }, async () => {
    const folder = join(await bundle("url.mjs", "esbuild-url", {}), "..");
    cpSync(join(app, "node_modules/peppercorn/engine.wasm"), join(folder, "modules/engine.wasm"));
    check(await shown(folder), { fetches: true });
  });
  for (const format of ["esm", "cjs"]) {
    test(`for Node, away from the package (${format})`, async () => {
      const outfile = await bundle("plain.mjs", `esbuild-node-${format}`, { platform: "node", format });
      assert.deepEqual(await answered(process.execPath, outfile), EXPECTED);
    });
  }
});

describe("Rollup", () => {
  const bundle = async (entry, name, options) => {
    const folder = output(name);
    const warnings = [];
    const made = await rollup({ input: join(app, entry), plugins: [nodeResolve(options)], external: /^node:/, onwarn: ({ message }) => warnings.push(message) });
    await made.write({ file: join(folder, options.browser === true ? "bundle.js" : "bundle.mjs"), format: "es" });
    await made.close();
    assert.deepEqual(warnings, []);
    return folder;
  };
  test("a page with the module inside", { skip }, async () => check(await shown(await bundle("inline.mjs", "rollup-inline", { browser: true })), { fetches: false }));
  test("a page that nobody said is one", { skip }, async () => {
    const folder = await bundle("page.mjs", "rollup-default", {});
    cpSync(join(folder, "bundle.mjs"), join(folder, "bundle.js"));
    check(await shown(folder), { fetches: false });
  });
  test("for Node, away from the package", async () => {
    const folder = await bundle("plain.mjs", "rollup-node", { exportConditions: ["node"] });
    assert.deepEqual(await answered(process.execPath, join(folder, "bundle.mjs")), EXPECTED);
  });
});

describe("a strict Content-Security-Policy", { skip }, () => {
  const policy = (scripts) => ({ headers: { "content-security-policy": `default-src 'none'; script-src ${scripts}; require-trusted-types-for 'script'; trusted-types 'none'` } });
  const folder = output("policy");
  const bundled = async () => {
    const outfile = join(folder, "bundle.js");
    if (!existsSync(outfile)) await esbuild.build({ absWorkingDir: app, entryPoints: ["inline.mjs"], bundle: true, format: "esm", minify: true, outfile });
  };
  test("the module is in the JavaScript, nothing is fetched, nothing is complained of", async () => {
    await bundled();
    const seen = await shown(folder, policy("'self' 'wasm-unsafe-eval'"));
    check(seen, { fetches: false });
    assert.deepEqual(seen.requests.filter((path) => path !== "/favicon.ico"), ["/", "/bundle.js"]);
  });
  test("where WebAssembly is forbidden there is an error, and no answers", async () => {
    await bundled();
    const { result } = await shown(folder, policy("'self'"));
    assert.equal(result.before, "NOT_LOADED");
    assert.equal(result.error.code, "NOT_LOADED");
    assert.match(result.error.message, /Content Security Policy/);
  });
});
