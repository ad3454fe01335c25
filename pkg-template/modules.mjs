// The WebAssembly modules as they are shipped.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(new URL("../tests/package.json", import.meta.url));
const { compress } = await import(pathToFileURL(resolve("lzma1")));

/**
 * The module with a mark: a custom section `peppercorn` of which the JavaScript knows the text. A module of another build may be bound
 * without an error and answer otherwise.
 */
export function marked(module, glue, version) {
  const bytes = readFileSync(module);
  const digest = createHash("sha256").update(bytes).update(readFileSync(glue)).digest("hex").slice(0, 16);
  const mark = `${version} ${digest}`;
  const content = Buffer.concat([Buffer.from([10]), Buffer.from("peppercorn"), Buffer.from(mark)]);
  if (content.length > 127) throw new Error("the mark is too long for a length of one byte");
  // Sections of the binary format: an id (0 is custom), the length, and here a name with its own length before the text.
  return { mark, bytes: Buffer.concat([bytes, Buffer.from([0, content.length]), content]) };
}

/** A module in the order that `unsorted` reads, of which `sorting` is the source. */
export function sortedBytes(bytes, { walk, unsorted, PLACES }) {
  const places = Array.from({ length: PLACES }, () => []);
  let read = HEAD;
  const numberAt = (take) => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const part = bytes[read++];
      take?.push(part);
      value |= (part & 127) << shift;
      if (part < 128) return value;
    }
  };
  while (bytes[read++] !== CODE) read = numberAt() + read;
  numberAt();
  const functions = numberAt();
  const start = read;
  places[0].push(...bytes.subarray(0, start));
  for (let left = functions; left > 0; left -= 1) {
    numberAt();
    walk(() => (places[0].push(bytes[read]), bytes[read++]), (place) => numberAt(places[place]));
  }
  for (; read < bytes.length; read += 1) places[0].push(bytes[read]);
  const head = Uint32Array.of(bytes.length, start, functions, ...places.map((place) => place.length));
  const sorted = Buffer.concat([Buffer.from(head.buffer), ...places.map((place) => Buffer.from(place))]);
  if (!bytes.equals(unsorted(Uint8Array.from(sorted)))) throw new Error("the module has instructions that sorting.ts does not know");
  return sorted;
}

/** `\0asm` and the version. */
const HEAD = 8;
/** The number of the section of functions. */
const CODE = 10;

/** Characters that stand in a text for themselves, also in a page: 91, so that two of them are 13 bits. */
const CHARACTERS = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).filter((character) => !'"<\\'.includes(character));

/** What `unpacking.ts` reads. */
export function packedBytes(bytes) {
  const whole = compress(bytes, 9);
  if (whole[0] !== SETTINGS) throw new Error("the packer uses other settings than usual");
  return whole.subarray(HEADER);
}

/** What the header says before the length: the usual settings, which `unpacking.ts` knows. */
const SETTINGS = 93;
const HEADER = 13;

/** The bytes packed, as JavaScript that holds them in a text: `unpacking.ts` and `embedding.ts` read it. A quarter shorter than deflated in base64. */
export function textOf(bytes) {
  const packed = packedBytes(bytes);
  let [text, held, bits] = ["", 0, 0];
  const put = () => {
    const pair = held & 0x1fff;
    text += CHARACTERS[Math.floor(pair / 91)] + CHARACTERS[pair % 91];
    held >>>= 13;
    bits -= 13;
  };
  for (const byte of packed) {
    held |= byte << bits;
    bits += 8;
    if (bits >= 13) put();
  }
  if (bits > 0) put();
  return `export const size=${bytes.length};export const length=${packed.length};export const text="${text}";\n`;
}
