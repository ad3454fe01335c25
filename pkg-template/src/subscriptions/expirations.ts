// When relationships will expire: the next ones, however many there are.

import { type Row, endOf, expiring, rowOfText } from "./rows.ts";

/** How many are held. Those after them are looked for again when these are over. */
const HELD = 16_384;

interface Expiration {
  readonly at: number;
  readonly row: Row;
}

/** The next relationships to expire, in the order in which they will. One that was removed or prolonged meanwhile may be among them. */
export class Expirations {
  #next: Expiration[] = [];
  /** From then on there may be more than are held. */
  #horizon = Number.POSITIVE_INFINITY;
  /** Whether there were any at all: they may be over by now. */
  #areKnown = false;

  /** Begins anew with relationships, one a line, of which those count that expire after now. */
  restart(lines: string, now: number): void {
    let found: { readonly text: string; readonly at: number }[] = [];
    this.#horizon = Number.POSITIVE_INFINITY;
    this.#areKnown = lines !== "";
    for (const line of lines === "" ? [] : lines.split("\n")) {
      const next = expiring(line);
      if (next === undefined || next.at <= now || next.at >= this.#horizon) continue;
      found.push(next);
      // However many there are, not many more are sorted at a time than are held.
      if (found.length >= 4 * HELD) found = this.#soonest(found);
    }
    this.#next = this.#soonest(found).map(({ text, at }) => ({ at, row: rowOfText(text) }));
  }

  /** Takes note of one more. */
  add(row: Row, expiresAt: string): void {
    const at = endOf(expiresAt);
    this.#areKnown = true;
    if (at >= this.#horizon) {
      return;
    }
    let [from, to] = [0, this.#next.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#next[middle]?.at ?? 0) <= at) from = middle + 1;
      else to = middle;
    }
    this.#next.splice(from, 0, { at, row });
    if (this.#next.length > 2 * HELD) this.#next = this.#soonest(this.#next);
  }

  /** Whether there are relationships that expire, or have expired. */
  get areKnown(): boolean {
    return this.#areKnown;
  }

  /** When the next one expires, or may. */
  next(): number | undefined {
    const at = this.#next[0]?.at ?? this.#horizon;
    return at === Number.POSITIVE_INFINITY ? undefined : at;
  }

  /** Whether it is time to begin anew. */
  isOver(now: number): boolean {
    return now >= this.#horizon;
  }

  /** Those that have expired by now, which are forgotten. */
  due(now: number): Row[] {
    const alive = this.#next.findIndex(({ at }) => at > now);
    return this.#next.splice(0, alive < 0 ? this.#next.length : alive).map(({ row }) => row);
  }

  /** As many as are held, in order; the others are for later. Of several that expire at once, all are held or none. */
  #soonest<Expiring extends { readonly at: number }>(found: Expiring[]): Expiring[] {
    found.sort((left, right) => left.at - right.at);
    this.#horizon = Math.min(this.#horizon, found[HELD]?.at ?? Number.POSITIVE_INFINITY);
    return found.slice(0, HELD).filter(({ at }) => at < this.#horizon);
  }
}
