// The texts of a hot question, written into the engine's memory: they cross in less time than a copy of each would be made in.

import { call } from "./raw.ts";

/** Where a text has its place. */
export const SUBJECT = 0;
export const PERMISSION = 1;
export const RESOURCE = 2;

let memory: WebAssembly.Memory | undefined;
let start = 0;
let size = 0;
let bytes = new Uint8Array(0);

/** The permission that stands at its place: most questions ask for the same one as the question before. */
let permissionThere = "";

/** Makes this the memory that is written into. */
export function writeInto(engines: WebAssembly.Memory): void {
  memory = engines;
  start = call((raw) => raw.EngineView.texts());
  size = call((raw) => raw.EngineView.textBytes());
  bytes = new Uint8Array(0);
  permissionThere = "";
}

/** So many bytes of the engine's memory, until it grows. */
export function viewOf(from: number, length: number): Uint8Array<ArrayBuffer> {
  return memory === undefined ? new Uint8Array(0) : new Uint8Array(memory.buffer, from, length);
}

/** Writes a text to its place. Gives its length in bytes, or -1 where it is not ASCII or has no room: no text of a good question is so. */
export function put(place: number, text: string): number {
  const length = text.length;
  if (place === PERMISSION && text === permissionThere) {
    return length;
  }
  if (length > size) {
    return -1;
  }
  if (bytes.length === 0) {
    // The memory has grown, which leaves views of it without anything.
    bytes = viewOf(start, 3 * size);
  }
  const view = bytes;
  const from = place * size;
  let codes = 0;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    codes |= code;
    view[from + index] = code;
  }
  const isAscii = codes < 0x80;
  if (place === PERMISSION) {
    permissionThere = isAscii ? text : "";
  }
  return isAscii ? length : -1;
}
