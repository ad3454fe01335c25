// Whose engine a call is about: the bearer token says.

import type { Peppercorn } from "../../index.cjs";
import { Refused } from "./refused.ts";
import { type SameSecret, sameSecret } from "./secrets.ts";

export { Refused, readOnly } from "./refused.ts";

/** The engines of a server. */
export interface Stores {
  /**
   * The engine for a bearer token. Throws {@link Refused}: `UNAUTHENTICATED` where there is none or an empty one, `PERMISSION_DENIED` where
   * it is wrong, `RESOURCE_EXHAUSTED` where there are as many stores for tests as there may be.
   */
  engineOf(token: string | undefined): Peppercorn;
  /** Whether writes are to be refused, with {@link readOnly}. */
  readonly readonly: boolean;
  /** How many engines there are. */
  readonly size: number;
  /** Whether engines answer: not after the module has failed, nor once the engine was freed. */
  readonly isUsable: boolean;
}

/** What headers can carry and every client sends as it is. */
const SENDABLE = /^[!-~](?:[ -~]*[!-~])?$/;

/** One engine, for whoever has one of the keys. */
export function presharedStores(engine: Peppercorn, keys: readonly string[], readonly = false, same: SameSecret = sameSecret): Stores {
  if (keys.length === 0 || !keys.every((key) => typeof key === "string" && SENDABLE.test(key))) {
    throw new TypeError("a server needs preshared keys, none of them empty, of printable ASCII without blanks around");
  }
  return {
    readonly,
    size: 1,
    get isUsable() {
      return isUsable(engine);
    },
    engineOf(token) {
      if (token === undefined) {
        throw new Refused("UNAUTHENTICATED", "invalid preshared key: rpc error: code = Unauthenticated desc = Request unauthenticated with bearer");
      }
      if (token === "") {
        throw new Refused("UNAUTHENTICATED", "missing preshared key");
      }
      // Every key is compared, so that time does not tell which one it is.
      let found = false;
      for (const key of keys) {
        found = same(key, token) || found;
      }
      if (!found) {
        throw new Refused("PERMISSION_DENIED", "invalid preshared key: invalid token");
      }
      return engine;
    },
  };
}

/** Stores that a server for tests keeps; a suite with more tests than this wants more than one server. */
const MOST_STORES = 10_000;

/** A fork for each token, no token being one of them, made on first use: `spicedb serve-testing` has the same. */
export function testingStores(engine: Peppercorn, readonly = false, most = MOST_STORES): Stores {
  const engines = new Map<string, Peppercorn>();
  return {
    readonly,
    get size() {
      return engines.size;
    },
    get isUsable() {
      return isUsable(engine);
    },
    engineOf(token = "") {
      const known = engines.get(token);
      if (known !== undefined) {
        return known;
      }
      if (engines.size >= most) {
        throw new Refused("RESOURCE_EXHAUSTED", `a server for tests keeps at most ${most} stores, one for each token: use tokens again, or another server`);
      }
      const made = engine.fork();
      engines.set(token, made);
      return made;
    },
  };
}

function isUsable(engine: Peppercorn): boolean {
  try {
    return engine.token !== "";
  } catch {
    return false;
  }
}

/** The token of an `authorization` header: its scheme is `Bearer`, in any case. Nothing where there is none. */
export function bearer(authorization: string | null | undefined): string | undefined {
  const given = authorization ?? "";
  return /^bearer /i.test(given) ? given.slice("bearer ".length) : undefined;
}
