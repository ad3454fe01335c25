// The entry for Node.

import type * as Contract from "../index.cjs";
import { PeppercornError } from "./errors.ts";
import { load } from "./node-engine.ts";
import { Peppercorn } from "./peppercorn.ts";

load();

// The compiler checks here that what is exported is what the contract says.
const contract: { Peppercorn: typeof Contract.Peppercorn; PeppercornError: { readonly prototype: Contract.PeppercornError } } = {
  Peppercorn,
  PeppercornError,
};
void contract;

export { Peppercorn, PeppercornError };
