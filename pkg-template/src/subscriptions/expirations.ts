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

  /** Begins anew with relationships, one a line, of which those count that expire after now. */
  restart(lines: string, now: number): void {
    const found: Expiration[] = [];
    for (const [text, expiresAt] of expiring(lines)) {
      const at = endOf(expiresAt);
      if (at > now) found.push({ at, row: rowOfText(text) });
    }
    this.#next = found.sort((left, right) => left.at - right.at);
    this.#horizon = Number.POSITIVE_INFINITY;
    this.#cut();
  }

  /** Takes note of one more. */
  add(row: Row, expiresAt: string): void {
    const at = endOf(expiresAt);
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
    if (this.#next.length > 2 * HELD) this.#cut();
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

  #cut(): void {
    const [first] = this.#next.splice(HELD);
    this.#horizon = Math.min(this.#horizon, first?.at ?? Number.POSITIVE_INFINITY);
    // Several may expire at once: those that are held must all be before the others.
    if (this.#horizon <= (this.#next.at(-1)?.at ?? 0)) {
      this.#next = this.#next.filter(({ at }) => at < this.#horizon);
    }
  }
}
