// A caveat context as the JSON text that the engine reads. Written here rather than by JSON.stringify, which leaves out what it
// cannot say: a condition about a name that was dropped on the way would be a wrong answer, not an error.

import { isPlain, kind, wellFormed } from "./arguments.ts";
import { invalidArgument } from "./errors.ts";

/** Levels of lists and objects; the engine reads no more. */
const DEEPEST = 100;

/** The text of a context; of none, the empty text. */
export function contextText(context: unknown, name: string): string {
  if (context === undefined) {
    return "";
  }
  if (!isPlain(context)) {
    throw invalidArgument(`\`${name}\` must be an object of names and values, not ${described(context)}`);
  }
  return simple(context) ?? json(context, name, 0);
}

/** The text of a context of nothing but short plain values, as almost all are: in a third of the time. */
function simple(context: Record<string, unknown>): string | undefined {
  let text = "";
  for (const key of Object.keys(context)) {
    const value = simpleValue(context[key]);
    if (value === undefined || !PLAIN.test(key)) {
      return undefined;
    }
    text += `${text === "" ? "{" : ","}"${key}":${value}`;
  }
  return text === "" ? "{}" : `${text}}`;
}

function simpleValue(value: unknown): string | undefined {
  switch (typeof value) {
    case "boolean":
      return value ? "true" : "false";
    case "number":
      return Number.isFinite(value) ? String(value) : undefined;
    case "string":
      return PLAIN.test(value) ? `"${value}"` : undefined;
    default:
      return undefined;
  }
}

/** Characters that JSON has as they are. */
const PLAIN = /^[ !#-[\]-~]*$/;

function json(value: unknown, name: string, depth: number): string {
  if (depth > DEEPEST) {
    throw invalidArgument(`\`${name.slice(0, 60)}…\` is nested deeper than ${DEEPEST} levels, or holds itself`);
  }
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "bigint":
      // A JSON number is a double to SpiceDB, which takes larger whole numbers as text.
      return Number.isSafeInteger(Number(value)) ? String(value) : quoted(String(value), name);
    case "string":
      return quoted(value, name);
    case "number":
      if (!Number.isFinite(value)) break;
      return String(value);
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return `[${Array.from(value, (item, index) => json(item, `${name}[${index}]`, depth + 1)).join(",")}]`;
      if (value instanceof Date) return quoted(rfc3339(value, name), name);
      if (value instanceof Uint8Array) return quoted(base64(value), name);
      if (isPlain(value)) return object(value, name, depth);
  }
  const help = value === undefined ? "; leave the name out where there is no value" : "";
  throw invalidArgument(`\`${name}\` is ${described(value)}, which no caveat can be given${help}`);
}

function object(value: Record<string, unknown>, name: string, depth: number): string {
  const field = ([key, field]: [string, unknown]): string => {
    const path = `${name}.${key}`;
    return `${quoted(key, path)}:${json(field, path, depth + 1)}`;
  };
  return `{${Object.entries(value).map(field).join(",")}}`;
}

function quoted(text: string, name: string): string {
  return JSON.stringify(wellFormed(text, name));
}

/** A moment as RFC 3339 has it. */
export function rfc3339(date: Date, name: string): string {
  const text = Number.isNaN(date.getTime()) ? "" : date.toISOString();
  if (!/^\d{4}-/.test(text) || text.startsWith("0000")) {
    throw invalidArgument(`\`${name}\` is a date without a time between the years 1 and 9999`);
  }
  return text;
}

function base64(bytes: Uint8Array): string {
  // Piece by piece: a call takes no more than some ten thousand arguments.
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x2000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x2000));
  }
  return btoa(text);
}

function described(value: unknown): string {
  return typeof value === "number" ? String(value) : kind(value);
}
