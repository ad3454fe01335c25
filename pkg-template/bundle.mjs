// Bundles the TypeScript sources: `node bundle.mjs DIST VERSION ENGINE DEV`, with the folder to write to and wasm-bindgen's JavaScript
// for both modules.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { descriptorSet } from "./proto/compile.mjs";
import { schemas } from "./proto/schemas.mjs";

const [dist, version, engine, dev] = process.argv.slice(2);
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
  // Less to read at each start; names stay, for those who read a stack.
  minifyWhitespace: true,
  logLevel: "warning",
  alias: { "#engine": engine, "#dev": dev },
  define: { PEPPERCORN_VERSION: JSON.stringify(version) },
  // wasm-bindgen's own way of finding the module is never taken: the entry hands the module over.
  logOverride: { "empty-import-meta": "silent" },
});

// The server: in CommonJS for Node, with a file beside it that passes the same on to modules; the gateway for every runtime. They leave
// packages, and the engine, to be found where they run.
const serving = {
  bundle: true,
  target: "es2022",
  packages: "external",
  legalComments: "none",
  minifyWhitespace: true,
  minifySyntax: true,
  charset: "utf8",
  logLevel: "warning",
  define: {
    PEPPERCORN_VERSION: JSON.stringify(version),
    PEPPERCORN_DESCRIPTORS: JSON.stringify(deflateRawSync(descriptorSet(), { level: 9 }).toString("base64")),
  },
  plugins: [
    {
      name: "schemas",
      setup(bundling) {
        bundling.onResolve({ filter: /^#schemas$/ }, ({ path }) => ({ path, namespace: "schemas" }));
        bundling.onLoad({ filter: /.*/, namespace: "schemas" }, () => ({ contents: JSON.stringify(schemas()), loader: "json" }));
      },
    },
  ],
};
await build({ ...serving, entryPoints: [source("src/server/gateway.ts")], outfile: `${dist}/gateway.mjs`, format: "esm", platform: "neutral" });
await build({ ...serving, entryPoints: [source("src/server/gateway.ts")], outfile: `${dist}/gateway.cjs`, format: "cjs", platform: "neutral" });
await build({ ...serving, entryPoints: [source("src/server/serve.ts")], outfile: `${dist}/server.cjs`, format: "cjs", platform: "node" });
