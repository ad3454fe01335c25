// The options of a gateway or server, and whose engines it answers from.

import type * as Contract from "../../access.cjs";
import type { SameSecret } from "./secrets.ts";
import { type Stores, presharedStores, testingStores } from "./stores.ts";

/** What says whose requests are answered. */
const ACCESS: readonly string[] = ["engine", "presharedKeys", "testing", "engineOf", "readonly"];
/** What a timer can hold. */
export const LONGEST = 2 ** 31 - 1;

/** Refuses options besides these and those of access, and what their values cannot be: what is misspelt must not leave a door open. */
export function checkOptions(options: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (!ACCESS.includes(name) && !names.includes(name)) {
      throw new TypeError(`there is no option \`${name}\``);
    }
    if (value !== undefined && /^(testing|readonly)$/.test(name) && typeof value !== "boolean") {
      throw new TypeError(`\`${name}\` must be true or false`);
    }
    if (value !== undefined && /(Bytes|Timeout)$/.test(name) && !(Number.isInteger(value) && Number(value) >= 1 && Number(value) <= LONGEST)) {
      throw new TypeError(`\`${name}\` must be a whole number from 1 to ${LONGEST}`);
    }
  }
}

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
