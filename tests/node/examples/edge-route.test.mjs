// examples/edge-route: bundled as for Vercel's edge functions, and run where there is nothing of Node and no module can be compiled.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Miniflare } from "miniflare";
import { path } from "../support.mjs";
import { bundled, installed, moduleLeftAs } from "./support.mjs";

/** Calls the handler of the method as Next.js does: with the request and a promise of what the path says. */
const ROUTER = `
  import * as route from "./app/api/documents/[id]/route.mjs";

  export default {
    fetch(request) {
      const id = decodeURIComponent(new URL(request.url).pathname.split("/").at(-1));
      const handler = route[request.method];
      return handler === undefined ? new Response(null, { status: 405 }) : handler(request, { params: Promise.resolve({ id }) });
    },
  };`;

test("a route runs for those who may", async (context) => {
  const example = installed(context, "edge-route");
  assert.match(readFileSync(join(example, "app/api/documents/[id]/route.mjs"), "utf8"), /^export const runtime = "edge";$/m);
  const contents = await bundled(undefined, {
    entryPoints: undefined,
    stdin: { contents: ROUTER, resolveDir: example },
    conditions: ["edge-light", "worker", "browser"],
    plugins: [moduleLeftAs("./engine.wasm")],
  });
  assert.ok(!contents.includes("node:"), "nothing of Node");
  const modules = [
    { type: "ESModule", path: "edge.mjs", contents },
    { type: "CompiledWasm", path: "engine.wasm", contents: readFileSync(path("pkg/engine.wasm")) },
  ];
  const miniflare = new Miniflare({ modules, compatibilityDate: "2026-01-01", host: "127.0.0.1" });
  context.after(() => miniflare.dispose());
  const ask = async (user, method = "GET", id = "plan", more = {}) => {
    const headers = { ...(user === undefined ? {} : { cookie: `theme=dark; session=${user}` }), ...more };
    const response = await miniflare.dispatchFetch(`http://localhost/api/documents/${id}`, { method, headers });
    return [response.status, await response.text()];
  };
  const PLAN = [200, '{"id":"plan","text":"The plan"}'];

  assert.deepEqual(await ask(undefined), [401, "unauthenticated\n"]);
  assert.deepEqual(await ask("mallory"), [401, "unauthenticated\n"]);
  assert.deepEqual(await ask("ann"), PLAN);
  assert.deepEqual(await ask("ben"), PLAN);
  assert.deepEqual(await ask("ben", "GET", "budget"), [403, "forbidden\n"]);
  assert.deepEqual(await ask("ben", "GET", "plan%20b"), [403, "forbidden\n"]);
  assert.deepEqual(await ask("ben", "DELETE"), [403, "forbidden\n"]);
  assert.deepEqual(await ask("ann", "DELETE"), [204, ""]);
  // A condition that nothing decides is no yes.
  assert.deepEqual(await ask("cy"), [403, "forbidden\n"]);
  assert.deepEqual(await ask("cy", "GET", "plan", { "x-real-ip": "192.0.2.7" }), PLAN);
  assert.deepEqual(await ask("cy", "GET", "plan", { "x-real-ip": "198.51.100.7" }), [403, "forbidden\n"]);
  // Nor is an address that is none.
  assert.deepEqual(await ask("cy", "GET", "plan", { "x-real-ip": "unknown" }), [500, "internal error\n"]);
});
