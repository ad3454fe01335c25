// What the tests of the server share: a server of their own, and calls of it over HTTP.

import { createRequire } from "node:module";
import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { serve } from "peppercorn/server";

export const require = createRequire(import.meta.url);

/** A schema that most tests use, and some relationships. */
export const SCHEMA = `definition user {}
definition document {
  relation viewer: user
  permission view = viewer
}`;
export const CHECK = {
  resource: { objectType: "document", objectId: "readme" },
  permission: "view",
  subject: { object: { objectType: "user", objectId: "alice" } },
  consistency: { fullyConsistent: true },
};
export const KEY = "a preshared key";

/** A server on free ports, closed after the test. */
export async function server(test, options = {}) {
  const access = options.testing || options.engineOf ? {} : { presharedKeys: [KEY] };
  const running = await serve({ grpcPort: 0, httpPort: 0, ...access, ...options });
  test?.after(() => running.close({ grace: 0 }));
  return running;
}

/** The base of a server's HTTP addresses. */
export const base = ({ httpPort }) => `http://127.0.0.1:${httpPort}`;

/** Calls a path; gives the status, the headers and the body as text. */
export async function post(running, path, body, { key = KEY, headers = {}, signal } = {}) {
  const response = await fetch(`${base(running)}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
    signal,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The same with the body as JSON; of a stream, its lines. */
export async function ask(running, path, body, options) {
  const { status, text } = await post(running, path, body, options);
  const lines = text.split("\n").filter((line) => line !== "");
  return { status, json: JSON.parse(lines[0] ?? "null"), lines: lines.map((line) => JSON.parse(line)) };
}

/** The lines of a stream as they come, until they are left. */
export async function* linesOf(running, path, body, { key = KEY, signal } = {}) {
  const response = await fetch(`${base(running)}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
    signal,
  });
  let begun = "";
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (begun + part).split("\n");
    begun = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}

/** A request whose every part is the test's to write; `tls` are options of `https`. */
export function raw({ httpPort }, options, tls) {
  return (tls ? requestTls : requestPlain)({ host: "127.0.0.1", port: httpPort, agent: false, ...tls, ...options });
}

/** Whether the server answers as it should. */
export async function isWell(running) {
  const { status, json } = await ask(running, "/v1/permissions/check", CHECK);
  return status === 200 && json.permissionship === "PERMISSIONSHIP_HAS_PERMISSION";
}
