// Something inside the module that has to be given back: by the caller, or when its owner is forgotten.

import { PeppercornError } from "./errors.ts";
import type { Freeable } from "./guard.ts";
import { free } from "./raw.ts";

/** Workers with a compatibility date before May 2025 have none: there, what is forgotten goes with the isolate. */
const forgotten = typeof FinalizationRegistry === "undefined" ? undefined : new FinalizationRegistry<Freeable>(forget);

/** Holds one object of the module. */
export class Handle<Raw extends Freeable> {
  readonly #what: string;
  #raw: Raw | undefined;

  constructor(what: string, raw: Raw) {
    this.#what = what;
    this.#raw = raw;
  }

  /** The object is given back when the owner is forgotten. */
  belongsTo(owner: object): void {
    if (this.#raw !== undefined) {
      forgotten?.register(owner, this.#raw, this);
    }
  }

  /** The object, unless it was freed. */
  get(): Raw {
    if (this.#raw === undefined) {
      throw new PeppercornError("DISPOSED", `the ${this.#what} was freed`);
    }
    return this.#raw;
  }

  /** The object, for someone who ends it otherwise. */
  take(): Raw {
    const raw = this.get();
    this.#raw = undefined;
    return raw;
  }

  /** Gives the object back; again is no error. */
  free(): void {
    const raw = this.#raw;
    if (raw !== undefined) {
      this.#raw = undefined;
      forgotten?.unregister(this);
      free(raw);
    }
  }
}

function forget(raw: Freeable): void {
  try {
    free(raw);
  } catch {
    // Nobody asked for this: whoever asks for something next hears that the module broke off.
  }
}
