// The .proto files of the package say what the stock client says, to the last field.

import assert from "node:assert/strict";
import { test } from "node:test";
import { v1 } from "@authzed/authzed-node";
import { fromBinary } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Label as Label, FieldDescriptorProto_Type as Type, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSet } from "../../../pkg-template/proto/compile.mjs";
import { SERVICES } from "./grpc.mjs";

/** What newer clients have, Python's among them, and this one does not. */
const NEWER = ["authzed.api.v1.ErrorReason.ERROR_REASON_DATASTORE_NOT_MIGRATED = 30", "authzed.api.v1.LookupResourcesRequest.with_debug: bool = 8"];

test("messages, enums and services are those of the stock client", () => {
  const ours = new Set(lines(fromBinary(FileDescriptorSetSchema, descriptorSet())).filter((line) => line.startsWith("authzed.")));
  const theirs = new Set(clientLines());
  assert.deepEqual([...theirs].filter((line) => !ours.has(line)), [], "the client has these, the files do not");
  assert.deepEqual([...ours].filter((line) => !theirs.has(line)).sort(), NEWER, "the files have these, the client does not");
  assert.ok(ours.size >= 540, `only ${ours.size} lines`);
});

test("the JSON names of fields are those of the stock client", () => {
  const ours = new Map();
  for (const { messageType, package: space } of fromBinary(FileDescriptorSetSchema, descriptorSet()).file) {
    for (const message of messageType) for (const field of message.field) ours.set(`${space}.${message.name}.${field.name}`, field.jsonName);
  }
  let compared = 0;
  for (const { typeName, fields } of clientMessages().values()) {
    for (const { name, jsonName } of fields) {
      const known = ours.get(`${typeName}.${name}`);
      if (known === undefined) continue; // nested, or of google.protobuf
      compared += 1;
      assert.equal(known, jsonName, `${typeName}.${name}`);
    }
  }
  assert.ok(compared > 250, `only ${compared} compared`);
});

/** A line for each field, each value of an enum and each method. */
function lines({ file }) {
  const found = [];
  const enumeration = (space, { name, value }) => found.push(...value.map((one) => `${space}.${name}.${one.name} = ${one.number}`));
  const message = (space, { name, field, oneofDecl, nestedType, enumType }) => {
    const full = `${space}.${name}`;
    found.push(full);
    for (const one of field) {
      const type = one.typeName.slice(1) || Type[one.type].toLowerCase();
      const repeated = one.label === Label.REPEATED ? "repeated " : "";
      const oneof = oneofDecl[one.oneofIndex ?? -1];
      const isInOneof = one.oneofIndex !== undefined && hasOneof(one);
      found.push(`${full}.${one.name}: ${repeated}${type} = ${one.number}${isInOneof ? ` of ${oneof.name}` : ""}`);
    }
    for (const nested of nestedType) message(full, nested);
    for (const nested of enumType) enumeration(full, nested);
  };
  for (const one of file) {
    for (const type of one.messageType) message(one.package, type);
    for (const type of one.enumType) enumeration(one.package, type);
    for (const { name, method } of one.service) {
      for (const { name: called, inputType, outputType, clientStreaming, serverStreaming } of method) {
        found.push(rpc(`${one.package}.${name}`, called, inputType.slice(1), outputType.slice(1), clientStreaming, serverStreaming));
      }
    }
  }
  return found;
}

/** Whether the index of a oneof was given: 0 is one too, and the default. */
const hasOneof = (field) => Object.hasOwn(field, "oneofIndex");

const rpc = (service, name, input, output, isIn, isOut) => `${service}/${name}(${isIn ? "stream " : ""}${input}) ${isOut ? "stream " : ""}${output}`;

/** The client's messages, by what its services take and give. */
function clientMessages() {
  const found = new Map();
  const visit = (type) => {
    if (found.has(type.typeName)) return;
    found.set(type.typeName, type);
    for (const field of type.fields) if (field.kind === "message") visit(field.T());
  };
  for (const { methods } of SERVICES) for (const { I, O } of methods) [I, O].forEach(visit);
  return found;
}

function clientLines() {
  const messages = [...clientMessages().values()].filter(({ typeName }) => typeName.startsWith("authzed."));
  const enums = new Map([["authzed.api.v1.ErrorReason", [v1.ErrorReason, "ERROR_REASON_"]]]);
  const typeOf = (field) => {
    if (field.kind === "scalar") return Type[field.T].toLowerCase();
    if (field.kind === "message") return field.T().typeName;
    assert.equal(field.kind, "enum");
    const [name, values, prefix = ""] = field.T();
    enums.set(name, [values, prefix]);
    return name;
  };
  const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const fields = messages.flatMap(({ typeName, fields }) => [
    typeName,
    ...fields.map((field) => {
      assert.ok(!field.opt || field.kind === "message", `${typeName}.${field.name} is optional`);
      return `${typeName}.${field.name}: ${field.repeat ? "repeated " : ""}${typeOf(field)} = ${field.no}${field.oneof ? ` of ${snake(field.oneof)}` : ""}`;
    }),
  ]);
  const values = [...enums].flatMap(([name, [numbers, prefix]]) =>
    Object.entries(numbers)
      .filter(([, number]) => typeof number === "number")
      .map(([value, number]) => `${name}.${prefix}${value} = ${number}`),
  );
  const methods = SERVICES.flatMap(({ typeName, methods }) =>
    methods.map(({ name, I, O, clientStreaming = false, serverStreaming = false }) => rpc(typeName, name, I.typeName, O.typeName, clientStreaming, serverStreaming)),
  );
  return [...fields, ...values, ...methods];
}
