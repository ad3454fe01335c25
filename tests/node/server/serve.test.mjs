// The server as a whole: its ports, TLS, its end, and that nothing random brings it down.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, test } from "node:test";
import { v1 } from "@authzed/authzed-node";
import { Peppercorn } from "peppercorn";
import { serve } from "peppercorn/server";
import { alone, folder, node, path } from "../support.mjs";
import { CHECK, KEY, SCHEMA, ask, base, isWell, linesOf, post, raw, require, server } from "./http.mjs";

const engine = (options) => new Peppercorn({ schema: SCHEMA, relationships: "document:readme#viewer@user:alice", ...options });
const check = v1.CheckPermissionRequest.fromJson(CHECK);
const HAS = v1.CheckPermissionResponse_Permissionship.HAS_PERMISSION;

/** A stock client's check. */
async function checked({ grpcPort }, key = KEY, security = v1.ClientSecurity.INSECURE_PLAINTEXT_CREDENTIALS) {
  const client = v1.NewClient(key, `127.0.0.1:${grpcPort}`, security);
  try {
    return (await client.promises.checkPermission(check)).permissionship;
  } finally {
    client.close();
  }
}

describe("ports", () => {
  test("both answer from one engine, and from what it becomes", async (t) => {
    const served = engine();
    const running = await server(t, { engine: served });
    assert.equal(await checked(running), HAS);
    assert.ok(await isWell(running));
    // Node's own five seconds are less than what proxies and clients count on.
    assert.equal((await fetch(`${base(running)}/healthz`)).headers.get("keep-alive"), "timeout=75");
    served.write([{ operation: "DELETE", relationship: "document:readme#viewer@user:alice" }]);
    assert.notEqual(await checked(running), HAS);
    assert.equal(await isWell(running), false);
    await assert.rejects(checked(running, "wrong"), { code: 7 });
  });

  test("without a host, only this machine is listened to", async (t) => {
    const { host } = await server(t, { engine: engine() });
    assert.equal(host, "127.0.0.1");
  });

  test("a port that is taken is told, and the other one is given back", async (t) => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    t.after(() => taken.close());
    const { port } = taken.address();
    for (const ports of [{ grpcPort: port, httpPort: 0 }, { httpPort: port, grpcPort: 0 }]) {
      await assert.rejects(serve({ engine: engine(), presharedKeys: [KEY], ...ports }), /^Error: the server cannot listen on port \d+ of `127.0.0.1`: /);
    }
    // Nothing is left that would keep a process.
    const code = `import { serve } from "peppercorn/server"; await serve({ testing: true, httpPort: 0, grpcPort: ${port} }).catch(({ message }) => console.log(JSON.stringify(message)));`;
    assert.match(alone(code), /cannot listen/);
  });

  test("options that make no sense are refused before anything listens", async () => {
    for (const options of [{ testing: true, readOnly: true }, { testing: true, requestTimeout: Infinity }, { testing: true, grpcport: 1 }, {}, { presharedKeys: [] }, { presharedKeys: [""] }, { testing: true, presharedKeys: [KEY] }, { testing: true, engine: engine(), file: "a.yaml" }]) {
      await assert.rejects(serve({ httpPort: 0, grpcPort: 0, ...options }), TypeError);
    }
  });

  test("`require` and `import` give the same", async () => {
    assert.equal(require("peppercorn/server").serve, serve);
  });
});

