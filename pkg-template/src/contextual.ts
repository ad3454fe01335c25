// Relationships that count for one question alone.

import type { Engine, EngineSnapshot } from "#engine";
import { relationshipLines } from "./arguments.ts";
import { Handle } from "./handle.ts";
import { call } from "./raw.ts";

const TOUCH = 2;

/** Asks something of the engine or snapshot as if these relationships had been written to it; of none, as it is. */
export function askWith<Result>(
  held: Engine | EngineSnapshot,
  relationships: unknown,
  ask: (asked: Engine | EngineSnapshot) => Result,
): Result {
  if (relationships === undefined) {
    return ask(held);
  }
  const lines = relationshipLines(relationships, "options.relationships");
  const more = new Handle("snapshot", withMore(held, lines));
  try {
    return ask(more.get());
  } finally {
    more.free();
  }
}

function withMore(held: Engine | EngineSnapshot, lines: readonly string[]): EngineSnapshot {
  const operations = new Uint8Array(lines.length).fill(TOUCH);
  const text = lines.join("\n");
  if (!("snapshot" in held)) {
    return call(() => held.withUpdates(operations, text));
  }
  const now = new Handle("snapshot", call(() => held.snapshot()));
  try {
    return call(() => now.get().withUpdates(operations, text));
  } finally {
    now.free();
  }
}
