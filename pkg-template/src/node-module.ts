// Compiles a module in Node: read from the package's folder, without waiting for anything.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";

/** The module of that file. */
export function moduleOf(file: string): WebAssembly.Module {
  return new WebAssembly.Module(read(file));
}

/** The module of that file, which is compressed with brotli. */
export function compressedModuleOf(file: string): WebAssembly.Module {
  return new WebAssembly.Module(brotliDecompressSync(read(file)));
}

/** The bundles are CommonJS files in `dist`, one folder below the modules. */
function read(file: string): Uint8Array {
  return readFileSync(join(__dirname, "..", file));
}
