// How the modules are written into the package, and read again.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { differenceOf } from "../../pkg-template/difference.mjs";
import { textOf } from "../../pkg-template/modules.mjs";
import { compiled, filesIn, path } from "./support.mjs";

const { difference, patched } = compiled("pkg-template/src/files/patch.ts");
const { bytesOf } = compiled("pkg-template/src/embedding.ts");
const { unpacked } = compiled("pkg-template/src/unpacking.ts");
const { unsorted } = compiled("pkg-template/src/sorting.ts");

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
    const file = differenceOf(Buffer.from(target), from);
    assert.deepEqual(Buffer.from(patched(from, difference(file))), Buffer.from(target));
  });
}

test("a difference is small where there is little of it", () => {
  assert.ok(differenceOf(pairs["a byte here and there"][0], one).length < 500);
  assert.ok(differenceOf(one, other).length > 4000);
});

const texts = {
  "nothing": Buffer.alloc(0),
  "a byte": one.subarray(0, 1),
  "two bytes": one.subarray(0, 2),
  "12 bytes": one.subarray(0, 12),
  "bytes without order": one,
  "one byte again and again": zeros,
  "bytes that come back": Buffer.concat([one, other.subarray(0, 700), one, one.subarray(30, 1000), other]),
  "bytes that come back from far": Buffer.concat([one, bytes(300_000, 3), one, bytes(4000, 3)]),
  "sources": Buffer.from(filesIn("pkg-template/src", ".ts").map((file) => readFileSync(path(file), "utf8")).join("")),
};
for (const [name, given] of Object.entries(texts)) {
  test(`a text gives the bytes back: ${name}`, () => {
    const [, size, length, text] = /^export const size=(\d+);export const length=(\d+);export const text="([!-~]*)";\n$/.exec(textOf(given));
    assert.ok(!/["\\<]/.test(text));
    assert.ok(Buffer.from(unpacked(bytesOf(text, Number(length)), Number(size))).equals(given));
  });
}

test("what is shipped is the engine, packed well", async () => {
  const engine = readFileSync(path("pkg/engine.wasm"));
  const { size, length, text } = await import("../../pkg/dist/engine-text.mjs");
  assert.ok(Buffer.from(unsorted(unpacked(bytesOf(text, length), size))).equals(engine));
  assert.ok(text.length < 0.36 * engine.length, `${text.length} of ${engine.length}`);
});
