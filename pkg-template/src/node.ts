// The entry for Node.

import * as raw from "#engine";
import type * as Contract from "../index.cjs";
import { PeppercornError } from "./errors.ts";
import { moduleOf } from "./node-module.ts";
import { Peppercorn } from "./peppercorn.ts";
import { use } from "./raw.ts";
import { writeInto } from "./texts.ts";

const { memory } = raw.initSync({ module: moduleOf("engine.wasm") });
use(raw);
writeInto(memory);

// The compiler checks here that what is exported is what the contract says.
const contract: { Peppercorn: typeof Contract.Peppercorn; PeppercornError: { readonly prototype: Contract.PeppercornError } } = {
  Peppercorn,
  PeppercornError,
};
void contract;

export { Peppercorn, PeppercornError };
