// One module as what it differs in from another: both hold the same engine, so that only every fifth byte or so is new. `files/patch.ts` puts
// the two together again.

import { packedBytes } from "./modules.mjs";

/** Bytes that must be alike for a place to be looked at. */
const ALIKE = 16;
/** Bytes from which on it is worth going on beside where the last copy ended. */
const NEAR = 6;
/** Places of the same bytes that are tried. */
const TRIED = 64;
const SHIFTS = [0, 1, -1, 2, -2, 3, -3];

/**
 * The difference: how long it is unpacked, in four bytes, and packed the length of the copies' part, then three numbers for each copy (new bytes before it, how far its
 * place is from where the last one would have gone on, its length) as variable-length integers, and at last all new bytes.
 */
export function differenceOf(bytes, from) {
  const places = placesOf(from);
  const numbers = [];
  const fresh = [];
  let [position, start, expected] = [0, 0, 0];
  while (position < bytes.length) {
    const [place, length] = longest(bytes, from, places, position, expected + position - start);
    if (length === 0) {
      position += 1;
      continue;
    }
    numbers.push(position - start, zigzag(place - (expected + position - start)), length);
    fresh.push(bytes.subarray(start, position));
    expected = place + length;
    position += length;
    start = position;
  }
  // What is left after the last copy is before one of nothing.
  numbers.push(position - start, 0, 0);
  fresh.push(bytes.subarray(start));
  const copies = Buffer.from(numbers.flatMap(variable));
  const whole = Buffer.concat([Buffer.from(variable(copies.length)), copies, ...fresh]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(whole.length);
  return Buffer.concat([size, packedBytes(whole)]);
}

function placesOf(from) {
  const places = new Map();
  for (let place = 0; place + ALIKE <= from.length; place += 1) {
    const key = from.toString("latin1", place, place + ALIKE);
    const known = places.get(key);
    if (known === undefined) places.set(key, [place]);
    else if (known.length < TRIED) known.push(place);
  }
  return places;
}

/** Where to copy from, and how much: nothing where it is not worth it. */
function longest(bytes, from, places, position, expected) {
  let [best, length] = [0, 0];
  for (const shift of SHIFTS) {
    const found = common(bytes, position, from, expected + shift);
    if (found >= NEAR && found > length + Math.abs(shift)) [best, length] = [expected + shift, found];
  }
  if (length >= 2 * ALIKE) return [best, length];
  for (const place of places.get(bytes.toString("latin1", position, position + ALIKE)) ?? []) {
    const found = common(bytes, position, from, place);
    // Going far has its price.
    if (found > length + (length > 0 ? 8 : 0)) [best, length] = [place, found];
  }
  return [best, length];
}

function common(bytes, position, from, place) {
  let length = 0;
  if (place >= 0) while (place + length < from.length && position + length < bytes.length && from[place + length] === bytes[position + length]) length += 1;
  return length;
}

const zigzag = (number) => (number < 0 ? -2 * number - 1 : 2 * number);

function variable(number) {
  const bytes = [];
  for (; number >= 128; number = Math.floor(number / 128)) bytes.push((number % 128) | 128);
  return [...bytes, number];
}
