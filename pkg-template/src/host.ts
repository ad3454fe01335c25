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

/** The engine, for a call at this time. The clock comes first: an application's may do anything, free the engine too. */
export function atThisTime({ handle, clock }: Pick<Host, "handle" | "clock">): readonly [engine: Engine, now: number] {
  const now = clock();
  return [handle.get(), now];
}
