// The entry for Deno, Bun and what is bundled for Node: the module is in the JavaScript, so that nothing is read from a folder that a
// bundle has left or for which there is no permission, and is there after the import.

import { inflateRawSync } from "node:zlib";
import { length, text } from "#engine-text";
import { bytesOf, loader, start } from "./core.ts";

export { Peppercorn, PeppercornError } from "./core.ts";

const module = start(new WebAssembly.Module(inflateRawSync(bytesOf(text, length))));

export const load = loader(() => module);
