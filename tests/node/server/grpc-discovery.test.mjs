// Health and reflection over gRPC.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { create, createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import * as wkt from "@bufbuild/protobuf/wkt";
import { credentials, makeClientConstructor, status } from "@grpc/grpc-js";
import { descriptorSet } from "../../../pkg-template/proto/compile.mjs";
import { Peppercorn } from "peppercorn";
import { serve } from "peppercorn/server";
import { SERVICES, serving, tokens } from "./grpc.mjs";

const { FileDescriptorProtoSchema, FileDescriptorSetSchema } = wkt;
const server = await serving(tokens(new Map()));
after(() => server.close());

describe("health and reflection, for clients without a token", () => {
  const set = fromBinary(FileDescriptorSetSchema, descriptorSet());
  const known = createFileRegistry(withWellKnown(set));

  /** A plain client of a service, by its descriptor. */
  function plain(name, address = server.address) {
    const service = known.getService(name);
    const codec = (message) => ({
      serialize: (value) => Buffer.from(toBinary(message, create(message, value))),
      deserialize: (sent) => fromBinary(message, sent),
    });
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

  const call = (from, method, request) =>
    new Promise((resolve, reject) => from[method](request, (error, response) => (error ? reject(error) : resolve(response))));

  test("health: each service, the whole, and none", async () => {
    const health = plain("grpc.health.v1.Health");
    for (const service of ["", ...SERVICES.map(({ typeName }) => typeName)])
      assert.equal((await call(health, "Check", { service })).status, 1, service);
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

  test("health: an engine that cannot be asked is no service", async (t) => {
    const engine = new Peppercorn();
    const running = await serve({ engine, presharedKeys: ["key"], grpcPort: 0, httpPort: 0 });
    t.after(() => running.close({ grace: 0 }));
    const health = plain("grpc.health.v1.Health", `127.0.0.1:${running.grpcPort}`);
    t.after(() => health.close());
    assert.equal((await call(health, "Check", { service: "" })).status, 1);
    engine.free();
    assert.equal((await call(health, "Check", { service: "" })).status, 2);
    assert.equal((await fetch(`http://127.0.0.1:${running.httpPort}/healthz`)).status, 503);
  });

  test("reflection: who keeps a stream open keeps no server from closing, and each kind of call is counted as what it is", async () => {
    const running = await serve({ testing: true, grpcPort: 0, httpPort: 0 });
    const [health, reflection] = ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"].map((name) => plain(name, `127.0.0.1:${running.grpcPort}`));
    await call(health, "Check", { service: "" });
    const watch = health.Watch({ service: "" });
    watch.on("error", () => {});
    await new Promise((resolve) => watch.once("data", resolve));
    watch.cancel();
    const asking = reflection.ServerReflectionInfo();
    asking.on("data", () => asking.end()).on("error", () => {});
    asking.write({ messageRequest: { case: "listServices", value: "" } });
    await new Promise((resolve) => asking.once("status", resolve));
    const counted = [["Check", "grpc.health.v1.Health", "unary"], ["Watch", "grpc.health.v1.Health", "server_stream"], ["ServerReflectionInfo", "grpc.reflection.v1.ServerReflection", "bidi_stream"]];
    const isCounted = (text) => counted.every(([method, service, type]) => text.includes(`grpc_server_handling_seconds_count{grpc_method="${method}",grpc_service="${service}",grpc_type="${type}"} 1`));
    let text = "";
    for (let tries = 0; tries < 100 && !isCounted(text); tries += 1) text = await (await fetch(`http://127.0.0.1:${running.httpPort}/metrics`)).text();
    assert.ok(isCounted(text), text);

    const open = reflection.ServerReflectionInfo();
    const ended = new Promise((resolve) => open.on("error", resolve));
    open.write({ messageRequest: { case: "listServices", value: "" } });
    await new Promise((resolve) => open.once("data", resolve));
    const start = performance.now();
    await running.close();
    assert.ok(performance.now() - start < 5000, "it need not be broken off");
    assert.equal((await ended).code, status.UNAVAILABLE);
    health.close();
    reflection.close();
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
        [
          ...SERVICES.map(({ typeName }) => typeName),
          "grpc.health.v1.Health",
          "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection",
        ].sort(),
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
      assert.deepEqual(
        again.value.fileDescriptorProto.map((sent) => fromBinary(FileDescriptorProtoSchema, sent).name),
        ["authzed/api/v1/watch_service.proto"],
      );
      for (const symbol of [
        "authzed.api.v1.CheckPermissionRequest.with_tracing",
        "authzed.api.v1.ErrorReason",
        "google.protobuf.Struct",
        "authzed.api.v1.Consistency.requirement",
      ]) {
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

function withWellKnown(set) {
  const {
    file_google_protobuf_any: any,
    file_google_protobuf_duration: duration,
    file_google_protobuf_struct: struct,
    file_google_protobuf_timestamp: timestamp,
  } = wkt;
  return { ...set, file: [...[any, duration, struct, timestamp].map(({ proto }) => proto), ...set.file] };
}
