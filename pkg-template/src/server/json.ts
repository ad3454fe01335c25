// Reading JSON that a stranger sent.

import { malformed } from "./http-refused.ts";
import { Refused } from "./refused.ts";

/** Objects and lists within one another; the engine's own messages are less than ten deep, and the rest is a caveat's context. */
const MOST_LEVELS = 100;

/**
 * The value of a JSON text. Refused besides what is no JSON: nesting that is too deep, and a name that is twice in one object, of which
 * programs in front of this one may have read the other value.
 */
export function parse(text: string): unknown {
  inspect(text);
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw malformed(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** Whether the text is nothing but what JSON takes for blank. */
export function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

/** Of a text that is no JSON this finds nothing, or something that is wrong anyway. */
function inspect(text: string): void {
  // For each level the names of its object so far; nothing for a list.
  const levels: (Set<string> | undefined)[] = [];
  let nameIsNext = false;
  for (let place = 0; place < text.length; place += 1) {
    switch (text.charCodeAt(place)) {
      case OPENS_OBJECT:
      case OPENS_LIST:
        nameIsNext = text.charCodeAt(place) === OPENS_OBJECT;
        levels.push(nameIsNext ? new Set() : undefined);
        if (levels.length > MOST_LEVELS) {
          throw malformed(`it is nested deeper than ${MOST_LEVELS} levels`);
        }
        break;
      case CLOSES_OBJECT:
      case CLOSES_LIST:
        levels.pop();
        nameIsNext = false;
        break;
      case COMMA:
        nameIsNext = levels.at(-1) !== undefined;
        break;
      case QUOTE: {
        const end = endOfText(text, place);
        if (nameIsNext) {
          addName(levels.at(-1), text.slice(place, end + 1));
          nameIsNext = false;
        }
        place = end;
        break;
      }
      default:
    }
  }
}

function addName(names: Set<string> | undefined, quoted: string): void {
  let name = quoted;
  if (quoted.includes("\\")) {
    try {
      name = JSON.stringify(JSON.parse(quoted));
    } catch {
      return; // no JSON: the parser says so
    }
  }
  if (names?.has(name) === true) {
    throw malformed(`an object has the name \`${name.slice(1, -1)}\` twice`);
  }
  names?.add(name);
}

/** The place of the quote that ends the text which begins here; the end of everything where there is none. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) {
      backslashes += 1;
    }
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/**
 * Splits a text that comes in parts into the objects that stand in it one after the other, with nothing but blanks between them: what
 * grpc-gateway takes for a stream of messages.
 */
export class Objects {
  readonly #most: number;
  /** What has come of an object that has no end yet, and how much. */
  #begun: string[] = [];
  #length = 0;
  #depth = 0;
  #inText = false;
  #isEscaped = false;

  /** @param most the most characters of an object */
  constructor(most: number) {
    this.#most = most;
  }

  /** The objects that are whole with this part. No character is looked at twice, however small the parts are. */
  *add(part: string): Generator<unknown, void, undefined> {
    let start = 0;
    for (let place = 0; place < part.length; place += 1) {
      const code = part.charCodeAt(place);
      if (this.#isEscaped) {
        this.#isEscaped = false;
      } else if (this.#inText) {
        if (code === BACKSLASH) this.#isEscaped = true;
        else if (code === QUOTE) this.#inText = false;
      } else if (code === OPENS_OBJECT || (code === OPENS_LIST && this.#depth > 0)) {
        this.#depth += 1;
      } else if (this.#depth === 0) {
        if (!BLANKS.has(code)) throw malformed("the messages of a stream are objects, one after the other");
        start = place + 1;
      } else if (code === QUOTE) {
        this.#inText = true;
      } else if (code === CLOSES_OBJECT || code === CLOSES_LIST) {
        this.#depth -= 1;
        if (this.#depth > 0) continue;
        const whole = this.#begun.join("") + part.slice(start, place + 1);
        this.#begun = [];
        this.#length = 0;
        start = place + 1;
        yield parse(whole);
      }
    }
    if (start === part.length) return;
    this.#begun.push(part.slice(start));
    this.#length += part.length - start;
    if (this.#length > this.#most) {
      throw new Refused("RESOURCE_EXHAUSTED", `a message of the stream is larger than ${this.#most} bytes`);
    }
  }

  /** Refuses an object that has no end. */
  end(): void {
    if (this.#length > 0) {
      throw malformed("the last message has no end");
    }
  }
}

const QUOTE = 34;
const COMMA = 44;
const OPENS_LIST = 91;
const BACKSLASH = 92;
const CLOSES_LIST = 93;
const OPENS_OBJECT = 123;
const CLOSES_OBJECT = 125;
const BLANKS: ReadonlySet<number> = new Set([9, 10, 13, 32]);
