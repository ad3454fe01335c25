// Modules that really break off: the engine's own, with one function or the memory changed in the binary.

import { readFileSync } from "node:fs";

const [MEMORY, EXPORTS, CODE] = [5, 7, 10];

/** The engine's module as it is. */
export const engine = () => readFileSync(new URL("../../../pkg/engine.wasm", import.meta.url));

/** The module in which a function that is exported under that name does nothing but trap. */
export function trapping(bytes, name) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).filter(({ kind }) => kind === "function").length;
  const index = functionOf(bytes, name) - imports;
  return changed(bytes, CODE, (body) => {
    const [count, start] = number(body, 0);
    if (index < 0 || index >= count) throw new Error(`\`${name}\` is not a function of the module's own`);
    let at = start;
    for (let place = 0; place < index; place += 1) at = past(body, at);
    // No locals, `unreachable`, `end`.
    return Buffer.concat([body.subarray(0, at), Buffer.from([3, 0, 0x00, 0x0b]), body.subarray(past(body, at))]);
  });
}

/** The module whose memory has no more than so many pages of 64 KiB. */
export function cramped(bytes, pages) {
  return changed(bytes, MEMORY, (body) => {
    const [, flags] = number(body, 0);
    const [least] = number(body, flags + 1);
    if (body[flags] !== 0 || least > pages) throw new Error(`the memory has a limit already, or begins with ${least} pages`);
    return Buffer.from([1, 1, ...variable(least), ...variable(pages)]);
  });
}

function functionOf(bytes, name) {
  let found;
  changed(bytes, EXPORTS, (body) => {
    let [count, at] = number(body, 0);
    for (; count > 0; count -= 1) {
      const [length, start] = number(body, at);
      const kind = start + length;
      const [index, next] = number(body, kind + 1);
      if (body[kind] === 0 && body.toString("latin1", start, kind) === name) found = index;
      at = next;
    }
    return body;
  });
  if (found === undefined) throw new Error(`there is no \`${name}\``);
  return found;
}

/** The module with the contents of one section changed. */
function changed(bytes, section, change) {
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length; ) {
    const [length, start] = number(bytes, at + 1);
    const whole = bytes.subarray(start, start + length);
    const body = bytes[at] === section ? change(whole) : whole;
    parts.push(Buffer.from([bytes[at], ...variable(body.length)]), body);
    at = start + length;
  }
  return Buffer.concat(parts);
}

/** An unsigned LEB128 number, and where it ends. */
function number(bytes, at) {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, at];
  }
}

function past(bytes, at) {
  const [length, start] = number(bytes, at);
  return start + length;
}

function variable(value) {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}
