// Relationships that count for one question alone.

import type { EngineView } from "#engine";
import { relationshipLines } from "./arguments.ts";
import { Handle } from "./handle.ts";
import { call } from "./raw.ts";

const TOUCH = 2;

/** Asks something of an engine or a snapshot, as if these relationships had been written to it. */
export function askWith<Result>(handle: Handle<EngineView>, relationships: unknown, ask: (asked: EngineView) => Result): Result {
  if (relationships === undefined) {
    return ask(handle.get());
  }
  const lines = relationshipLines(relationships, "options.relationships");
  const held = handle.get();
  const operations = new Uint8Array(lines.length).fill(TOUCH);
  const supposed = new Handle("snapshot", call(() => held.withUpdates(operations, lines.join("\n"))));
  try {
    return ask(supposed.get());
  } finally {
    supposed.free();
  }
}
