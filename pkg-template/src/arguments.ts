// Arguments as callers in plain JavaScript may pass them: checked, never coerced. `undefined` as a subject must not become the
// text "undefined" and be answered.

import { PeppercornError, invalidArgument } from "./errors.ts";

/** The argument as a string. */
export function text(value: unknown, name: string): string {
  if (typeof value !== "string") {
    throw invalidArgument(`\`${name}\` must be a string, not ${kind(value)}`);
  }
  return value;
}

/**
 * The argument as a string of which no more than `longest` characters, all that can be legal and one more, go to the engine. What is
 * cut off would be refused there anyway; this way nobody makes the module's memory grow by asking.
 */
export function bounded(value: unknown, name: string, longest: number): string {
  const whole = text(value, name);
  return whole.length > longest ? whole.slice(0, longest + 1) : whole;
}

// More than a type (128), an id (1024) and a relation (64) can come to.
const LONGEST_REFERENCE = 2048;

/** The argument as a reference to a subject or resource. */
export function reference(value: unknown, name: string): string {
  return bounded(value, name, LONGEST_REFERENCE);
}

/** The argument as the name of a permission or type, where a reference would mean that arguments were swapped. */
export function name(value: unknown, name: string): string {
  const given = bounded(value, name, LONGEST_REFERENCE);
  if (given.includes(":")) {
    throw invalidArgument(`\`${name}\` must be a name, not a reference such as \`${given.toWellFormed()}\`; look at the order of the arguments`);
  }
  return given;
}

/** Whether it is a number of the kind that handles are. */
export function isHandle(value: unknown): value is number {
  return typeof value === "number" && value >>> 0 === value;
}

/** The argument as a handle. Whether it is one of the engine's is for the engine to say. */
export function handleOf(value: unknown, name: string): number {
  if (!isHandle(value)) {
    throw invalidArgument(`\`${name}\` must be a handle, a number that \`id\` gave, not ${typeof value === "number" ? value : kind(value)}`);
  }
  return value;
}

/** The argument as handles: one, or a list of them. */
export function handlesOf(value: unknown, name: string): Uint32Array {
  return value instanceof Uint32Array ? numbers(Uint32Array, value, name) : Uint32Array.of(handleOf(value, name));
}

/** The argument as bytes. */
export function bytesOf(value: unknown, name: string): Uint8Array {
  if (!(value instanceof Uint8Array)) {
    throw invalidArgument(`\`${name}\` must be a Uint8Array`);
  }
  return numbers(Uint8Array, value, name);
}

/** The same numbers as an array of the very type. What cannot be read must not be found out about halfway into the module. */
function numbers<Numbers extends Uint8Array | Uint32Array>(
  type: new (buffer: ArrayBufferLike, offset: number, length: number) => Numbers,
  given: Numbers,
  name: string,
): Numbers {
  try {
    return new type(given.buffer, given.byteOffset, given.length);
  } catch (cause) {
    throw new PeppercornError("INVALID_ARGUMENT", `\`${name}\` cannot be read: its buffer was transferred, or it is no such array`, { cause });
  }
}

/** The text, of nothing but characters: half of a surrogate pair would become another one on its way into the engine. */
export function wellFormed(text: string, name: string): string {
  if (!text.isWellFormed()) {
    throw invalidArgument(`\`${name.toWellFormed()}\` holds half of a surrogate pair, which is no character`);
  }
  return text;
}

/** The argument as an object that holds no keys but these, where any are named. */
export function record(value: unknown, name: string, keys?: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidArgument(`\`${name}\` must be an object, not ${kind(value)}`);
  }
  if (keys !== undefined) {
    // One that is still to come, say, has no keys yet.
    if (!isPlain(value)) throw invalidArgument(`\`${name}\` must be a plain object, not ${kind(value)}`);
    for (const key of Object.keys(value)) {
      if (!keys.includes(key)) throw invalidArgument(`\`${name}\` has no \`${key}\`, only ${keys.map((key) => `\`${key}\``).join(", ")}`);
    }
    for (const key of keys) {
      if (isInherited(value, key)) throw invalidArgument(`\`${name}.${key}\` is inherited; it must be a property of its own`);
    }
  }
  return value as Record<string, unknown>;
}

/** The same of an argument that may be left out. */
export function perhaps(value: unknown, name: string, keys: readonly string[]): Record<string, unknown> {
  return value === undefined ? NOTHING : record(value, name, keys);
}

const NOTHING: Record<string, unknown> = Object.freeze(Object.create(null));

/** Whether somebody made objects have that without saying so: what is written on the prototype of all must not change an answer. */
function isInherited(value: object, key: string): boolean {
  return key in value && !Object.hasOwn(value, key);
}

/** An item of a list as an object of these keys. */
export function item(value: unknown, list: string, index: number, keys: readonly string[]): Record<string, unknown> {
  // Its name takes longer to put together than the item to look at.
  const isGood = typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).every((key) => keys.includes(key)) && !keys.some((key) => isInherited(value, key));
  return isGood ? (value as Record<string, unknown>) : record(value, `${list}[${index}]`, keys);
}

/** The argument as a switch that is off by default. */
export function flag(value: unknown, name: string): boolean {
  if (value !== undefined && typeof value !== "boolean") {
    throw invalidArgument(`\`${name}\` must be true or false, not ${kind(value)}`);
  }
  return value === true;
}

/** The argument as a list. */
export function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw invalidArgument(`\`${name}\` must be an array, not ${kind(value)}`);
  }
  return value;
}

/**
 * One relationship, of a list of that name, as one line. Blank lines and comments mean nothing to the engine, and a line break would
 * make two of one.
 */
export function line(value: unknown, list: string, index: number, field = ""): string {
  if (typeof value === "string" && /^[^\s/][^\n\r]*$/.test(value) && value.isWellFormed()) {
    return value;
  }
  const name = `${list}[${index}]${field}`;
  const relationship = wellFormed(text(value, name), name);
  if (/[\n\r]/.test(relationship)) {
    throw invalidArgument(`\`${name}\` holds a line break; it must be one relationship`);
  }
  const trimmed = relationship.trim();
  if (trimmed === "" || trimmed.startsWith("//")) {
    throw invalidArgument(`\`${name}\` holds no relationship`);
  }
  return relationship;
}

/** Relationships, given as a text with one a line or as a list, as lines. In a text, blank lines and comments mean nothing. */
export function relationshipLines(value: unknown, name: string): string[] {
  if (typeof value === "string") {
    const isRelationship = (trimmed: string): boolean => trimmed !== "" && !trimmed.startsWith("//");
    return wellFormed(value, name).split(/\r?\n/).map((line) => line.trim()).filter(isRelationship);
  }
  if (!Array.isArray(value)) {
    throw invalidArgument(`\`${name}\` must be a string or an array of strings`);
  }
  // With what is not there, which `map` passes over.
  return Array.from(value, (relationship, index) => line(relationship, name, index));
}

/** An object that is nothing but its own keys; also one of another realm, such as Node's `vm`. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a value is, for a message. */
export function kind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`;
  return isPlain(value) ? "an object" : `an instance of ${String(value.constructor?.name ?? "a class")}`;
}
