// Unpacks what was packed by LZMA, of which no platform has a decompressor built in: the engine's module is a fifth smaller than by deflate, and
// is there without waiting. Source: the LZMA specification that comes with the LZMA SDK, which is in the public domain; the settings are the
// usual ones, 3 bits of literal context and 2 of position.

/** Places of the probabilities among all. */
const IS_MATCH = 0;
const IS_REPEATED = IS_MATCH + 12 * 4;
const IS_NOT_FIRST = IS_REPEATED + 12;
const IS_NOT_SECOND = IS_NOT_FIRST + 12;
const IS_NOT_THIRD = IS_NOT_SECOND + 12;
const IS_LONG = IS_NOT_THIRD + 12;
const DISTANCE_SLOT = IS_LONG + 12 * 4;
const DISTANCE_BITS = DISTANCE_SLOT + 4 * 64;
const DISTANCE_END = DISTANCE_BITS + 115;
const LENGTH = DISTANCE_END + 16;
const LENGTH_SIZE = 2 + 4 * 8 + 4 * 8 + 256;
const REPEATED_LENGTH = LENGTH + LENGTH_SIZE;
const LITERAL = REPEATED_LENGTH + LENGTH_SIZE;
const ALL = LITERAL + 8 * 0x300;

/** The bytes, as many as there were, of which these are what the range coder wrote. */
export function unpacked(packed: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const probabilities = new Uint16Array(ALL).fill(1024);
  /** The range and the code: in memory of their own, as numbers that a variable would have to be made anew for each time. */
  const coder = new Uint32Array([0xffff_ffff, 0]);
  let read = 1;
  const shift = (): void => {
    coder[1] = ((coder[1] ?? 0) << 8) | (packed[read++] ?? 0);
  };
  while (read < 5) shift();
  const bit = (place: number): number => {
    const probability = probabilities[place] ?? 0;
    const range = coder[0] ?? 0;
    const code = coder[1] ?? 0;
    const bound = Math.imul(range >>> 11, probability) >>> 0;
    const value = code < bound ? 0 : 1;
    let left = bound;
    if (value === 0) {
      probabilities[place] = probability + ((2048 - probability) >>> 5);
    } else {
      left = range - bound;
      coder[1] = code - bound;
      probabilities[place] = probability - (probability >>> 5);
    }
    if (left < 0x100_0000) {
      coder[0] = left << 8;
      shift();
    } else {
      coder[0] = left;
    }
    return value;
  };
  const direct = (count: number): number => {
    let value = 0;
    for (; count > 0; count--) {
      const range = (coder[0] ?? 0) >>> 1;
      const code = coder[1] ?? 0;
      value <<= 1;
      if (code >= range) {
        coder[1] = code - range;
        value |= 1;
      }
      coder[0] = range;
      if (range < 0x100_0000) {
        coder[0] = range << 8;
        shift();
      }
    }
    return value;
  };
  const tree = (place: number, bits: number): number => {
    let node = 1;
    for (let left = bits; left > 0; left--) node = (node << 1) | bit(place + node);
    return node - (1 << bits);
  };
  /** The lowest bit first. */
  const reversed = (place: number, bits: number): number => {
    let value = 0;
    for (let index = 0, node = 1; index < bits; index++) {
      const next = bit(place + node);
      node = (node << 1) | next;
      value |= next << index;
    }
    return value;
  };
  const lengthAt = (place: number, position: number): number => {
    if (bit(place) === 0) return tree(place + 2 + position * 8, 3);
    if (bit(place + 1) === 0) return 8 + tree(place + 34 + position * 8, 3);
    return 16 + tree(place + 66, 8);
  };
  const distanceOf = (slot: number): number => {
    if (slot < 4) return slot;
    const bits = (slot >>> 1) - 1;
    const start = (2 | (slot & 1)) << bits;
    if (slot < 14) return start + reversed(DISTANCE_BITS + start - slot, bits);
    return start + (direct(bits - 4) << 4) + reversed(DISTANCE_END, 4);
  };

  // What the last four copies went back by, less one, and what the last few steps were.
  let [first, second, third, fourth, state] = [0, 0, 0, 0, 0];
  let filled = 0;
  while (filled < length) {
    const position = filled & 3;
    if (bit(IS_MATCH + state * 4 + position) === 0) {
      const place = LITERAL + 0x300 * ((bytes[filled - 1] ?? 0) >>> 5);
      let node = 1;
      if (state >= 7) {
        // After a copy the byte is likely another than the copy would have gone on with.
        for (let expected = bytes[filled - first - 1] ?? 0; node < 0x100; expected <<= 1) {
          const likely = (expected >>> 7) & 1;
          const next = bit(place + ((1 + likely) << 8) + node);
          node = (node << 1) | next;
          if (next !== likely) break;
        }
      }
      while (node < 0x100) node = (node << 1) | bit(place + node);
      bytes[filled++] = node;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let copied: number;
    if (bit(IS_REPEATED + state) === 0) {
      [second, third, fourth] = [first, second, third];
      copied = lengthAt(LENGTH, position);
      state = state < 7 ? 7 : 10;
      first = distanceOf(tree(DISTANCE_SLOT + Math.min(copied, 3) * 64, 6));
      copied += 2;
    } else {
      let isLong = true;
      if (bit(IS_NOT_FIRST + state) === 0) {
        isLong = bit(IS_LONG + state * 4 + position) === 1;
      } else if (bit(IS_NOT_SECOND + state) === 0) {
        [first, second] = [second, first];
      } else if (bit(IS_NOT_THIRD + state) === 0) {
        [first, second, third] = [third, first, second];
      } else {
        [first, second, third, fourth] = [fourth, first, second, third];
      }
      copied = isLong ? 2 + lengthAt(REPEATED_LENGTH, position) : 1;
      state = state < 7 ? (isLong ? 8 : 9) : 11;
    }
    for (; copied > 0; copied--, filled++) bytes[filled] = bytes[filled - first - 1] ?? 0;
  }
  return bytes;
}
