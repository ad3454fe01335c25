// How far a long piece of work is, for whoever watches a terminal.

import { count } from "./report.ts";

/** Counts relationships. Nothing is shown where standard error is no terminal. */
export class Progress {
  readonly #doing: string;
  #done = 0;
  #shownAt = 0;

  constructor(doing: string) {
    this.#doing = doing;
  }

  get done(): number {
    return this.#done;
  }

  add(more: number): void {
    this.#done += more;
    const now = performance.now();
    if (process.stderr.isTTY && now - this.#shownAt >= 100) {
      this.#shownAt = now;
      process.stderr.write(`\r\u001b[K${this.#doing} ${count(this.#done, "relationship")}`);
    }
  }

  /** Takes the line away. */
  end(): void {
    if (process.stderr.isTTY && this.#shownAt > 0) process.stderr.write("\r\u001b[K");
    this.#shownAt = 0;
  }
}
