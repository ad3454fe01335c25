// The messages that a caller has sent and the method has not taken yet.

/** A queue with one writer and one reader. */
export class Requests implements AsyncIterable<Buffer> {
  readonly #waiting: { readonly message: Buffer; readonly taken: () => void }[] = [];
  #ended = false;
  #arrived = (): void => {};

  /** `taken` is called when the reader has come so far, or will never: the writer waits for it. */
  add(message: Buffer, taken: () => void): void {
    if (this.#ended) {
      taken();
      return;
    }
    this.#waiting.push({ message, taken });
    this.#arrived();
  }

  /** No more will be added. */
  end(): void {
    this.#ended = true;
    this.#arrived();
  }

  /** Nobody reads any more. */
  drop(): void {
    this.end();
    for (const { taken } of this.#waiting.splice(0)) taken();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        next.taken();
        yield next.message;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => (this.#arrived = resolve));
      }
    }
  }
}
