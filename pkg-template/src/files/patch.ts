// Puts a module together from another one and what it differs in: see difference.mjs.

import { unpacked } from "../unpacking.ts";

/** From so many new bytes on they are not what stands in the place of others. */
const FEW = 16;

/** The bytes of which `difference` says how they differ from `from`. */
export function patched(from: Uint8Array, difference: Uint8Array): Uint8Array {
  let read = 0;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = difference[read++] ?? 0;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const copies = number();
  const [before, distances, lengths] = [0, 1, 2].map(() => Array.from({ length: copies }, number)) as [number[], number[], number[]];
  const isInstead = (copy: number): boolean => distances[copy] === 0 && (before[copy] ?? 0) < FEW;
  let fresh = read;
  for (let copy = 0; copy < copies; copy++) if (isInstead(copy)) fresh += before[copy] ?? 0;
  let place = 0;
  const parts: Uint8Array[] = [];
  for (let copy = 0; copy < copies; copy++) {
    const count = before[copy] ?? 0;
    const distance = distances[copy] ?? 0;
    const length = lengths[copy] ?? 0;
    if (isInstead(copy)) {
      parts.push(from.slice(place, place + count).map((byte) => byte + (difference[read++] ?? 0)));
    } else {
      parts.push(difference.subarray(fresh, fresh + count));
      fresh += count;
    }
    place += count + (distance % 2 === 0 ? distance / 2 : -(distance + 1) / 2);
    parts.push(from.subarray(place, place + length));
    place += length;
  }
  return Buffer.concat(parts);
}

/** What `patched` takes, of the file: how long it is, and packed. */
export function difference(file: Uint8Array): Uint8Array {
  const size = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  return unpacked(file.subarray(4), size);
}
