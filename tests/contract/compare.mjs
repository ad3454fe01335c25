// How an answer is compared with what a case expects of it; README.md has the rules in words.

/** Unfolds `{ "$repeat": { count, of } }` in lists, `${i}` being the number of the copy, from 0, and `{ "$text": { count, of } }` for a text. */
export function unroll(json) {
  if (Array.isArray(json)) return json.flatMap((item) => (item?.$repeat ? copies(item.$repeat) : [unroll(item)]));
  if (json?.$text) return json.$text.of.repeat(json.$text.count);
  return json && typeof json === "object" ? mapValues(json, unroll) : json;
}

const copies = ({ count, of }) => Array.from({ length: count }, (_, i) => fill(unroll(of), new Map([["i", String(i)]])));
const mapValues = (json, change) => Object.fromEntries(Object.entries(json).map(([key, value]) => [key, change(value)]));

/** Replaces `${name}` by the value saved under that name; an unknown one stays. */
export function fill(json, saved) {
  if (typeof json === "string") return json.replace(/\$\{(\w+)\}/g, (whole, name) => saved.get(name) ?? whole);
  if (Array.isArray(json)) return json.map((item) => fill(item, saved));
  return json && typeof json === "object" ? mapValues(json, (value) => fill(value, saved)) : json;
}

/** The answer without fields that hold the default of proto3, which count as absent. A Struct's own values are data and stay. */
export function withoutDefaults(json, isData = false) {
  if (Array.isArray(json)) return json.map((item) => withoutDefaults(item, isData));
  if (!json || typeof json !== "object") return json;
  const kept = Object.entries(json).map(([key, value]) => [key, withoutDefaults(value, isData || STRUCTS.has(key))]);
  return Object.fromEntries(kept.filter(([key, value]) => isData || !(isDefault(value) || (STRUCTS.has(key) && isEmpty(value)))));
}

const STRUCTS = new Set(["context", "metadata", "optionalTransactionMetadata", "fullRevisionMetadata"]);
const isEmpty = (value) => Object.keys(value).length === 0;
const isDefault = (value) =>
  value === null || value === false || value === 0 || value === "" || value === "0" || /_UNSPECIFIED$/.test(value) || (Array.isArray(value) && value.length === 0);

/** Whether the answer is what is expected. Values named for the first time are saved, only when all matches. */
export function matches(expected, found, saved, inOrder = false) {
  const trial = new Map(saved);
  if (!match(expected, found, trial, inOrder)) return false;
  for (const [name, value] of trial) saved.set(name, value);
  return true;
}

function match(expected, found, saved, inOrder) {
  if (typeof expected === "string") return matchText(expected, found, saved);
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || expected.length !== found.length) return false;
    if (inOrder) return expected.every((item, at) => match(item, found[at], saved, inOrder));
    const left = [...found];
    return expected.every((item) => {
      const at = left.findIndex((one) => matches(item, one, saved));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
  }
  if (!expected || typeof expected !== "object") return expected === found;
  if (!found || typeof found !== "object" || Array.isArray(found)) return false;
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...keys].every((key) => match(expected[key], found[key], saved, key === "pairs"));
}

function matchText(expected, found, saved) {
  if (expected === "*") return typeof found === "string" && found !== "";
  const name = /^\$\{(\w+)\}$/.exec(expected)?.[1];
  if (!name) return expected === found;
  if (saved.has(name)) return saved.get(name) === found;
  saved.set(name, found);
  return typeof found === "string" && found !== "";
}

/** Whether the error is the expected one; of a `bare` error only the code is known. */
export function matchesError(expected, found) {
  if (expected.code !== found.code) return false;
  if (found.bare) return true;
  const specified = found.reason && !found.reason.endsWith("_UNSPECIFIED") ? found.reason : undefined;
  const { metadata = {} } = expected;
  const known = found.metadata ?? {};
  const keys = Object.keys(metadata);
  const sameKeys = keys.length === Object.keys(known).length && keys.every((key) => key in known);
  return expected.reason === specified && sameKeys && keys.every((key) => metadata[key] === "*" || metadata[key] === known[key]);
}
