// Numbers that look random and are always the same: the workloads must be the same bytes on every machine.

/** A source of numbers from a seed: a Weyl sequence, each number mixed by two multiplications. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 to below `end`. */
  below(end) {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return Math.floor((((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32) * end);
  }

  /** One of the list. */
  of(list) {
    return list[this.below(list.length)];
  }

  /** So many different numbers from 0 to below `end`, in the order they came. */
  different(count, end) {
    const found = new Set();
    while (found.size < count) found.add(this.below(end));
    return [...found];
  }
}
