// Puts a module together from another one and what it differs in: see difference.mjs.

import { unpacked } from "../unpacking.ts";

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
  const end = read + copies;
  let fresh = end;
  let place = 0;
  const parts: Uint8Array[] = [];
  while (read < end) {
    const before = number();
    const distance = number();
    const length = number();
    parts.push(difference.subarray(fresh, fresh + before));
    fresh += before;
    place += before + (distance % 2 === 0 ? distance / 2 : -(distance + 1) / 2);
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
