// The gRPC side beside the contract: who may call, how calls end, health, reflection, and what a slow or vanishing client does.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, Metadata, credentials, makeClientConstructor, status } from "@grpc/grpc-js";
import { createFileRegistry, create, fromBinary, toBinary } from "@bufbuild/protobuf";
import * as wkt from "@bufbuild/protobuf/wkt";
import { Peppercorn } from "peppercorn";
import { descriptorSet } from "../../../pkg-template/proto/compile.mjs";
import { SCHEMA } from "../support.mjs";
import { CODES, SERVICES, asked, readError, serving, stockClient, tokens } from "./grpc.mjs";

const { FileDescriptorProtoSchema, FileDescriptorSetSchema } = wkt;
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
const checkBytes = Buffer.from(SERVICES[0].methods.find(({ name }) => name === "CheckPermission").I.toBinary(SERVICES[0].methods.find(({ name }) => name === "CheckPermission").I.fromJson(CHECK)));
const bytes = (value) => value;

/** Calls a method with bytes: `{ code, details, metadata, headers, trailers, messages }`. */
function raw(path, sent, { address = server.address, headers = {}, requestStream = false, responseStream = false, deadline, whole = true } = {}) {
  const plain = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return new Promise((resolve) => {
    const found = { messages: [] };
    const call = plain.makeBidiStreamRequest(path, bytes, bytes, metadata, deadline ? { deadline } : {});
    call.on("metadata", (headers) => (found.headers = headers));
    call.on("data", (message) => found.messages.push(message));
    call.on("error", () => {});
    call.on("status", ({ code, details, metadata }) => {
      plain.close();
      resolve({ ...found, code: CODES[code], details, trailers: metadata });
    });
    for (const message of [sent].flat()) call.write(message);
    if (whole) call.end();
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
        const { code, messages } = await raw(path, Buffer.alloc(0), { headers: { authorization } });
        assert.equal(code, "PERMISSION_DENIED", `${path} with \`${authorization}\``);
        assert.equal(messages.length, 0);
      }
      assert.equal((await raw(path, Buffer.alloc(0))).code, "PERMISSION_DENIED", `${path} without`);
    }
  });

  test("a wrong token is refused before the message is read", async () => {
    assert.equal((await raw(CHECK_PATH, Buffer.from([0xff, 0xff]), { headers: { authorization: "Bearer wrong" } })).code, "PERMISSION_DENIED");
    assert.equal((await raw(CHECK_PATH, Buffer.from([0xff, 0xff]), { headers: KEY })).code, "INTERNAL");
  });

  test("the scheme is read in any case", async () => {
    assert.equal((await raw(CHECK_PATH, checkBytes, { headers: { authorization: "bEARER key" } })).code, "OK");
  });

  test("a read-only server refuses what writes, and nothing else", async () => {
    const reader = stockClient(readonly.address, "key");
    const before = engine.token;
    for (const name of [
      "WriteRelationships", "DeleteRelationships", "ImportBulkRelationships", "BulkImportRelationships", "WriteSchema",
      "ExperimentalRegisterRelationshipCounter", "ExperimentalUnregisterRelationshipCounter",
    ]) {
      const { error } = await asked(reader, name, { request: {}, requests: [{}] });
      assert.deepEqual(
        { ...error, status: undefined },
        { code: "UNAVAILABLE", message: "service read-only", reason: "ERROR_REASON_SERVICE_READ_ONLY", domain: "authzed.com", metadata: {}, status: undefined },
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
      const { code, details } = await raw(CHECK_PATH, sent, { headers: KEY });
      assert.equal(code, "INTERNAL");
      assert.match(details, /^the request is no `authzed\.api\.v1\.CheckPermissionRequest`: /);
    }
    assert.equal((await raw(CHECK_PATH, Buffer.concat([checkBytes, deep(5000)]), { headers: KEY })).code, "INTERNAL");
    assert.equal((await raw(CHECK_PATH, Buffer.concat([checkBytes, deep(20)]), { headers: KEY })).code, "OK");
  });

  test("a context with a number that JSON has not is refused", async () => {
    const nan = Buffer.from([0x11, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f]);
    const { code, details } = await raw(CHECK_PATH, Buffer.concat([checkBytes, field(5, field(1, field(1, Buffer.from("x")), field(2, nan)))]), { headers: KEY });
    assert.equal(code, "INVALID_ARGUMENT");
    assert.match(details, /^the request has a value that cannot be used: /);
  });

  test("fields that are not known are left out", async () => {
    assert.equal((await raw(CHECK_PATH, Buffer.concat([checkBytes, field(1000, Buffer.from("?"))]), { headers: KEY })).code, "OK");
  });

  test("too many messages, none, and too large a one", async () => {
    assert.equal((await raw(CHECK_PATH, [checkBytes, checkBytes], { headers: KEY })).code, "UNIMPLEMENTED");
    assert.equal((await raw(CHECK_PATH, [], { headers: KEY })).code, "UNIMPLEMENTED");
    const large = await raw(CHECK_PATH, Buffer.alloc(4 * 1024 * 1024 + 1), { headers: KEY });
    assert.equal(large.code, "RESOURCE_EXHAUSTED");
  });

  test("methods and services that there are not", async () => {
    for (const path of ["/authzed.api.v1.PermissionsService/Nothing", "/authzed.api.v1.Nothing/CheckPermission", "/x"]) {
      assert.equal((await raw(path, checkBytes, { headers: KEY })).code, "UNIMPLEMENTED", path);
    }
  });
});

