// Bundles the TypeScript sources: `node bundle.mjs DIST VERSION ENGINE DEV`, with the folder to write to and wasm-bindgen's JavaScript
// for both modules.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const [dist, version, engine, dev] = process.argv.slice(2);
const { build } = createRequire(new URL("../tests/package.json", import.meta.url))("esbuild");
const source = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: { node: source("src/node.ts"), cli: source("src/cli/main.ts"), authzed: source("src/authzed/main.ts") },
  // The engine is one copy, shared by every entry.
  external: ["peppercorn", "@authzed/authzed-node", "@grpc/grpc-js"],
  outdir: dist,
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  legalComments: "none",
  // Less to read at each start; names stay, for those who read a stack.
  minifyWhitespace: true,
  logLevel: "warning",
  alias: { "#engine": engine, "#dev": dev },
  define: { PEPPERCORN_VERSION: JSON.stringify(version) },
  // wasm-bindgen's own way of finding the module is never taken: the entry hands the module over.
  logOverride: { "empty-import-meta": "silent" },
});
