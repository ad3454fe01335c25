// Passes on what `require` gets: one server, and one engine below it.
import { createRequire } from "node:module";

export const serve = createRequire(import.meta.url)("./server.cjs").serve;
