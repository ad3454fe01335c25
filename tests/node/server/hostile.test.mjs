// What strangers send: each is refused with the right status, and the server goes on answering.

import assert from "node:assert/strict";
import { connect as connectHttp2, constants } from "node:http2";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { after, afterEach, before, describe, test } from "node:test";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { Peppercorn } from "peppercorn";
import { CHECK, KEY, SCHEMA, ask, base, isWell, post, server } from "./http.mjs";

/** Milliseconds that a request may take to arrive at the server of these tests. */
const TIMEOUT = 400;
const LIMIT = 100_000;

let engine;
let running;
before(async () => {
  engine = new Peppercorn({ schema: SCHEMA, relationships: "document:readme#viewer@user:alice" });
  running = await server(undefined, { engine, requestTimeout: TIMEOUT, streamTimeout: TIMEOUT, maxRequestBytes: LIMIT });
});
after(() => running.close({ grace: 0 }));
afterEach(async () => assert.ok(await isWell(running), "the server goes on"));

/** Everything that the port answers to these bytes, until it closes the connection or is silent. */
function sent(port, bytes, { silence = 3000, end = false } = {}) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    const done = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(silence, done);
    socket.on("data", (data) => (text += data.toString("latin1")));
    socket.on("error", () => {});
    socket.on("close", done);
    socket.write(bytes);
    if (end) socket.end();
  });
}

