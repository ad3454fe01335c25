// Examples as a reader would have them: a folder of its own, with what it depends on installed.

import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { folder, path } from "../support.mjs";

/** A copy of an example, with its dependencies. Those that it does not name cannot be found. */
export function installed(test, name) {
  const copy = join(folder(test), name);
  cpSync(path("examples", name), copy, { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(copy, "package.json"), "utf8"));
  mkdirSync(join(copy, "node_modules"));
  for (const dependency of Object.keys(dependencies)) {
    const target = dependency === "peppercorn" ? path("pkg") : path("tests/node_modules", dependency);
    symlinkSync(target, join(copy, "node_modules", dependency), "junction");
  }
  return copy;
}

/** One ES module of it, as the tools of a platform make it. */
export async function bundled(entry, { conditions, ...options }) {
  const { outputFiles, warnings } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions,
    logLevel: "silent",
    ...options,
  });
  if (warnings.length > 0) throw new Error(JSON.stringify(warnings));
  return outputFiles[0].text;
}

/** Leaves what imports the engine's module to the platform, under this name. */
export const moduleLeftAs = (name) => ({
  name: "wasm",
  setup: (bundling) => bundling.onResolve({ filter: /\.wasm(\?module)?$/ }, () => ({ path: name, external: true })),
});
