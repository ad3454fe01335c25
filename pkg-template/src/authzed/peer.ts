// The stock client, which this entry is built on. It is a peer dependency: the application's own version, whose types it compiles against.

import type * as Peer from "@authzed/authzed-node";

export type { Peer };

/** What `@authzed/authzed-node` exports. */
export const peer = load();

function load(): typeof Peer {
  try {
    return require("@authzed/authzed-node") as typeof Peer;
  } catch (cause) {
    if (isMissing(cause)) {
      throw new Error("`peppercorn/authzed` needs the package `@authzed/authzed-node`, which is not installed: `npm install @authzed/authzed-node`", { cause });
    }
    throw cause;
  }
}

/** Whether that package itself is what was not found, rather than something that it needs. */
function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "MODULE_NOT_FOUND" && /'@authzed\/authzed-node'/.test(cause.message);
}
