// examples/hono-worker: bundled as for Cloudflare, run in workerd.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Miniflare } from "miniflare";
import { path } from "../support.mjs";
import { bundled, installed, moduleLeftAs } from "./support.mjs";

test("pages are for those who may read them", async (context) => {
  const example = installed(context, "hono-worker");
  const contents = await bundled(join(example, "worker.mjs"), {
    conditions: ["workerd", "worker", "browser"],
    loader: { ".zed": "text", ".txt": "text" },
    plugins: [moduleLeftAs("./engine.wasm")],
  });
  const modules = [
    { type: "ESModule", path: "worker.mjs", contents },
    { type: "CompiledWasm", path: "engine.wasm", contents: readFileSync(path("pkg/engine.wasm")) },
  ];
  const [, compatibilityDate] = /^compatibility_date = "(.*)"$/m.exec(readFileSync(join(example, "wrangler.toml"), "utf8"));
  const miniflare = new Miniflare({ modules, compatibilityDate, host: "127.0.0.1" });
  context.after(() => miniflare.dispose());
  const ask = async (user, page) => {
    const response = await miniflare.dispatchFetch(`http://localhost${page}`, { headers: user === undefined ? {} : { authorization: `Bearer ${user}` } });
    return [response.status, await response.text()];
  };

  assert.deepEqual(await ask(undefined, "/pages/welcome"), [401, "unauthenticated\n"]);
  assert.deepEqual(await ask("mallory", "/pages"), [401, "unauthenticated"]);
  for (const authorization of ["constructor", "__proto__", ""]) {
    assert.equal((await miniflare.dispatchFetch("http://localhost/pages/welcome", { headers: { authorization } })).status, 401, authorization);
  }
  assert.deepEqual(await ask("ann", "/pages"), [200, '["holidays","salaries","welcome"]']);
  assert.deepEqual(await ask("ben", "/pages"), [200, '["holidays","party","welcome"]']);
  assert.deepEqual(await ask("ben", "/pages/welcome"), [200, "Welcome!"]);
  assert.deepEqual(await ask("ann", "/pages/salaries"), [200, "More next year."]);
  assert.deepEqual(await ask("ben", "/pages/salaries"), [404, "not found\n"], "a team of another request is not remembered");
  assert.deepEqual(await ask("ann", "/pages/party"), [404, "not found\n"]);
  assert.deepEqual(await ask("ann", "/pages/nothing"), [404, "not found\n"]);
  assert.deepEqual(await ask("ann", "/pages/salaries%23reader"), [404, "not found\n"]);
});
