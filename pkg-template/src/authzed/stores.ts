// A store for each token, in one registry for the process, as SpiceDB's testing server has one for each token it hears.

import { Peppercorn } from "peppercorn";

const engines = new Map<string, Peppercorn>();

/** See the contract. */
export function storeOf(token: string): Peppercorn {
  if (typeof token !== "string") {
    throw new TypeError("`token` must be a string");
  }
  let engine = engines.get(token);
  if (engine === undefined) {
    engine = new Peppercorn();
    engines.set(token, engine);
  }
  return engine;
}

/** See the contract. */
export function forget(token: string): boolean {
  const engine = engines.get(token);
  engines.delete(token);
  engine?.free();
  return engine !== undefined;
}
