// What a question is asked of: a snapshot, with relationships that count for this question alone.

import type { Engine, EngineSnapshot } from "#engine";
import { relationshipLines } from "./arguments.ts";
import { Handle } from "./handle.ts";
import { call } from "./raw.ts";

const TOUCH = 2;

/** Asks something of the snapshot, or of the engine as it is now, as if these relationships had been written to it. */
export function askWith<Result>(held: Engine | EngineSnapshot, relationships: unknown, ask: (asked: EngineSnapshot) => Result): Result {
  if ("snapshot" in held) {
    return askFor(() => held.snapshot(), (now) => askWith(now, relationships, ask));
  }
  if (relationships === undefined) {
    return ask(held);
  }
  const lines = relationshipLines(relationships, "options.relationships");
  const operations = new Uint8Array(lines.length).fill(TOUCH);
  return askFor(() => held.withUpdates(operations, lines.join("\n")), ask);
}

/** Asks something of a snapshot that is made for it. */
function askFor<Result>(make: () => EngineSnapshot, ask: (asked: EngineSnapshot) => Result): Result {
  const made = new Handle("snapshot", call(make));
  try {
    return ask(made.get());
  } finally {
    made.free();
  }
}
