// Bundles the TypeScript sources: `node bundle.mjs GLUE DIST VERSION`, with wasm-bindgen's JavaScript and the folder to write to.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const [glue, dist, version] = process.argv.slice(2);
const { build } = createRequire(new URL("../tests/package.json", import.meta.url))("esbuild");
const source = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: { node: source("src/node.ts"), cli: source("src/cli/main.ts") },
  outdir: dist,
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  legalComments: "none",
  logLevel: "warning",
  alias: { "#engine": glue },
  define: { PEPPERCORN_VERSION: JSON.stringify(version) },
  // wasm-bindgen's own way of finding the module is never taken: the entry hands the module over.
  logOverride: { "empty-import-meta": "silent" },
});
