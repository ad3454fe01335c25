// What every entry is made of.

import type * as Contract from "../index.cjs";
import { PeppercornError } from "./errors.ts";
import { loader } from "./load.ts";
import { Peppercorn } from "./peppercorn.ts";

// The compiler checks here that what is exported is what the contract says.
const contract: {
  Peppercorn: typeof Contract.Peppercorn;
  PeppercornError: { readonly prototype: Contract.PeppercornError };
  load: typeof Contract.load;
} = { Peppercorn, PeppercornError, load: loader(undefined) };
void contract;

export { bytesOf } from "./embedding.ts";
export { start } from "./instance.ts";
export { Peppercorn, PeppercornError, loader };
