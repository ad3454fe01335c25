// Calls over gRPC beside the contract: who may make them, what is no request, and what goes with an answer.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Client, Metadata, credentials } from "@grpc/grpc-js";
import { Peppercorn } from "peppercorn";
import { SCHEMA } from "../support.mjs";
import { CODES, SERVICES, asked, serving, stockClient, tokens } from "./grpc.mjs";

const engine = new Peppercorn({ schema: SCHEMA, relationships: "document:plan#viewer@user:ann\ndocument:plan#owner@user:bob" });
const observed = [];
const metrics = { observe: (...call) => observed.push(call) };
const server = await serving(tokens(new Map([["key", engine]])), { metrics });
const readonly = await serving(tokens(new Map([["key", engine]]), true));
const client = stockClient(server.address, "key");
after(() => {
  client.close();
  server.close();
  readonly.close();
});

const CHECK = {
  resource: { objectType: "document", objectId: "plan" },
  permission: "view",
  subject: { object: { objectType: "user", objectId: "ann" } },
};
const { I: CheckRequest } = SERVICES[0].methods.find(({ name }) => name === "CheckPermission");
const checkBytes = Buffer.from(CheckRequest.toBinary(CheckRequest.fromJson(CHECK)));
const bytes = (value) => value;

/** Calls a method with bytes: `{ code, details, metadata, headers, trailers, messages }`. */
function raw(path, sent, headers = {}) {
  const plain = new Client(server.address, credentials.createInsecure());
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return new Promise((resolve) => {
    const found = { messages: [] };
    const call = plain.makeBidiStreamRequest(path, bytes, bytes, metadata);
    call.on("metadata", (headers) => (found.headers = headers));
    call.on("data", (message) => found.messages.push(message));
    call.on("error", () => {});
    call.on("status", ({ code, details, metadata }) => {
      plain.close();
      resolve({ ...found, code: CODES[code], details, trailers: metadata });
    });
    for (const message of [sent].flat()) call.write(message);
    call.end();
  });
}

const KEY = { authorization: "Bearer key" };
const CHECK_PATH = "/authzed.api.v1.PermissionsService/CheckPermission";