describe("what goes with an answer", () => {
  test("the id of the request is sent back, or a new one", async () => {
    const given = await raw(CHECK_PATH, checkBytes, { headers: { ...KEY, "x-request-id": "mine" } });
    assert.deepEqual(given.headers.get("x-request-id"), ["mine"]);
    const ids = new Set();
    for (let i = 0; i < 3; i += 1) {
      const [id] = (await raw(CHECK_PATH, checkBytes, { headers: KEY })).headers.get("x-request-id");
      assert.match(id, /^[0-9a-f]{32}$/);
      ids.add(id);
    }
    assert.equal(ids.size, 3);
    assert.deepEqual((await raw(CHECK_PATH, checkBytes, { headers: { "x-request-id": "refused" } })).headers.get("x-request-id"), ["refused"]);
  });

  test("the version is told to who asks", async () => {
    const { headers } = await raw(CHECK_PATH, checkBytes, { headers: { ...KEY, "io.spicedb.requestversion": "1" } });
    assert.match(headers.get("io.spicedb.debug.version")[0], /^peppercorn-\d/);
    assert.deepEqual((await raw(CHECK_PATH, checkBytes, { headers: KEY })).headers.get("io.spicedb.debug.version"), []);
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

describe("streams", () => {
  const BIG = 20_000;
  const big = new Peppercorn({ schema: SCHEMA });
  const rows = Array.from({ length: BIG }, (_, i) => `document:${"d".repeat(200)}${i}#viewer@user:ann`);
  for (let at = 0; at < BIG; at += 1000) big.write(rows.slice(at, at + 1000).map((relationship) => ({ operation: "TOUCH", relationship })));
  let read = 0;
  /** Counts what is made of a stream. */
  const counting = new Proxy(big, {
    get(target, name) {
      if (name !== "v1") return target[name];
      return { ...target.v1, *readRelationships(request) { for (const message of target.v1.readRelationships(request)) { read += 1; yield message; } read = -1; } };
    },
  });
  const REQUEST = { relationshipFilter: { resourceType: "document" } };
  let streams;
  test("a slow reader makes nothing pile up, and gets everything in the end", async () => {
    streams = await serving(tokens(new Map([["big", counting]])));
    const slow = stockClient(streams.address, "big");
    const { I } = SERVICES[0].methods.find(({ name }) => name === "ReadRelationships");
    const call = slow.readRelationships(I.fromJson(REQUEST));
    read = 0;
    let got = 0;
    call.on("data", () => (got += 1));
    await new Promise((resolve) => call.once("data", resolve));
    call.pause();
    await sleep(300);
    const made = read;
    await sleep(300);
    assert.equal(read, made, "it is made although nobody reads");
    assert.ok(made > 0 && made < BIG / 4, `${made} of ${BIG} were made for ${got} read`);
    call.resume();
    await new Promise((resolve, reject) => call.on("end", resolve).on("error", reject));
    assert.equal(got, BIG);
    slow.close();
  });

  test("one that the client leaves is left here too", async () => {
    const leaving = stockClient(streams.address, "big");
    const { I } = SERVICES[0].methods.find(({ name }) => name === "ReadRelationships");
    read = 0;
    const call = leaving.readRelationships(I.fromJson(REQUEST));
    call.on("error", () => {});
    await new Promise((resolve) => call.once("data", resolve));
    call.cancel();
    await sleep(100);
    const made = read;
    await sleep(100);
    assert.equal(read, made);
    assert.ok(made > 0 && made < BIG, `${made} made`);
    leaving.close();
    streams.close();
  });
});

describe("watching", () => {
  const { I } = SERVICES[2].methods[0];
  const write = (id) => engine.write([{ operation: "TOUCH", relationship: `document:${id}#viewer@user:ann` }]);

  test("ends where the client cancels, where its time is over, and where the server closes", async () => {
    const closing = new AbortController();
    const watchers = new Set();
    const traced = new Proxy(engine, {
      get(target, name) {
        if (name !== "v1") return target[name];
        return { watch(request) { const watcher = target.v1.watch(request); watchers.add(watcher); const leave = watcher.return.bind(watcher); watcher.return = () => { watchers.delete(watcher); return leave(); }; return watcher; } };
      },
    });
    observed.length = 0;
    const one = await serving(tokens(new Map([["key", traced]])), { metrics, closing: closing.signal });
    const watching = stockClient(one.address, "key");
    const messages = { cancelled: 0, late: 0, closed: 0 };
    const opened = (name, options) => {
      const call = watching.watch(I.fromJson({}), new Metadata(), options ?? {});
      call.on("data", () => (messages[name] += 1));
      const ended = new Promise((resolve) => call.on("error", resolve).on("end", () => resolve(undefined)));
      return new Promise((resolve) => call.on("metadata", () => resolve({ call, ended })));
    };
    const cancelled = await opened("cancelled");
    const late = await opened("late", { deadline: Date.now() + 400 });
    const closed = await opened("closed");
    assert.equal(watchers.size, 3);
    write("a");
    await sleep(50);
    assert.deepEqual(messages, { cancelled: 1, late: 1, closed: 1 });
    cancelled.call.cancel();
    assert.equal((await cancelled.ended).code, status.CANCELLED);
    await sleep(50);
    assert.equal(watchers.size, 2);
    assert.equal((await late.ended).code, status.DEADLINE_EXCEEDED);
    await sleep(50);
    assert.equal(watchers.size, 1);
    write("b");
    await sleep(50);
    closing.abort();
    const error = await closed.ended;
    assert.equal(error.code, status.UNAVAILABLE);
    assert.equal(error.details, "the server is shutting down");
    assert.deepEqual(messages, { cancelled: 1, late: 1, closed: 2 });
    await sleep(50);
    assert.equal(watchers.size, 0);
    assert.deepEqual(observed.map(([, , code]) => code), ["CANCELLED", "DEADLINE_EXCEEDED", "UNAVAILABLE"]);
    const after = await opened("closed");
    assert.equal((await after.ended).code, status.UNAVAILABLE);
    watching.close();
    one.close();
  });

  /** A watcher that has stopped reading, and what it got. */
  async function stopped(t) {
    const own = new Peppercorn({ schema: SCHEMA });
    const one = await serving(tokens(new Map([["own", own]])));
    const slow = stockClient(one.address, "own");
    t.after(() => (slow.close(), one.close()));
    const found = { numbers: [], token: own.token, error: undefined };
    const watch = (cursor) => {
      const call = slow.watch(I.fromJson(cursor ? { optionalStartCursor: { token: cursor } } : {}));
      call.on("data", ({ updates, changesThrough }) => {
        found.numbers.push(...updates.map(({ relationship }) => Number(relationship.resource.objectId.slice(500))));
        found.token = changesThrough.token;
      });
      call.on("error", (error) => (found.error = error));
      return call;
    };
    const call = watch();
    await new Promise((resolve) => call.on("metadata", resolve));
    call.pause();
    const write = (from, to) => {
      for (let i = from; i < to; i += 1) own.write([{ operation: "TOUCH", relationship: `document:${"x".repeat(500)}${i}#viewer@user:ann` }]);
    };
    const until = async (count) => {
      for (let waits = 0; found.numbers.length < count && waits < 200; waits += 1) await sleep(25);
      assert.deepEqual(found.numbers, Array.from({ length: count }, (_, i) => i));
    };
    return { call, found, write, until, watch };
  }

  test("a slow reader gets every change, in order", async (t) => {
    const { call, found, write, until } = await stopped(t);
    for (let round = 0; round < 5; round += 1) {
      write(round * 100, round * 100 + 100);
      await sleep(50);
    }
    assert.ok(found.numbers.length < 500, "the reader is not slow");
    call.resume();
    await until(500);
    call.cancel();
  });

  test("one that falls behind too far is told so, and can begin again where it was", async (t) => {
    const { call, found, write, until, watch } = await stopped(t);
    // At once: more than a watcher may be behind, and less than is kept.
    const COUNT = 700;
    write(0, COUNT);
    call.resume();
    for (let waits = 0; found.error === undefined && waits < 100; waits += 1) await sleep(20);
    const { code, message } = readError(found.error);
    assert.equal(code, "RESOURCE_EXHAUSTED", message);
    const had = found.numbers.length;
    assert.ok(had < COUNT);
    const again = watch(found.token);
    await until(COUNT);
    again.cancel();
  });
});

describe("importing", () => {
  const { I } = SERVICES[0].methods.find(({ name }) => name === "ImportBulkRelationships");
  const message = (id) => I.fromJson({ relationships: [{ resource: { objectType: "document", objectId: id }, relation: "viewer", subject: { object: { objectType: "user", objectId: "ann" } } }] });
  const has = (own, id) => own.v1.checkPermission({ ...CHECK, resource: { objectType: "document", objectId: id } }).permissionship === "PERMISSIONSHIP_HAS_PERMISSION";

  for (const [how, end] of [
    ["is cancelled", (call) => call.cancel()],
    ["loses its connection", (_, importing) => importing.close()],
  ]) {
    test(`one that ${how} writes nothing`, async () => {
      const own = new Peppercorn({ schema: SCHEMA });
      const one = await serving(tokens(new Map([["own", own]])));
      const importing = stockClient(one.address, "own");
      const before = own.token;
      for (let round = 0; round < 20; round += 1) {
        const call = importing.importBulkRelationships(() => {});
        call.on("error", () => {});
        call.write(message(`kept${round}`));
        call.write(message(`also${round}`));
        await new Promise((resolve) => call.on("metadata", resolve));
        await sleep(round % 4);
        end(call, importing);
        if (how !== "is cancelled") break;
      }
      await sleep(100);
      assert.equal(own.token, before);
      assert.ok(!has(own, "kept0"));
      importing.close();
      one.close();
    });
  }

  test("one whose time is over writes nothing", async () => {
    const own = new Peppercorn({ schema: SCHEMA });
    const one = await serving(tokens(new Map([["own", own]])));
    const importing = stockClient(one.address, "own");
    const before = own.token;
    const error = await new Promise((resolve) => importing.importBulkRelationships(new Metadata(), { deadline: Date.now() + 150 }, resolve).write(message("late")));
    assert.equal(error.code, status.DEADLINE_EXCEEDED);
    await sleep(50);
    assert.equal(own.token, before);
    importing.close();
    one.close();
  });

  test("one with a bad message writes nothing, and one that ends writes all", async () => {
    const before = engine.token;
    const { error } = await asked(client, "ImportBulkRelationships", { requests: [I.toJson(message("x")), { relationships: [{ relation: "viewer" }] }, I.toJson(message("y"))] });
    assert.equal(error.code, "INVALID_ARGUMENT");
    assert.equal(engine.token, before);
    const { responses } = await asked(client, "ImportBulkRelationships", { requests: [I.toJson(message("x")), I.toJson(message("y"))] });
    assert.deepEqual(responses, [{ numLoaded: "2" }]);
    assert.ok(has(engine, "x") && has(engine, "y"));
  });
});

describe("health and reflection, for clients without a token", () => {
  const set = fromBinary(FileDescriptorSetSchema, descriptorSet());
  const known = createFileRegistry(withWellKnown(set));

  /** A plain client of a service, by its descriptor. */
  function plain(name, address = server.address) {
    const service = known.getService(name);
    const codec = (message) => ({ serialize: (value) => Buffer.from(toBinary(message, create(message, value))), deserialize: (sent) => fromBinary(message, sent) });
    const definition = Object.fromEntries(
      service.methods.map(({ name: method, input, output, methodKind }) => [
        method,
        {
          path: `/${name}/${method}`,
          requestStream: methodKind === "bidi_streaming",
          responseStream: methodKind !== "unary",
          requestSerialize: codec(input).serialize,
          requestDeserialize: codec(input).deserialize,
          responseSerialize: codec(output).serialize,
          responseDeserialize: codec(output).deserialize,
        },
      ]),
    );
    return new (makeClientConstructor(definition, name))(address, credentials.createInsecure());
  }

  const call = (from, method, request) => new Promise((resolve, reject) => from[method](request, (error, response) => (error ? reject(error) : resolve(response))));

  test("health: each service, the whole, and none", async () => {
    const health = plain("grpc.health.v1.Health");
    for (const service of ["", ...SERVICES.map(({ typeName }) => typeName)]) assert.equal((await call(health, "Check", { service })).status, 1, service);
    await assert.rejects(call(health, "Check", { service: "nothing" }), { code: status.NOT_FOUND });
    const watch = health.Watch({ service: "nothing" });
    watch.on("error", () => {});
    assert.equal((await new Promise((resolve) => watch.once("data", resolve))).status, 3);
    watch.cancel();
    health.close();
  });

  test("health: who watches is told that the server closes", async () => {
    const closing = new AbortController();
    const one = await serving(tokens(new Map()), { closing: closing.signal });
    const health = plain("grpc.health.v1.Health", one.address);
    const statuses = [];
    const watch = health.Watch({ service: "" });
    const ended = new Promise((resolve) => watch.on("error", resolve));
    watch.on("data", (message) => statuses.push(message.status));
    await new Promise((resolve) => watch.once("data", resolve));
    closing.abort();
    assert.equal((await ended).code, status.UNAVAILABLE);
    assert.deepEqual(statuses, [1, 2]);
    assert.equal((await call(health, "Check", { service: "" })).status, 2);
    health.close();
    one.close();
  });

  for (const version of ["v1", "v1alpha"]) {
    test(`reflection, ${version}`, async () => {
      const reflection = plain(`grpc.reflection.${version}.ServerReflection`);
      const info = reflection.ServerReflectionInfo();
      const answers = info[Symbol.asyncIterator]();
      const ask = async (which, value) => {
        info.write({ host: "here", messageRequest: { case: which, value } });
        const { messageResponse, validHost, originalRequest } = (await answers.next()).value;
        assert.equal(validHost, "here");
        assert.equal(originalRequest.messageRequest.case, which);
        return messageResponse;
      };
      const { value: listed } = await ask("listServices", "");
      assert.deepEqual(
        listed.service.map(({ name }) => name),
        [...SERVICES.map(({ typeName }) => typeName), "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"].sort(),
      );
      // Everything that a client needs to call the service: the files build a registry.
      const { case: kind, value } = await ask("fileContainingSymbol", "authzed.api.v1.PermissionsService.CheckPermission");
      assert.equal(kind, "fileDescriptorResponse");
      const files = value.fileDescriptorProto.map((sent) => fromBinary(FileDescriptorProtoSchema, sent));
      const byName = new Map(files.map((file) => [file.name, file]));
      const built = createFileRegistry({ $typeName: "google.protobuf.FileDescriptorSet", file: ordered(files[0], byName) });
      assert.ok(built.getService("authzed.api.v1.PermissionsService").method.checkPermission);
      assert.ok(byName.has("google/protobuf/struct.proto"));
      // What was sent is not sent again.
      const again = await ask("fileContainingSymbol", "authzed.api.v1.WatchService");
      assert.deepEqual(again.value.fileDescriptorProto.map((sent) => fromBinary(FileDescriptorProtoSchema, sent).name), ["authzed/api/v1/watch_service.proto"]);
      for (const symbol of ["authzed.api.v1.CheckPermissionRequest.with_tracing", "authzed.api.v1.ErrorReason", "google.protobuf.Struct", "authzed.api.v1.Consistency.requirement"]) {
        assert.equal((await ask("fileContainingSymbol", symbol)).case, "fileDescriptorResponse", symbol);
      }
      assert.equal((await ask("fileByFilename", "authzed/api/v1/core.proto")).case, "fileDescriptorResponse");
      assert.equal((await ask("allExtensionNumbersOfType", "authzed.api.v1.ZedToken")).case, "allExtensionNumbersResponse");
      for (const [which, value] of [
        ["fileContainingSymbol", "authzed.api.v1.Nothing"],
        ["fileContainingSymbol", "authzed.api.v1.PermissionsService.Nothing"],
        ["fileContainingSymbol", ""],
        ["fileByFilename", "nothing.proto"],
        ["allExtensionNumbersOfType", "Nothing"],
        ["fileContainingExtension", { containingType: "authzed.api.v1.ZedToken", extensionNumber: 100 }],
      ]) {
        const { case: kind, value: error } = await ask(which, value);
        assert.equal(kind, "errorResponse", `${which} ${JSON.stringify(value)}`);
        assert.equal(error.errorCode, status.NOT_FOUND);
      }
      info.write({});
      await assert.rejects(answers.next(), { code: status.INVALID_ARGUMENT });
      reflection.close();
    });
  }
});

/** A file after all that it imports. */
function ordered(file, byName, done = new Set()) {
  for (const name of file.dependency) ordered(byName.get(name), byName, done);
  done.add(file);
  return [...done];
}

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

function withWellKnown(set) {
  const { file_google_protobuf_any: any, file_google_protobuf_duration: duration, file_google_protobuf_struct: struct, file_google_protobuf_timestamp: timestamp } = wkt;
  return { ...set, file: [...[any, duration, struct, timestamp].map(({ proto }) => proto), ...set.file] };
}
