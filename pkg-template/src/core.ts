// What every entry is made of.

import type * as Contract from "../index.cjs";
import { bytesOf } from "./embedding.ts";
import { PeppercornError } from "./errors.ts";
import { loader } from "./load.ts";
import { Peppercorn } from "./peppercorn.ts";
import { unsorted } from "./sorting.ts";
import { unpacked } from "./unpacking.ts";

// The compiler checks here that what is exported is what the contract says.
const contract: {
  Peppercorn: typeof Contract.Peppercorn;
  PeppercornError: { readonly prototype: Contract.PeppercornError };
  load: typeof Contract.load;
} = { Peppercorn, PeppercornError, load: loader(undefined) };
void contract;

/** The module that `engine-text.mjs` holds. */
export function embedded({ size, length, text }: typeof import("#engine-text")): Uint8Array<ArrayBuffer> {
  return unsorted(unpacked(bytesOf(text, length), size));
}

export { start } from "./instance.ts";
export { Peppercorn, PeppercornError, loader };
