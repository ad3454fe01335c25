// A WebAssembly module with the numbers of its code sorted out from the instructions: what is of a kind stands together, and is packed a tenth
// smaller. Source: the WebAssembly specification, "Binary Format".

/** Everything but the numbers that have a place of their own. */
const REST = 0;

/** How many places there are: the rest, local variables, offsets, constants of 32 bits and of 64, functions called, and labels. */
export const PLACES = 7;

/** The instructions with numbers after them: from which code, to which, and where each number goes. */
const INSTRUCTIONS: readonly (readonly [number, number, ...number[]])[] = [
  [0x02, 0x04, REST],
  [0x0c, 0x0d, 6],
  [0x10, 0x10, 5],
  [0x11, 0x11, REST, REST],
  [0x20, 0x22, 1],
  [0x23, 0x26, REST],
  [0x28, 0x3e, REST, 2],
  [0x3f, 0x40, REST],
  [0x41, 0x41, 3],
  [0x42, 0x42, 4],
  [0xd0, 0xd2, REST],
];

const numbersOf: (readonly number[])[] = [];
for (const [first, last, ...places] of INSTRUCTIONS) for (let code = first; code <= last; code++) numbersOf[code] = places;

/** Goes through a function: `byte` takes a byte of the rest, and `number` a number from its place, and each gives what it took. */
export function walk(byte: () => number, number: (place: number) => number): void {
  for (let groups = number(REST); groups > 0; groups--) {
    number(REST);
    byte();
  }
  for (let depth = 1; depth > 0; ) {
    const code = byte();
    for (const place of numbersOf[code] ?? []) number(place);
    if (code >= 0x02 && code <= 0x04) depth++;
    else if (code === 0x0b) depth--;
    else if (code === 0x0e) for (let labels = number(REST); labels >= 0; labels--) number(REST);
    else if (code === 0x1c) for (let types = number(REST); types > 0; types--) byte();
    else if (code === 0x43 || code === 0x44) for (let bytes = code === 0x43 ? 4 : 8; bytes > 0; bytes--) byte();
    // Of the instructions in two parts, those on memory and tables: a conversion has no more, to copy and to begin with a segment two.
    else if (code === 0xfc) for (let operation = number(REST), more = operation < 8 ? 0 : operation < 15 && operation % 2 === 0 ? 2 : 1; more > 0; more--) number(REST);
  }
}

/** The module of what `sorted` in modules.mjs gives: how long it is and each place, where its functions begin and how many there are, in four bytes each; then the places. */
export function unsorted(sorted: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const [size = 0, start = 0, functions = 0, ...lengths] = new Uint32Array(sorted.buffer, 0, 3 + PLACES);
  let end = 4 * (3 + PLACES);
  const next = lengths.map((length) => (end += length) - length);
  // A function is written before it is known how many bytes its length takes.
  const module = new Uint8Array(size + 4);
  let filled = 0;
  const move = (place: number): number => {
    const at = next[place] ?? 0;
    next[place] = at + 1;
    return (module[filled++] = sorted[at] ?? 0);
  };
  const byte = (): number => move(REST);
  const number = (place: number): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const part = move(place);
      value |= (part & 127) << shift;
      if (part < 128) return value;
    }
  };
  while (filled < start) byte();
  for (let left = functions; left > 0; left--) {
    const before = filled;
    filled += 5;
    walk(byte, number);
    let length = filled - before - 5;
    let after = before;
    for (; length >= 128; length >>>= 7) module[after++] = (length & 127) | 128;
    module[after++] = length;
    module.copyWithin(after, before + 5, filled);
    filled -= before + 5 - after;
  }
  while (filled < size) byte();
  return module.subarray(0, size);
}
