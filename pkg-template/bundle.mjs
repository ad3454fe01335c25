// Bundles the TypeScript sources: `node bundle.mjs PACKAGE VERSION ENGINE DEV`, with the folder to write to and both modules as wasm-bindgen
// and wasm-opt left them, without the endings `.wasm` and `.js`.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { bindingOf } from "./glue.mjs";
import { differenceOf } from "./difference.mjs";
import { marked, sortedBytes, textOf } from "./modules.mjs";
import { descriptorSet } from "./proto/compile.mjs";
import { schemas } from "./proto/schemas.mjs";

/**
 * The files of `dist`: a name, the source, and how it is written. Packages, `peppercorn` itself included, are found where it runs; `esm` takes
 * the engine from `core.mjs`, which all entries share.
 */
const ENTRIES = [
  ["node.cjs", "node.ts", "cjs"],
  ["files.cjs", "files/main.ts", "cjs"],
  ["cli.cjs", "cli/main.ts", "cjs"],
  ["server.mjs", "server/serve.ts", "esm"],
  ["gateway.mjs", "server/gateway.ts", "esm"],
  ["authzed.cjs", "authzed/main.ts", "cjs"],
  ["core.mjs", "core.ts", "esm"],
  ["browser.mjs", "browser.ts", "esm"],
  ["workerd.mjs", "workerd.ts", "esm"],
  ["edge.mjs", "edge.ts", "esm"],
  ["embedded.mjs", "embedded.ts", "esm"],
  ["bun.mjs", "bun.ts", "esm"],
  ["inline.mjs", "inline.ts", "esm"],
  ["slim.mjs", "slim.ts", "esm"],
  ["react.mjs", "react/react.ts", "esm"],
  ["react.cjs", "react/react.ts", "cjs"],
  ["middleware.mjs", "middleware/middleware.ts", "esm"],
  ["middleware.cjs", "middleware/middleware.ts", "cjs"],
];

/** Files that are as they are. */
const COPIED = ["node.mjs", "server.cjs", "gateway.cjs", "authzed.mjs"];

const [folder, version, engine, dev] = process.argv.slice(2);
const { build } = createRequire(new URL("../tests/package.json", import.meta.url))("esbuild");
const source = (path) => fileURLToPath(new URL(`src/${path}`, import.meta.url));
const dist = join(folder, "dist");
mkdirSync(dist, { recursive: true });

/** What a source exports, here. */
async function imported(path) {
  const { outputFiles } = await build({ entryPoints: [source(path)], bundle: true, write: false, format: "esm" });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}

const modules = { engine: marked(`${engine}.wasm`, `${engine}.js`, version), dev: readFileSync(`${dev}.wasm`) };
writeFileSync(join(folder, "engine.wasm"), modules.engine.bytes);
writeFileSync(join(folder, "dev.wasm.diff"), differenceOf(modules.dev, modules.engine.bytes));
writeFileSync(join(dist, "engine-text.mjs"), textOf(sortedBytes(modules.engine.bytes, await imported("sorting.ts"))));

const descriptors = deflateRawSync(descriptorSet(), { level: 9 }).toString("base64");
writeFileSync(join(dist, "descriptors.cjs"), `exports.descriptors="${descriptors}";\n`);

/** A value that takes some room and is seldom needed, as JavaScript that unpacks it when it is asked for. */
const packed = (value) => `
  import { bytesOf } from "./embedding.ts";
  import { unpacked } from "./unpacking.ts";
  ${textOf(Buffer.from(JSON.stringify(value)))}
  export default () => JSON.parse(new TextDecoder().decode(unpacked(bytesOf(text, length), size)));`;

/** wasm-bindgen's JavaScript, and files of `dist` that others import. */
const names = (format) => ({
  name: "names",
  setup(bundling) {
    bundling.onResolve({ filter: /^#(engine|dev)$/ }, ({ path }) => ({ path, namespace: "glue" }));
    bundling.onLoad({ filter: /.*/, namespace: "glue" }, ({ path }) => ({ contents: bindingOf(`${path === "#engine" ? engine : dev}.js`) }));
    bundling.onResolve({ filter: /^#schemas$/ }, ({ path }) => ({ path, namespace: "schemas" }));
    bundling.onLoad({ filter: /.*/, namespace: "schemas" }, () => ({ contents: packed(schemas()), resolveDir: source("."), loader: "ts" }));
    bundling.onResolve({ filter: /^#descriptors$/ }, () => ({ path: "./descriptors.cjs", external: true }));
    bundling.onResolve({ filter: /^#engine-text$/ }, () => ({ path: "./engine-text.mjs", external: true }));
    if (format === "esm") {
      bundling.onResolve({ filter: /\/core\.ts$/ }, ({ kind }) => (kind === "entry-point" ? undefined : { path: "./core.mjs", external: true }));
    }
  },
});

for (const [file, from, format] of ENTRIES) {
  await build({
    entryPoints: [source(from)],
    outfile: join(dist, file),
    bundle: true,
    platform: format === "cjs" ? "node" : "neutral",
    format,
    target: ["node20", "es2022"],
    packages: "external",
    external: ["#files", "*.wasm", "*.wasm?module", "node:*"],
    legalComments: "none",
    // Less to read at each start, and to carry; methods keep their names, and the classes that people meet say theirs.
    minify: true,
    // What wasm-bindgen's classes have for themselves.
    mangleProps: /^__(wbg_ptr|wrap|destroy_into_raw)$/,
    // Node shows the whole line of what is not caught.
    lineLimit: 400,
    charset: "utf8",
    logLevel: "warning",
    plugins: [names(format)],
    define: {
      PEPPERCORN_VERSION: JSON.stringify(version),
      PEPPERCORN_MODULE: JSON.stringify(modules.engine.mark),
    },
  });
}
for (const file of COPIED) writeFileSync(join(dist, file), readFileSync(source(file)));