test("a server begins with a validation file, and each store of one for tests does", async (t) => {
  const file = join(folder(t), "data.yaml");
  const indented = SCHEMA.split("\n").map((line) => `  ${line}`).join("\n");
  writeFileSync(file, `schema: |-\n${indented}\nrelationships: |-\n  document:readme#viewer@user:alice\n`);
  assert.ok(await isWell(await server(t, { file })));
  const tested = await server(t, { file, testing: true });
  const stranger = { ...CHECK, subject: { object: { objectType: "user", objectId: "stranger" } } };
  for (const key of ["one", "two", null]) {
    assert.equal((await ask(tested, "/v1/permissions/check", CHECK, { key })).json.permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
    assert.equal((await ask(tested, "/v1/permissions/check", stranger, { key })).json.permissionship, "PERMISSIONSHIP_NO_PERMISSION");
  }
  writeFileSync(file, "schema: |-\n  definition user {\n");
  await assert.rejects(server(undefined, { file }), { name: "FileError" });
  await assert.rejects(server(undefined, { file: `${file}.none` }), { name: "FileError" });
});

test("with a certificate both ports speak TLS and nothing else", async (t) => {
  const made = folder(t);
  const [key, cert] = [join(made, "key.pem"), join(made, "cert.pem")];
  const { status, stderr } = spawnSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    { encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  const tls = { cert: readFileSync(cert), key: readFileSync(key) };
  const running = await server(t, { engine: engine(), tls });
  const answer = await new Promise((resolve, reject) => {
    const request = raw(running, { method: "POST", path: "/v1/permissions/check", headers: { authorization: `Bearer ${KEY}` } }, { ca: tls.cert });
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.on("data", (data) => (text += data)).on("end", () => resolve(JSON.parse(text)));
    });
    request.end(JSON.stringify(CHECK));
  });
  assert.equal(answer.permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
  const client = v1.NewClientWithCustomCert(KEY, `localhost:${running.grpcPort}`, tls.cert);
  assert.equal((await client.promises.checkPermission(check)).permissionship, HAS);
  client.close();
  await assert.rejects(post(running, "/v1/permissions/check", CHECK), "plain text is not answered");
  const strange = new Promise((resolve, reject) => raw(running, { path: "/healthz" }, { ca: [] }).on("response", resolve).on("error", reject).end());
  await assert.rejects(strange, { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  await assert.rejects(serve({ testing: true, httpPort: 0, grpcPort: 0, tls: { cert: "none", key: "none" } }));
});

describe("closing", () => {
  test("what runs is finished, watches are told, and nothing more is taken", async () => {
    const running = await server(undefined, { engine: engine() });
    const watching = linesOf(running, "/v1/watch", {}).next();
    const client = v1.NewClient(KEY, `127.0.0.1:${running.grpcPort}`, v1.ClientSecurity.INSECURE_PLAINTEXT_CREDENTIALS);
    const watched = new Promise((resolve) => client.watch(v1.WatchRequest.create({})).on("error", resolve));
    // A request that is under way, and another connection that is idle.
    const agentless = raw(running, { method: "POST", path: "/v1/permissions/check", headers: { authorization: `Bearer ${KEY}`, "transfer-encoding": "chunked" } });
    const text = JSON.stringify(CHECK);
    agentless.write(text.slice(0, 10));
    await isWell(running);
    await wait(50);
    const answered = new Promise((resolve, reject) => agentless.on("response", resolve).on("error", reject));
    let isClosed = false;
    const closing = running.close().then(() => (isClosed = true));
    const { value } = await watching;
    assert.deepEqual(value, { error: { code: 14, message: "the server is shutting down", details: [] } });
    assert.equal((await watched).code, 14);
    await wait(20);
    assert.equal(isClosed, false, "a request is under way");
    const another = new Promise((resolve, reject) => raw(running, { path: "/healthz" }).on("response", resolve).on("error", reject).end());
    await assert.rejects(another, { code: "ECONNREFUSED" });
    agentless.end(text.slice(10));
    assert.equal((await answered).statusCode, 200);
    (await answered).resume();
    await closing;
    await assert.rejects(checked(running), { code: 14 });
    client.close();
    await running.close();
  });

  test("who does not finish is broken off when the time is up", async () => {
    const running = await server(undefined, { engine: engine() });
    const socket = connect(running.httpPort, "127.0.0.1");
    socket.write("POST /v1/schema/read HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{");
    socket.on("error", () => {});
    await wait(50);
    const start = performance.now();
    await running.close({ grace: 200 });
    assert.ok(performance.now() - start >= 190);
    assert.ok(performance.now() - start < 2000);
  });

  test("a process ends by itself once its server is closed", () => {
    const code = `
      import { serve } from "peppercorn/server";
      const running = await serve({ testing: true, httpPort: 0, grpcPort: 0 });
      const response = await fetch(\`http://127.0.0.1:\${running.httpPort}/v1/watch\`, { method: "POST" });
      response.body.getReader().read();
      await running.close();
      console.log(JSON.stringify("closed"));`;
    const start = performance.now();
    assert.equal(alone(code), "closed");
    assert.ok(performance.now() - start < 8000);
  });
});

describe("a gateway elsewhere", () => {
  test("it is one module without Node in it, and answers in a Worker", async (t) => {
    const { build } = require("esbuild");
    const { metafile } = await build({ entryPoints: [path("pkg/dist/gateway.mjs")], bundle: true, packages: "external", write: false, metafile: true, platform: "neutral" });
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map((one) => one.path));
    assert.deepEqual(imports, ["hono"]);
    const { Miniflare } = require("miniflare");
    const { outputFiles } = await build({
      stdin: {
        contents: `
          import { Peppercorn } from "peppercorn";
          import { createGateway } from "peppercorn/gateway";
          const engine = new Peppercorn({ schema: ${JSON.stringify(SCHEMA)}, relationships: "document:readme#viewer@user:alice\\ndocument:other#viewer@user:alice" });
          export default createGateway({ engine, presharedKeys: ["k"] });`,
        resolveDir: path("tests"),
      },
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
      conditions: ["workerd", "worker", "browser"],
      plugins: [{ name: "module", setup: (bundling) => bundling.onResolve({ filter: /\.wasm$/ }, () => ({ path: "./engine.wasm", external: true })) }],
    });
    const worker = new Miniflare({
      modules: [
        { type: "ESModule", path: "worker.mjs", contents: outputFiles[0].text },
        { type: "CompiledWasm", path: "engine.wasm", contents: readFileSync(path("pkg/engine.wasm")) },
      ],
      compatibilityDate: "2026-01-01",
      host: "127.0.0.1",
    });
    t.after(() => worker.dispose());
    const call = async (route, body, key = "k") => {
      const response = await worker.dispatchFetch(`http://worker${route}`, { method: "POST", headers: { authorization: `Bearer ${key}` }, body });
      return [response.status, await response.text()];
    };
    const [status, text] = await call("/v1/permissions/check", JSON.stringify(CHECK));
    assert.deepEqual([status, JSON.parse(text).permissionship], [200, "PERMISSIONSHIP_HAS_PERMISSION"]);
    const [, lines] = await call("/v1/permissions/resources", JSON.stringify({ resourceObjectType: "document", permission: "view", subject: CHECK.subject }));
    assert.deepEqual(lines.trim().split("\n").map((line) => JSON.parse(line).result.resourceObjectId), ["other", "readme"]);
    assert.deepEqual(await call("/v1/relationships/importbulk", "{}{}"), [200, '{"numLoaded":"0"}']);
    const watch = await worker.dispatchFetch("http://worker/v1/watch", { method: "POST", headers: { authorization: "Bearer k", "grpc-timeout": "100m" }, body: "{}" });
    assert.equal(JSON.parse(await watch.text()).error.code, 4, "a watch waits, and ends");
    // What another request writes is told, however long it takes and although the watch has no end of its own.
    const open = await worker.dispatchFetch("http://worker/v1/watch", { method: "POST", headers: { authorization: "Bearer k", "accept-encoding": "identity" }, body: "{}" });
    const told = open.body.getReader();
    for (const objectId of ["first", "second"]) {
      await wait(100);
      const update = { operation: "OPERATION_TOUCH", relationship: { resource: { objectType: "document", objectId }, relation: "viewer", subject: CHECK.subject } };
      assert.equal((await call("/v1/relationships/write", JSON.stringify({ updates: [update] })))[0], 200);
      const { value } = await told.read();
      assert.equal(JSON.parse(Buffer.from(value).toString()).result.updates[0].relationship.resource.objectId, objectId);
    }
    await told.cancel();
    assert.equal((await call("/v1/permissions/check", "{}", "wrong"))[0], 403);
    assert.equal((await call("/v1/permissions/check", "{"))[0], 400);
    assert.equal((await call("/v1/nothing", "{"))[0], 404);
    assert.equal((await (await worker.dispatchFetch("http://worker/openapi.json")).json()).openapi, "3.1.0");
  });

  test("it can be part of an app", async () => {
    const { Hono } = require("hono");
    const { createGateway } = require("peppercorn/gateway");
    const app = new Hono();
    app.route("/permissions", createGateway({ engine: engine(), presharedKeys: [KEY] }));
    const response = await app.request("/permissions/v1/permissions/check", { method: "POST", headers: { authorization: `Bearer ${KEY}` }, body: JSON.stringify(CHECK) });
    assert.equal((await response.json()).permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
  });
});

test("random bytes and random requests bring nothing down", { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = node([path("tests/node/server/fuzz.mjs"), "--seconds", "4"]);
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.match(stdout, /seed \d+: \d{3,} requests/);
});
