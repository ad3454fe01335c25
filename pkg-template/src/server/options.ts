// The options that say whose engines a gateway or server answers from.

import type * as Contract from "../../access.cjs";
import type { SameSecret } from "./secrets.ts";
import { type Stores, presharedStores, testingStores } from "./stores.ts";

/** The stores that the options ask for. What they leave open is refused: a server that lets everyone in has to be asked for. */
export function storesOf(options: Contract.AccessOptions, same?: SameSecret): Stores {
  const { engine, presharedKeys, testing = false, engineOf, readonly = false } = options;
  if ([presharedKeys, engineOf, testing || undefined].filter((way) => way !== undefined).length !== 1) {
    throw new TypeError("give one of `presharedKeys`, `testing` and `engineOf`: it says who may ask");
  }
  if (engineOf !== undefined) {
    return { engineOf: (token) => engineOf(token), readonly, size: 1, isUsable: true };
  }
  if (engine === undefined) {
    throw new TypeError("`engine` is missing: what is to be asked");
  }
  return testing ? testingStores(engine, readonly) : presharedStores(engine, presharedKeys ?? [], readonly, same);
}
