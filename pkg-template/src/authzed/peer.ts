// The stock client, which this entry is built on. It is a peer dependency: the application's own version, whose types it compiles against.

import type * as Peer from "@authzed/authzed-node";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export type { Peer };

/** What `@authzed/authzed-node` exports. */
export const peer = load();

function load(): typeof Peer {
  try {
    const found = require("@authzed/authzed-node") as typeof Peer;
    return isItself(found) ? byPath() : found;
  } catch (cause) {
    if (isMissing(cause)) {
      throw new Error("`peppercorn/authzed` needs the package `@authzed/authzed-node`, which is not installed: `npm install @authzed/authzed-node`", { cause });
    }
    throw cause;
  }
}

/** Whether this entry stands in the stock client's place, for the tests of an application: then it finds itself, unfinished. */
function isItself(found: Partial<typeof Peer>): boolean {
  return found.v1 === undefined;
}

/** The stock client by its file, which another name leads to. */
function byPath(): typeof Peer {
  const beside = createRequire(__filename);
  const description = beside.resolve("@authzed/authzed-node/package.json");
  const { main } = beside(description) as { readonly main: string };
  const found = beside(join(dirname(description), main)) as typeof Peer;
  if (isItself(found)) {
    throw new Error("`peppercorn/authzed` finds itself in the place of `@authzed/authzed-node`, on which it is built: in Jest, replace that by `moduleNameMapper`, not by `jest.mock`");
  }
  return found;
}

/** Whether that package itself is what was not found, rather than something that it needs. */
function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "MODULE_NOT_FOUND" && /'@authzed\/authzed-node'/.test(cause.message);
}
