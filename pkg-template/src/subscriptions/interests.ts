// Who is interested in which relationships: found by what was written, not by asking everyone.

import { type Needs, placeOf, relationOf } from "./needs.ts";
import type { Row } from "./rows.ts";

/** Those who need relationships, of any kind. */
export class Interests<Who extends object> {
  readonly #needs = new Map<Who, Needs | undefined>();
  readonly #byRelation = new Map<string, Set<Who>>();
  /** Those whom any relationship may concern. */
  readonly #inAll = new Set<Who>();

  /** Takes somebody in, in place of what was needed before. Without needs, anything is of interest. */
  set(who: Who, needs: Needs | undefined): void {
    this.delete(who);
    this.#needs.set(who, needs);
    if (needs === undefined) this.#inAll.add(who);
    for (const relation of needs?.of ?? []) {
      const others = this.#byRelation.get(relation);
      if (others === undefined) this.#byRelation.set(relation, new Set([who]));
      else others.add(who);
    }
  }

  has(who: Who): boolean {
    return this.#needs.has(who);
  }

  delete(who: Who): void {
    for (const relation of this.#needs.get(who)?.of ?? []) {
      const others = this.#byRelation.get(relation);
      others?.delete(who);
      if (others?.size === 0) this.#byRelation.delete(relation);
    }
    this.#needs.delete(who);
    this.#inAll.delete(who);
  }

  clear(): void {
    this.#needs.clear();
    this.#byRelation.clear();
    this.#inAll.clear();
  }

  /** Everyone whom a relationship may concern. */
  *of(row: Row): Generator<Who, void, undefined> {
    yield* this.#inAll;
    for (const relation of [relationOf(row), placeOf(row)]) {
      for (const who of this.#byRelation.get(relation) ?? []) {
        if (this.#needs.get(who)?.touches(row) === true) yield who;
      }
    }
  }
}
