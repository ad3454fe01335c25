// The WebAssembly modules as they are shipped.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";

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

/** Characters that stand in a text for themselves, also in a page: 91, so that two of them are 13 bits. */
const CHARACTERS = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).filter((character) => !'"<\\'.includes(character));

/** The module deflated, as JavaScript that holds it in a text: `embedding.ts` reads it. A tenth shorter than base64. */
export function textOf(bytes) {
  const deflated = deflateRawSync(bytes, { level: 9 });
  let [text, held, bits] = ["", 0, 0];
  const put = () => {
    const pair = held & 0x1fff;
    text += CHARACTERS[Math.floor(pair / 91)] + CHARACTERS[pair % 91];
    held >>>= 13;
    bits -= 13;
  };
  for (const byte of deflated) {
    held |= byte << bits;
    bits += 8;
    if (bits >= 13) put();
  }
  if (bits > 0) put();
  return `export const length=${deflated.length};export const text="${text}";\n`;
}
