// Watching in the words of the short API: what was written, as texts.

import type * as Contract from "../index.cjs";
import { perhaps, text } from "./arguments.ts";
import { filterOf } from "./filters.ts";
import type { Host } from "./host.ts";
import { relationshipText } from "./relationships.ts";
import { watch } from "./v1.ts";
import type { Watcher } from "./watch.ts";

/** A watcher of what is written to an engine. */
export function watchWrites(host: Host, options: unknown): Contract.Writes {
  const { filter, after, signal } = perhaps(options, "options", ["filter", "after", "signal"]);
  const filters = filter === undefined ? [] : Array.isArray(filter) ? filter : [filter];
  const name = (place: number): string => (Array.isArray(filter) ? `options.filter[${place}]` : "options.filter");
  const request: Contract.v1.WatchRequest = {
    optionalRelationshipFilters: filters.map((filter, place) => filterOf(filter, name(place))),
    optionalStartCursor: after === undefined ? undefined : { token: text(after, "options.after") },
    optionalUpdateKinds: ["WATCH_KIND_INCLUDE_RELATIONSHIP_UPDATES", "WATCH_KIND_INCLUDE_SCHEMA_UPDATES"],
  };
  return new Writes(watch(host, request, signal === undefined ? undefined : { signal }));
}

class Writes implements Contract.Writes {
  readonly #watcher: Watcher;

  constructor(watcher: Watcher) {
    this.#watcher = watcher;
  }

  async next(): Promise<IteratorResult<Contract.Write, undefined>> {
    const { value, done } = await this.#watcher.next();
    return done === true ? { value: undefined, done } : { value: writeOf(value), done: false };
  }

  return(): Promise<IteratorResult<Contract.Write, undefined>> {
    return this.#watcher.return() as Promise<IteratorReturnResult<undefined>>;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function writeOf({ updates, changesThrough, schemaUpdated }: Contract.v1.WatchResponse): Contract.Write {
  return {
    updates: updates.map(({ operation, relationship }) => ({
      operation: operation === "OPERATION_DELETE" ? "DELETE" : "TOUCH",
      relationship: relationshipText(relationship),
    })),
    schemaUpdated,
    token: changesThrough.token,
  };
}
