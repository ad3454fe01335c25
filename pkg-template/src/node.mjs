// Passes on the one copy that `require` gets too, so that `instanceof` holds whichever way a library imported it. Not by an import: Node
// would read the whole file once more to find what it exports, which takes longer than compiling the engine.
import { createRequire } from "node:module";

const node = createRequire(import.meta.url)("./node.cjs");

export const Peppercorn = node.Peppercorn;
export const PeppercornError = node.PeppercornError;
export const load = node.load;
