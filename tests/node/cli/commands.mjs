// What the tests of the command line share: files to ask about, and servers to ask.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder, node, path } from "../support.mjs";

export const PEPPERCORN = path("pkg/bin/peppercorn.js");

export const SCHEMA = `use expiration

caveat during_office_hours(hour int) {
  hour >= 9 && hour < 17
}

definition user {}

definition group {
  relation member: user | group#member
}

/** A text that people share. */
definition document {
  // who may change it
  relation editor: user | user with expiration
  relation viewer: user | user:* | user with during_office_hours | group#member
  relation banned: user
  permission edit = editor
  permission view = (viewer + edit) - banned
}
`;

export const RELATIONSHIPS = `document:plan#editor@user:alice
document:plan#viewer@group:eng#member
document:plan#viewer@user:bob[during_office_hours]
document:readme#banned@user:dora
document:readme#viewer@user:*
group:eng#member@user:carol
`;

const indented = (text) => text.trimEnd().replaceAll(/^(?=.)/gm, "  ");

export const VALIDATION = `schema: |-\n${indented(SCHEMA)}\nrelationships: |-\n${indented(RELATIONSHIPS)}\n`;

export const FILES = { "data.yaml": VALIDATION, "schema.zed": SCHEMA, "rows.txt": RELATIONSHIPS };

/** Writes the files into a new folder and gives a function from their names to their paths. */
export function files(t, contents = FILES) {
  const made = folder(t);
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(join(made, name, ".."), { recursive: true });
    writeFileSync(join(made, name), content);
  }
  return (name) => join(made, name);
}

const PLAIN = { PEPPERCORN_TOKEN: undefined, PEPPERCORN_KEYS: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined };

const environment = (env) => Object.fromEntries(Object.entries({ ...process.env, ...PLAIN, ...env }).filter(([, value]) => value !== undefined));

/** Runs the command line; without variables that would change what it prints. */
export function peppercorn(words, env = {}, options = {}) {
  return node([PEPPERCORN, ...words], { env: environment(env), ...options });
}

/** What a command prints with `--json`, and its status. */
export function json(words, env) {
  const { status, stdout, stderr } = peppercorn([...words, "--json"], env);
  try {
    return { status, value: JSON.parse(stdout), stderr };
  } catch {
    throw new Error(`no JSON (exit ${status}): ${stdout.slice(0, 500)}${stderr}`);
  }
}

/** A running `peppercorn serve`: where it listens, and its process. */
export async function served(t, words, env = {}) {
  const child = spawn(process.execPath, [PEPPERCORN, "serve", "--grpc-port", "0", "--http-port", "0", "--json", ...words], { env: environment(env) });
  t.after(() => child.kill("SIGKILL"));
  let printed = "";
  let complained = "";
  child.stderr.on("data", (data) => (complained += data));
  const exited = once(child, "exit");
  for await (const data of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += data;
    if (printed.endsWith("}\n")) break;
  }
  if (printed === "") throw new Error(`the server did not start: ${complained}`);
  const { host, grpcPort, httpPort, tls } = JSON.parse(printed);
  return { child, exited, complaints: () => complained, tls, endpoint: `${host}:${grpcPort}`, http: `http${tls ? "s" : ""}://${host}:${httpPort}` };
}
