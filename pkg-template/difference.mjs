// One module as what it differs in from another: both hold the same engine, so that only every fifth byte or so is new. `files/patch.ts` puts
// the two together again.

import { packedBytes } from "./modules.mjs";

/** Bytes that must be alike for a place to be looked at. */
const ALIKE = 20;
/** Bytes from which on it is worth going on beside where the last copy ended. */
const NEAR = 6;
/** Places of the same bytes that are tried. */
const TRIED = 64;
/** From so many new bytes on they are not what stands in the place of others: as in patch.ts. */
const FEW = 16;
const SHIFTS = [0, 1, -1, 2, -2, 3, -3];

/**
 * The difference: how long it is unpacked, in four bytes, and packed how many copies there are, three columns of numbers about them (new bytes before
 * it, how far its place is from where the last one would have gone on, its length) as variable-length integers, and two runs of new bytes: those that
 * stand for as few others, as what is to be added to them, and all that are left.
 */
export function differenceOf(bytes, from) {
  const places = placesOf(from);
  const columns = [[], [], []];
  const [instead, fresh] = [[], []];
  let [position, start, expected] = [0, 0, 0];
  const add = (place, length) => {
    const before = position - start;
    const distance = place - (expected + before);
    [before, zigzag(distance), length].forEach((number, column) => columns[column].push(...variable(number)));
    const added = bytes.subarray(start, position);
    if (distance === 0 && before < FEW) instead.push(...added.map((byte, index) => byte - from[expected + index]));
    else fresh.push(...added);
    expected = place + length;
    position += length;
    start = position;
  };
  let copies = 0;
  while (position < bytes.length) {
    const [place, length] = longest(bytes, from, places, position, expected + position - start);
    if (length === 0) {
      position += 1;
      continue;
    }
    add(place, length);
    copies += 1;
  }
  // What is left after the last copy is before one of nothing, from nowhere near.
  add(from.length + FEW, 0);
  const whole = Buffer.from([...variable(copies + 1), ...columns.flat(), ...instead, ...fresh]);
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
