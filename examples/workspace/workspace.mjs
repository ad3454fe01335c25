// Reads the example: the schema, the relationships, and the assertions of workspace.yaml.

import { readFileSync } from "node:fs";

const read = (file) => readFileSync(new URL(file, import.meta.url), "utf8");

/** The example's parts. Reads just the layout of workspace.yaml; `peppercorn validate` reads any validation file. */
export function workspace() {
  const lines = read("workspace.yaml").split("\n");
  const section = (from, to) => lines.slice(lines.indexOf(from) + 1, to === undefined ? undefined : lines.indexOf(to));
  const listed = (part) => part.flatMap((line) => /^ +- "(.*)"$/.exec(line)?.[1] ?? []);
  const relationships = section("relationships: |-", "assertions:").map((line) => line.trim()).filter((line) => line.includes("@"));
  const assertions = [
    ...listed(section("  assertTrue:", "  assertFalse:")).map((text) => ({ text, expected: true })),
    ...listed(section("  assertFalse:")).map((text) => ({ text, expected: false })),
  ].map(({ text, expected }) => {
    const [, resource, permission, subject] = /^(.+?)#(.+?)@(.+)$/.exec(text);
    return { text, resource, permission, subject, expected };
  });
  return { schema: read("workspace.zed"), relationships, assertions };
}

/** Every id of a type that occurs in the relationships, in order of appearance. */
export function idsOf(type, relationships) {
  const found = relationships.join("\n").matchAll(new RegExp(`(?:^|@)${type}:([^#@\\n*[]+)`, "gm"));
  return [...new Set(Array.from(found, ([, id]) => id))];
}

/** Every person, document and permission as one question each, in an order that looks random and is always the same. */
export function questions(relationships, permissions) {
  const all = idsOf("user", relationships).flatMap((user) =>
    idsOf("document", relationships).flatMap((document) =>
      permissions.map((permission) => [`user:${user}`, permission, `document:${document}`]),
    ),
  );
  let state = 1;
  for (let last = all.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = state % (last + 1);
    [all[last], all[other]] = [all[other], all[last]];
  }
  return all;
}

/** Asks the questions round after round until the time is up. */
export function measure(ask, list, milliseconds) {
  let asked = 0;
  let granted = 0;
  const started = performance.now();
  let elapsed = 0;
  while (elapsed < milliseconds) {
    for (const [subject, permission, resource] of list) {
      if (ask(subject, permission, resource)) granted += 1;
    }
    asked += list.length;
    elapsed = performance.now() - started;
  }
  return { asked, granted, perSecond: (asked / elapsed) * 1000, microseconds: (elapsed / asked) * 1000 };
}
