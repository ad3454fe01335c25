// Reading relationships as texts.

import type { Engine } from "#engine";
import type { v1 } from "../index.cjs";
import { perhaps } from "./arguments.ts";
import { filterOf } from "./filters.ts";
import type { Handle } from "./handle.ts";
import { nowOf, windowOf } from "./options.ts";
import { call } from "./raw.ts";
import { relationshipText } from "./relationships.ts";
import type { Clock } from "./settings.ts";
import { messages } from "./streams.ts";

/** Rows that cross at a time. */
const MANY = 256;

/** The relationships that a filter means: those of the newest revision, or of a token's. */
export function read(handle: Handle<Engine>, clock: Clock, filter: unknown, options: unknown, token?: string): Generator<string, void, undefined> {
  const relationshipFilter = filterOf(filter, "filter");
  const given = perhaps(options, "options", ["now", "limit"]);
  const { limit: optionalLimit } = windowOf(given);
  const now = nowOf(given["now"], clock);
  const consistency: v1.Consistency = token === undefined ? { fullyConsistent: true } : { atExactSnapshot: { token } };
  const request: v1.ReadRelationshipsRequest = { consistency, relationshipFilter, optionalLimit };
  const engine = handle.get();
  const stream = call(() => engine.stream("ReadRelationships", JSON.stringify(request), now));
  return texts(messages(stream, optionalLimit > 0 ? Math.min(optionalLimit, MANY) : MANY));
}

function* texts(responses: Generator<unknown, void, undefined>): Generator<string, void, undefined> {
  for (const response of responses) {
    yield relationshipText((response as v1.ReadRelationshipsResponse).relationship);
  }
}
