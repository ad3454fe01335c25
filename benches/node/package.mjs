// The package under test, by its public API. The one thing that has none is the size of the WebAssembly memory: it is seen by
// standing between the package and `WebAssembly.Instance`.

import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Imports the package of that folder. */
export async function load(folder) {
  const memories = [];
  const Instance = WebAssembly.Instance;
  WebAssembly.Instance = class extends Instance {
    constructor(...words) {
      super(...words);
      memories.push(this.exports.memory);
    }
  };
  const { Peppercorn } = await import(pathToFileURL(join(folder, "dist/node.mjs")));
  WebAssembly.Instance = Instance;
  return {
    Peppercorn,
    /** Bytes of WebAssembly memory. It never shrinks: this is the most there has been. */
    memory: () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
  };
}