describe("who may call", () => {
  const every = SERVICES.flatMap(({ typeName, methods }) => methods.map(({ name }) => `/${typeName}/${name}`));

  test("nobody without the right token, whatever the method", async () => {
    assert.equal(every.length, 27);
    for (const path of every) {
      for (const authorization of ["Bearer wrong", "Bearer ", "Bearer key ", "Basic key", "key", "Bearer KEY"]) {
        const { code, messages } = await raw(path, Buffer.alloc(0), { authorization });
        assert.equal(code, "PERMISSION_DENIED", `${path} with \`${authorization}\``);
        assert.equal(messages.length, 0);
      }
      assert.equal((await raw(path, Buffer.alloc(0))).code, "PERMISSION_DENIED", `${path} without`);
    }
  });

  test("a wrong token is refused before the message is read", async () => {
    assert.equal((await raw(CHECK_PATH, Buffer.from([0xff, 0xff]), { authorization: "Bearer wrong" })).code, "PERMISSION_DENIED");
    assert.equal((await raw(CHECK_PATH, Buffer.from([0xff, 0xff]), KEY)).code, "INTERNAL");
  });

  test("the scheme is read in any case", async () => {
    assert.equal((await raw(CHECK_PATH, checkBytes, { authorization: "bEARER key" })).code, "OK");
  });

  test("a read-only server refuses what writes, and nothing else", async () => {
    const reader = stockClient(readonly.address, "key");
    const before = engine.token;
    for (const name of [
      "WriteRelationships",
      "DeleteRelationships",
      "ImportBulkRelationships",
      "BulkImportRelationships",
      "WriteSchema",
      "ExperimentalRegisterRelationshipCounter",
      "ExperimentalUnregisterRelationshipCounter",
    ]) {
      const { error } = await asked(reader, name, { request: {}, requests: [{}] });
      assert.deepEqual(
        { ...error, status: undefined },
        {
          code: "UNAVAILABLE",
          message: "service read-only",
          reason: "ERROR_REASON_SERVICE_READ_ONLY",
          domain: "authzed.com",
          metadata: {},
          status: undefined,
        },
        name,
      );
    }
    assert.equal(engine.token, before);
    assert.equal((await asked(reader, "CheckPermission", { request: CHECK })).responses[0].permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
    assert.ok((await asked(reader, "ReadSchema", {})).responses[0].schemaText.includes("definition user"));
    reader.close();
  });
});

describe("what is no request", () => {
  test("bytes that are no message, text that is not UTF-8, and too deep a context are INTERNAL", async () => {
    for (const sent of [Buffer.from([0x0a, 0xff]), Buffer.from([0x1a, 2, 0xc3, 0x28]), Buffer.from("hello")]) {
      const { code, details } = await raw(CHECK_PATH, sent, KEY);
      assert.equal(code, "INTERNAL");
      assert.match(details, /^the request is no `authzed\.api\.v1\.CheckPermissionRequest`: /);
    }
    assert.equal((await raw(CHECK_PATH, Buffer.concat([checkBytes, deep(5000)]), KEY)).code, "INTERNAL");
    assert.equal((await raw(CHECK_PATH, Buffer.concat([checkBytes, deep(20)]), KEY)).code, "OK");
  });

  test("a context with a number that JSON has not is refused", async () => {
    const nan = Buffer.from([0x11, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f]);
    const { code, details } = await raw(CHECK_PATH, Buffer.concat([checkBytes, field(5, field(1, field(1, Buffer.from("x")), field(2, nan)))]), KEY);
    assert.equal(code, "INVALID_ARGUMENT");
    assert.match(details, /^the request has a value that cannot be used: /);
  });

  test("fields that are not known are left out", async () => {
    assert.equal((await raw(CHECK_PATH, Buffer.concat([checkBytes, field(1000, Buffer.from("?"))]), KEY)).code, "OK");
  });

  test("too many messages, none, and too large a one", async () => {
    assert.equal((await raw(CHECK_PATH, [checkBytes, checkBytes], KEY)).code, "UNIMPLEMENTED");
    assert.equal((await raw(CHECK_PATH, [], KEY)).code, "UNIMPLEMENTED");
    const large = await raw(CHECK_PATH, Buffer.alloc(4 * 1024 * 1024 + 1), KEY);
    assert.equal(large.code, "RESOURCE_EXHAUSTED");
  });

  test("methods and services that there are not", async () => {
    for (const path of ["/authzed.api.v1.PermissionsService/Nothing", "/authzed.api.v1.Nothing/CheckPermission", "/x"]) {
      assert.equal((await raw(path, checkBytes, KEY)).code, "UNIMPLEMENTED", path);
    }
  });
});

describe("what goes with an answer", () => {
  test("the id of the request is sent back, or a new one", async () => {
    const given = await raw(CHECK_PATH, checkBytes, { ...KEY, "x-request-id": "mine" });
    assert.deepEqual(given.headers.get("x-request-id"), ["mine"]);
    const ids = new Set();
    for (let i = 0; i < 3; i += 1) {
      const [id] = (await raw(CHECK_PATH, checkBytes, KEY)).headers.get("x-request-id");
      assert.match(id, /^[0-9a-f]{32}$/);
      ids.add(id);
    }
    assert.equal(ids.size, 3);
    assert.deepEqual((await raw(CHECK_PATH, checkBytes, { "x-request-id": "refused" })).headers.get("x-request-id"), ["refused"]);
  });

  test("the version is told to who asks", async () => {
    const { headers } = await raw(CHECK_PATH, checkBytes, { ...KEY, "io.spicedb.requestversion": "1" });
    assert.match(headers.get("io.spicedb.debug.version")[0], /^peppercorn-\d/);
    assert.deepEqual((await raw(CHECK_PATH, checkBytes, KEY)).headers.get("io.spicedb.debug.version"), []);
  });

  test("long errors fit into headers, in any script", async () => {
    const name = "\u{1F336}".repeat(400_000);
    const { error } = await asked(client, "WriteSchema", { request: { schema: `definition ${name} {}` } });
    assert.equal(error.code, "INVALID_ARGUMENT");
    assert.equal(error.reason, "ERROR_REASON_SCHEMA_PARSE_ERROR");
    assert.ok(Buffer.byteLength(JSON.stringify(error)) < 8192);
    const many = Array.from({ length: 300 }, (_, i) => `definition d${i} { relation r: missing_${"x".repeat(40)} }`).join("\n");
    assert.equal((await asked(client, "WriteSchema", { request: { schema: many } })).error.code, "INVALID_ARGUMENT");
  });

  test("calls are counted by method and outcome", async () => {
    observed.length = 0;
    await asked(client, "CheckPermission", { request: CHECK });
    await asked(client, "CheckPermission", { request: {} });
    await asked(client, "LookupResources", { request: { resourceObjectType: "document", permission: "view", subject: CHECK.subject } });
    await raw(CHECK_PATH, checkBytes);
    assert.deepEqual(
      observed.map(([kind, method, code]) => [kind, method.replace("authzed.api.v1.PermissionsService/", ""), code]),
      [
        ["grpc", "CheckPermission", "OK"],
        ["grpc", "CheckPermission", "INVALID_ARGUMENT"],
        ["grpc", "LookupResources", "OK"],
        ["grpc", "CheckPermission", "PERMISSION_DENIED"],
      ],
    );
    assert.ok(observed.every(([, , , seconds]) => seconds > 0 && seconds < 10));
  });
});

/** A length-delimited field, and a context whose lists are so deep. */
function field(number, ...parts) {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}
function varint(number) {
  const found = [];
  for (let left = number; ; left = Math.floor(left / 128)) {
    found.push((left % 128) + (left > 127 ? 128 : 0));
    if (left < 128) return Buffer.from(found);
  }
}
function deep(depth) {
  let value = field(3, Buffer.from("x"));
  for (let i = 0; i < depth; i += 1) value = field(6, field(1, value));
  return field(5, field(1, field(1, Buffer.from("x")), field(2, value)));
}
