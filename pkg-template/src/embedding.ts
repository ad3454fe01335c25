// Reads the text in which `modules.mjs` writes bytes: two of 91 characters are 13 bits, the first byte in the lowest.

/** Codes from `!` to `~` that do not occur. */
const LEFT_OUT = new Set(Array.from('"<\\', (character) => character.charCodeAt(0)));

/** The bytes of a text. */
export function bytesOf(text: string, length: number): Uint8Array<ArrayBuffer> {
  const digits = new Uint8Array(128);
  for (let code = 0x21, digit = 0; code < 0x7f; code++) {
    if (!LEFT_OUT.has(code)) digits[code] = digit++;
  }
  const digit = (index: number): number => digits[text.charCodeAt(index)] ?? 0;
  const bytes = new Uint8Array(length);
  let held = 0;
  let bits = 0;
  let filled = 0;
  for (let index = 0; index < text.length; index += 2) {
    held |= (digit(index) * 91 + digit(index + 1)) << bits;
    for (bits += 13; bits >= 8; bits -= 8) {
      bytes[filled++] = held & 0xff;
      held >>>= 8;
    }
  }
  return bytes;
}