describe("JSON", () => {
  test("what is none, or no request, is an invalid argument", async () => {
    // A whole request that would be answered but for what is added to it.
    const whole = (added) => JSON.stringify(CHECK).replace("{", () => `{${added},`);
    assert.equal((await ask(running, "/v1/permissions/check", whole('"withTracing":false'))).status, 200);
    const wrong = [
      whole('"context":{"a":1e999}'), whole('"context":{"a":[-1e999]}'), whole('"context":{"a":"\\ud800"}'), whole('"context":{"\\ud800":1}'), whole('"__proto__":{"permission":"view"}'), whole('"unknown":1'),
      `\ufeff${JSON.stringify(CHECK)}`, `${JSON.stringify(CHECK)}{}`,
      "{", "}", "[", "]", '"', "{]", "nul", "{'a':1}", '{"permission":}', '{"permission":"view",}', "[]", "null", "1", '"text"', "true", "{} {}", "{}x", "\u0000",
      '{"permission":"\u0001"}', '{"permission":"\\ud800"}x', `{"permission":"${"x".repeat(70_000)}"}`, "{".repeat(50_000), "[".repeat(90_000),
      '{"unknown":1}', '{"resource":[]}', '{"resource":"document:readme"}', '{"consistency":{"fullyConsistent":true,"minimizeLatency":true}}', '{"__proto__":{"permission":"view"}}',
      '{"constructor":{"prototype":{"a":1}}}',
    ];
    for (const body of wrong) {
      const { status, json } = await ask(running, "/v1/permissions/check", body);
      assert.deepEqual([status, json.code], [400, 3], body.slice(0, 60));
      assert.equal(typeof json.message, "string");
    }
    for (const bytes of [[0xff, 0xfe], [0x7b, 0xc3, 0x28, 0x7d], [0xed, 0xa0, 0x80]]) {
      const { status, json } = await ask(running, "/v1/permissions/check", Uint8Array.from(bytes));
      assert.deepEqual([status, json.message], [400, "the body is not the JSON of a request: it is no UTF-8"]);
    }
    assert.equal({}.a, undefined);
  });

  test("nesting is refused before anything goes through it", async () => {
    const nested = (levels) => `{"context":{"a":${"[".repeat(levels)}${"]".repeat(levels)}}}`;
    for (const levels of [99, 1000, 40_000]) {
      const { status, json } = await ask(running, "/v1/permissions/check", nested(levels));
      assert.deepEqual([status, json.message], [400, "the body is not the JSON of a request: it is nested deeper than 100 levels"]);
    }
    const fits = await ask(running, "/v1/permissions/check", nested(98).replace(/^\{/, `${JSON.stringify(CHECK).slice(0, -1)},`));
    assert.deepEqual([fits.status, fits.json.permissionship], [200, "PERMISSIONSHIP_HAS_PERMISSION"]);
    const text = `{"relationships":[]} {"relationships":${"[".repeat(200)}`;
    assert.equal((await ask(running, "/v1/relationships/importbulk", `${text}${"]".repeat(200)}}`)).status, 400);
  });

  test("a name that is twice in an object is refused, however it is written", async () => {
    const twice = ['{"permission":"view","permission":"edit"}', '{"permission":"view","permi\\u0073sion":"edit"}', '{"resource":{"objectId":"a","objectId":"b"}}', '{"context":{"a":1,"a":2}}'];
    for (const body of twice) assert.match((await ask(running, "/v1/permissions/check", body)).json.message, /an object has the name `\w+` twice/);
    const fine = await ask(running, "/v1/permissions/check", { ...CHECK, context: { a: { a: "a\\" }, b: ["a", "a", { a: '"a":1,' }] } });
    assert.equal(fine.status, 200, JSON.stringify(fine.json));
  });
});

describe("sizes", () => {
  test("a body beyond the limit is too large, announced or not", async () => {
    const large = JSON.stringify({ ...CHECK, context: { text: "x".repeat(LIMIT) } });
    const announced = await ask(running, "/v1/permissions/check", large);
    assert.deepEqual([announced.status, announced.json], [413, { code: 8, message: `the body is larger than ${LIMIT} bytes`, details: [] }]);
    const chunks = (count, chunk) =>
      new ReadableStream({ pull: (controller) => (count-- > 0 ? controller.enqueue(new TextEncoder().encode(chunk)) : controller.close()) }, { highWaterMark: 0 });
    for (const path of ["/v1/permissions/check", "/v1/permissions/resources", "/v1/relationships/importbulk"]) {
      const response = await fetch(`${base(running)}${path}`, {
        method: "POST",
        duplex: "half",
        headers: { authorization: `Bearer ${KEY}` },
        body: chunks(20, `${path.endsWith("bulk") ? '{"a":"' : ""}${" ".repeat(10_000)}`),
      });
      assert.equal((await response.json()).code, 8, path);
      assert.equal(response.status, path.endsWith("bulk") ? 429 : 413, path);
    }
    // Many messages that fit are no message that does not.
    const response = await fetch(`${base(running)}/v1/relationships/importbulk`, {
      method: "POST",
      duplex: "half",
      headers: { authorization: `Bearer ${KEY}` },
      body: chunks(30, `{"relationships":[]}${" ".repeat(10_000)}`),
    });
    assert.deepEqual(await response.json(), { numLoaded: "0" });
  });

  test("headers, addresses and what is no HTTP are refused by the server itself", async () => {
    const { httpPort } = running;
    assert.match(await sent(httpPort, `GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(70_000)}\r\n\r\n`), /^HTTP\/1.1 431 /);
    for (const bytes of ["nonsense\r\n\r\n", "GET\r\n\r\n", "\u0016\u0003\u0001\u0000\u0000", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "POST /v1/watch HTTP/1.1\r\ncontent-length: -1\r\n\r\n"]) {
      const answer = await sent(httpPort, bytes);
      assert.match(answer, /^(HTTP\/1.1 400 |$)/, JSON.stringify(bytes));
    }
    // Two lengths that disagree are how requests are smuggled.
    const smuggled = await sent(httpPort, "POST /v1/schema/read HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n");
    assert.match(smuggled, /^HTTP\/1.1 400 /);
    const key = `authorization: Bearer ${"k".repeat(10_000)}`;
    assert.match(await sent(httpPort, `POST /v1/schema/read HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n${key}\r\n\r\n{}`), /^HTTP\/1.1 403 /);
  });
});

describe("slowness", () => {
  test("headers that do not come and bodies that do not end are cut off", async () => {
    const { httpPort } = running;
    const start = performance.now();
    const head = `POST /v1/permissions/check HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${KEY}\r\n`;
    const answers = await Promise.all([
      sent(httpPort, "POST /v1/perm"),
      sent(httpPort, head),
      sent(httpPort, `${head}content-length: 100\r\n\r\n{"permission"`),
      sent(httpPort, `${head}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`),
      sent(httpPort, `${head.replace("permissions/check", "relationships/importbulk")}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`),
    ]);
    assert.ok(performance.now() - start < 2900, "long before the silence of the test");
    for (const answer of answers) assert.match(answer, /^(HTTP\/1.1 408 |$)/);
  });

  test("many of them at once keep nobody else waiting", async () => {
    const { httpPort } = running;
    const slow = Array.from({ length: 200 }, () => sent(httpPort, "POST /v1/permissions/check HTTP/1.1\r\nx: "));
    await wait(50);
    assert.ok(await isWell(running));
    await Promise.all(slow);
  });

  test("a body that breaks off changes nothing", async () => {
    const { httpPort } = running;
    const row = { resource: CHECK.resource, relation: "viewer", subject: { object: { objectType: "user", objectId: "mallory" } } };
    const head = (path) => `POST ${path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${KEY}\r\ncontent-length: 1000\r\n\r\n`;
    const whole = JSON.stringify({ relationships: [row] });
    await sent(httpPort, `${head("/v1/relationships/importbulk")}${whole}`, { end: true });
    await sent(httpPort, `${head("/v1/relationships/write")}${JSON.stringify({ updates: [{ operation: "OPERATION_TOUCH", relationship: row }] })}`, { end: true });
    const chunk = `${whole.length.toString(16)}\r\n${whole}\r\n`;
    const chunked = head("/v1/relationships/importbulk").replace("content-length: 1000", "transfer-encoding: chunked");
    await sent(httpPort, `${chunked}${chunk}`, { end: true });
    await sent(httpPort, `${chunked}${chunk}5\r\n{`, { silence: 100 });
    await wait(50);
    assert.equal(engine.can("user:mallory", "view", "document:readme"), false);
    // Whole, the same counts: the request is one that would have been taken.
    assert.match(await sent(httpPort, `${chunked}${chunk}0\r\n\r\n`, { silence: 300 }), /"numLoaded":"1"/);
    assert.equal(engine.can("user:mallory", "view", "document:readme"), true);
  });

  test("who stops reading a stream is cut off, and costs no memory until then", async (t) => {
    const rows = Array.from({ length: 80_000 }, (_, place) => `document:${place}#viewer@user:reader${"x".repeat(200)}`);
    const large = new Peppercorn({ schema: SCHEMA, relationships: rows });
    const slow = await server(t, { engine: large, streamTimeout: TIMEOUT });
    const body = JSON.stringify({ relationshipFilter: { resourceType: "document" } });
    const socket = connect(slow.httpPort, "127.0.0.1");
    t.after(() => socket.destroy());
    socket.pause();
    socket.write(`POST /v1/relationships/read HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${KEY}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    const counted = /grpc_server_handled_total\{grpc_code="DeadlineExceeded",grpc_method="ReadRelationships"/;
    const started = performance.now();
    while (!counted.test(await (await fetch(`${base(slow)}/metrics`)).text())) {
      assert.ok(performance.now() - started < 10_000, "cut off in time");
      await wait(50);
    }
    let read = 0;
    socket.on("data", (data) => (read += data.length));
    socket.resume();
    socket.on("error", () => {});
    await new Promise((resolve) => socket.on("close", resolve));
    assert.ok(read < 12_000_000, `of 40 MB only what fits into the sockets' own buffers came: ${read}`);
  });
});

describe("gRPC", () => {
  const call = (method, bytes, key = KEY) =>
    new Promise((resolve) => {
      const client = new Client(`127.0.0.1:${running.grpcPort}`, credentials.createInsecure());
      const metadata = new Metadata();
      if (key !== null) metadata.set("authorization", `Bearer ${key}`);
      const same = (value) => value;
      client.makeUnaryRequest(`/authzed.api.v1.${method}`, same, same, Buffer.from(bytes), metadata, (error) => {
        client.close();
        resolve(error === null ? 0 : error.code);
      });
    });

  /** The frames of an HTTP/2 stream to the port: the response's headers and trailers. */
  const stream = (headers, bytes) =>
    new Promise((resolve) => {
      const session = connectHttp2(`http://127.0.0.1:${running.grpcPort}`);
      const told = {};
      const done = () => {
        session.destroy();
        resolve(told);
      };
      session.on("error", done);
      session.setTimeout(2000, done);
      const request = session.request({ ":method": "POST", "content-type": "application/grpc", te: "trailers", authorization: `Bearer ${KEY}`, ...headers });
      request.on("response", (response) => Object.assign(told, response));
      request.on("trailers", (trailers) => Object.assign(told, trailers));
      request.on("data", () => {});
      request.on("error", (error) => Object.assign(told, { error }));
      request.on("close", done);
      if (bytes !== undefined) request.end(Buffer.from(bytes));
    });
  const PATH = "/authzed.api.v1.PermissionsService/CheckPermission";

  test("messages that are none are refused", async () => {
    for (const bytes of [[0xff], [0x0a, 0xff], [0x0a, 0x05, 0x01], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Array(5000).fill(0x12)]) {
      const code = await call("PermissionsService/CheckPermission", bytes);
      assert.ok([3, 13].includes(code), `${bytes.slice(0, 5)}: ${code}`);
    }
    assert.equal(await call("PermissionsService/CheckPermission", []), 3);
    assert.equal(await call("PermissionsService/CheckPermission", Buffer.alloc(LIMIT + 10)), 8);
    assert.equal(await call("PermissionsService/NoSuchMethod", []), 12);
    assert.equal(await call("NoSuchService/CheckPermission", []), 12);
    assert.equal(await call("PermissionsService/CheckPermission", [], null), 16);
    assert.equal(await call("PermissionsService/CheckPermission", [], "wrong"), 7);
  });

  test("frames that break the protocol end the stream or the connection, and no more", async () => {
    const ok = [0, 0, 0, 0, 0];
    assert.equal((await stream({ ":path": PATH }, ok))["grpc-status"], "3");
    for (const bytes of [[], [0], [0, 0, 0, 0, 9, 1], [0, 0xff, 0xff, 0xff, 0xff], [1, 0, 0, 0, 1, 1], [7, 0, 0, 0, 0], [...ok, ...ok], [...ok, 0]]) {
      const { "grpc-status": status = "none" } = await stream({ ":path": PATH }, bytes);
      assert.notEqual(status, "0", String(bytes));
    }
    assert.equal((await stream({ ":path": PATH, "content-type": "application/json" }, ok))[":status"], 415);
    assert.notEqual((await stream({ ":path": PATH, ":method": "GET" }, undefined))["grpc-status"], "0");
    assert.notEqual((await stream({ ":path": PATH, "grpc-encoding": "snappy" }, [1, 0, 0, 0, 1, 1]))["grpc-status"], "0");
    assert.notEqual((await stream({ ":path": PATH, "grpc-timeout": "x" }, ok))["grpc-status"], "0");
    assert.match(await sent(running.grpcPort, "GET / HTTP/1.1\r\n\r\n", { silence: 300 }), /^[^]*$/);
    await sent(running.grpcPort, `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${"\u00ff".repeat(1000)}`, { silence: 300 });
  });

  test("streams that are opened and left, by the hundred, keep nobody waiting", async () => {
    const session = connectHttp2(`http://127.0.0.1:${running.grpcPort}`);
    session.on("error", () => {});
    for (let count = 0; count < 300; count += 1) {
      const request = session.request({ ":method": "POST", ":path": PATH, "content-type": "application/grpc", te: "trailers", authorization: `Bearer ${KEY}` });
      request.on("error", () => {});
      if (count % 2 === 0) request.write(Buffer.from([0, 0, 0, 1, 0, 1]));
      if (count % 3 === 0) request.close(constants.NGHTTP2_CANCEL);
    }
    await wait(100);
    assert.equal(await call("SchemaService/ReadSchema", []), 0);
    session.destroy();
  });
});

test("no answer tells more than it should", async (t) => {
  const { text } = await post(running, "/v1/permissions/check", "{");
  assert.doesNotMatch(text, /\n +at |\.cjs|\.ts|node:/);
  const broken = await server(t, { engineOf: () => { throw new Error("the password is swordfish"); } });
  const { status, json } = await ask(broken, "/v1/permissions/check", CHECK);
  assert.deepEqual([status, json], [500, { code: 13, message: "the server failed to answer", details: [] }]);
});
