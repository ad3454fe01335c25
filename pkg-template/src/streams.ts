// Streams of messages that the engine makes as they are read, and streams of messages that it takes.

import type { EngineStream } from "#engine";
import type { v1 } from "../index.cjs";
import { type Host, atThisTime } from "./host.ts";
import { invalidArgument } from "./errors.ts";
import { Handle } from "./handle.ts";
import { requestText } from "./messages.ts";
import { call } from "./raw.ts";

/** The messages of a stream, so many of which are fetched at a time. Given back when read to the end, left, or forgotten. */
export function messages(raw: EngineStream, atOnce: number): Generator<unknown, void, undefined> {
  const handle = new Handle("stream", raw);
  const stream = read(handle, atOnce);
  handle.belongsTo(stream);
  return stream;
}

function* read(handle: Handle<EngineStream>, atOnce: number): Generator<unknown, void, undefined> {
  try {
    for (;;) {
      const lines = call(() => handle.get().next(atOnce));
      if (lines === undefined) return;
      for (const line of lines.split("\n")) {
        yield JSON.parse(line);
      }
    }
  } finally {
    handle.free();
  }
}

/** Takes messages one by one, and writes what they hold once there are no more. */
export function importer(host: Host): { add(request: unknown): void; finish(): unknown; free(): void } {
  const handle = new Handle("import", call((raw) => new raw.EngineImport()));
  return {
    add(request) {
      const text = requestText(request);
      call(() => handle.get().add(text));
    },
    finish() {
      const [engine, now] = atThisTime(host);
      const response = JSON.parse(call(() => handle.get().finish(engine, now))) as v1.ImportBulkRelationshipsResponse;
      host.changes.tell(Number(response.numLoaded));
      return response;
    },
    free: () => handle.free(),
  };
}

/** Imports what an iterable gives. */
export function importAll(host: Host, requests: unknown): unknown {
  const given = iterable<Iterable<unknown>>(requests, Symbol.iterator);
  const taken = importer(host);
  try {
    for (const request of given) {
      taken.add(request);
    }
    return taken.finish();
  } finally {
    taken.free();
  }
}

/** Imports what an iterable, or an asynchronous one, gives in its time. */
export async function importAllAsync(host: Host, requests: unknown, aborted: () => void): Promise<unknown> {
  const given = iterable<Iterable<unknown> | AsyncIterable<unknown>>(requests, Symbol.iterator, Symbol.asyncIterator);
  const taken = importer(host);
  try {
    for await (const request of given) {
      aborted();
      taken.add(request);
    }
    aborted();
    return taken.finish();
  } finally {
    taken.free();
  }
}

function iterable<Kind>(requests: unknown, ...symbols: readonly symbol[]): Kind {
  if (typeof requests !== "object" || requests === null || !symbols.some((symbol) => symbol in requests)) {
    throw invalidArgument("`requests` must be an array of requests, or something else to iterate over");
  }
  return requests as Kind;
}
