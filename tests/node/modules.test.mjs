// How the modules are written into the package, and read again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliDecompressSync, inflateRawSync } from "node:zlib";
import { differenceOf } from "../../pkg-template/difference.mjs";
import { textOf } from "../../pkg-template/modules.mjs";
import { compiled } from "./support.mjs";

const { patched } = compiled("pkg-template/src/cli/patch.ts");
const { bytesOf } = compiled("pkg-template/src/embedding.ts");

/** Bytes that look random and are the same each time. */
function bytes(length, seed) {
  const made = Buffer.alloc(length);
  let state = seed >>> 0 || 1;
  for (let index = 0; index < length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    made[index] = state >>> 11;
  }
  return made;
}

const one = bytes(5000, 1);
const other = bytes(5000, 2);
const zeros = Buffer.alloc(3000);

const pairs = {
  "nothing, of nothing": [Buffer.alloc(0), Buffer.alloc(0)],
  "nothing, of something": [Buffer.alloc(0), one],
  "something, of nothing": [one, Buffer.alloc(0)],
  "the same": [one, one],
  "all new": [one, other],
  "a part": [one.subarray(100, 4000), one],
  "in another order": [Buffer.concat([one.subarray(2500), one.subarray(0, 2500)]), one],
  "a byte here and there": [Buffer.from(one, 0).map((byte, index) => (index % 97 === 0 ? byte + 1 : byte)), one],
  "a byte more here and there": [Buffer.concat([one.subarray(0, 1000), Buffer.from([7]), one.subarray(1000, 3001), one.subarray(3003)]), one],
  "the same byte again and again": [zeros, zeros.subarray(0, 100)],
};
for (const [name, [target, from]] of Object.entries(pairs)) {
  test(`a difference gives the bytes back: ${name}`, () => {
    const difference = differenceOf(Buffer.from(target), from);
    assert.deepEqual(Buffer.from(patched(from, brotliDecompressSync(difference))), Buffer.from(target));
  });
}

test("a difference is small where there is little of it", () => {
  assert.ok(differenceOf(pairs["a byte here and there"][0], one).length < 500);
  assert.ok(differenceOf(one, other).length > 4000);
});

for (const length of [0, 1, 2, 12, 13, 5000]) {
  test(`a text gives ${length} bytes back`, () => {
    const [, size, text] = /^export const length=(\d+);export const text="([!-~]*)";\n$/.exec(textOf(one.subarray(0, length)));
    assert.ok(!/["\\<]/.test(text));
    assert.deepEqual(Buffer.from(inflateRawSync(bytesOf(text, Number(size)))), one.subarray(0, length));
  });
}
