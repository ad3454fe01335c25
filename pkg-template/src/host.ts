// What the parts of one engine share.

import type { Engine } from "#engine";
import type { Changes } from "./changes.ts";
import type { Handle } from "./handle.ts";
import type { Clock } from "./settings.ts";

/** An engine, as its API sees it. */
export interface Host {
  /** The engine is given back when this is forgotten: whatever uses the engine keeps its host. */
  readonly owner: object;
  readonly handle: Handle<Engine>;
  readonly clock: Clock;
  readonly changes: Changes;
}
