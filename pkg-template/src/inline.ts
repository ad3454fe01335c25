// The entry for wherever else there is WebAssembly: the module is in the JavaScript, and `load` fetches nothing.

import { length, text } from "#engine-text";
import { bytesOf, loader } from "./core.ts";

export { Peppercorn, PeppercornError } from "./core.ts";

export const load = loader(() => {
  const deflated = new Blob([bytesOf(text, length)]).stream();
  return new Response(deflated.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
});
