// The gateway behind a runtime's own HTTP server: what clients are answered, those included who leave in the middle.

import { Peppercorn } from "peppercorn";
import { createGateway } from "peppercorn/gateway";

const subject = { object: { objectType: "user", objectId: "alice" } };
const touch = (objectId) => ({ updates: [{ operation: "OPERATION_TOUCH", relationship: { resource: { objectType: "document", objectId }, relation: "viewer", subject } }] });

const engine = new Peppercorn({
  schema: "definition user {}\ndefinition document {\n  relation viewer: user\n  permission view = viewer\n}",
  relationships: "document:plan#viewer@user:alice",
});
const gateway = createGateway({ engine, presharedKeys: ["key"] });
const options = { hostname: "127.0.0.1", port: 0 };
const server =
  "Deno" in globalThis
    ? globalThis.Deno.serve({ ...options, onListen() {} }, (request) => gateway.fetch(request))
    : globalThis.Bun.serve({ ...options, fetch: (request) => gateway.fetch(request), idleTimeout: 0 });

const base = `http://127.0.0.1:${server.port ?? server.addr.port}`;
const post = (path, body, { key = "key", ...rest } = {}) => fetch(`${base}${path}`, { method: "POST", headers: { authorization: `Bearer ${key}` }, body: JSON.stringify(body), ...rest });
const found = {};

const check = { resource: { objectType: "document", objectId: "plan" }, permission: "view", subject };
found.check = (await (await post("/v1/permissions/check", check)).json()).permissionship;
found.refused = [];
for (const [path, body, key] of [["/v1/permissions/check", {}], ["/v1/permissions/check", check, "wrong"], ["/v1/permissions/check", { large: "x".repeat(5_000_000) }], ["/v1/nothing", {}]]) {
  const { status, body: unread } = await post(path, body, { key });
  found.refused.push(status);
  await unread?.cancel();
}
// A watch, left while it waits; another one goes on.
const left = new AbortController();
const leaving = post("/v1/watch", {}, { signal: left.signal });
const watching = post("/v1/watch", {});
await new Promise((resolve) => setTimeout(resolve, 100));
await (await post("/v1/relationships/write", touch("first"))).json();
await (await leaving).body.getReader().read();
left.abort();
await new Promise((resolve) => setTimeout(resolve, 100));
await (await post("/v1/relationships/write", touch("second"))).json();
found.watched = [];
let text = "";
for await (const part of (await watching).body.pipeThrough(new TextDecoderStream())) {
  text += part;
  const lines = text.split("\n").slice(0, -1);
  if (lines.length < 2) continue;
  found.watched = lines.map((line) => JSON.parse(line).result.updates[0].relationship.resource.objectId);
  break;
}
const listed = await (await post("/v1/permissions/resources", { resourceObjectType: "document", permission: "view", subject })).text();
found.listed = listed.trim().split("\n").map((line) => JSON.parse(line).result.resourceObjectId);
console.log(JSON.stringify(found));
process.exit(0);
