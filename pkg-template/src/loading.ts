// Relationships on their way into a new engine. A long text goes block by block: the module's memory never shrinks, and a copy of the
// whole would stay there.

import type { Engine } from "#engine";
import { Handle } from "./handle.ts";
import { call } from "./raw.ts";
import { viewOf } from "./texts.ts";

/** Bytes of the engine's block. */
const BLOCK = 262_144;

const encoder = new TextEncoder();

/** An engine of a schema and relationships, one a line. */
export function loaded(schema: string, lines: string): Engine {
  const engine = lines.length > BLOCK ? inBlocks(schema, lines) : undefined;
  // Of a text that is wrong, this says what is.
  return engine ?? call((raw) => new raw.Engine(schema, lines));
}

/** The engine, unless something is wrong, or is not of the kind that goes by blocks. */
function inBlocks(schema: string, lines: string): Engine | undefined {
  const loader = new Handle("loader", call((raw) => new raw.EngineLoader(schema, lines.length)));
  try {
    const raw = loader.get();
    const block = call(() => raw.block());
    for (let start = 0; start < lines.length; ) {
      // A block ends with a line; one that is longer than a block is none that is right.
      const end = lines.length - start <= BLOCK ? lines.length : lines.lastIndexOf("\n", start + BLOCK - 1) + 1;
      const text = lines.slice(start, end);
      const { read, written } = encoder.encodeInto(text, viewOf(block, BLOCK));
      if (end <= start || read < text.length || !call(() => raw.push(written))) return undefined;
      start = end;
    }
    return call(() => loader.take().finish());
  } finally {
    loader.free();
  }
}
