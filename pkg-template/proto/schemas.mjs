// The messages of the v1 API's services, written shortly, for `openapi.json`: each a text with its fields, and enums with their values. A field is
// its name in JSON, a colon and its type: `*` before it is a list, `%` a map, `!` is deprecated; then a letter for what JSON has of its own, or the
// name of a message, or `#` and that of an enum.

import { createRequire } from "node:module";
import { descriptorSet } from "./compile.mjs";

const development = createRequire(new URL("../../tests/package.json", import.meta.url));
const { ScalarType, createFileRegistry, fromBinary } = development("@bufbuild/protobuf");
const wkt = development("@bufbuild/protobuf/wkt");

const PACKAGE = "authzed.api.v1.";
const LETTERS = {
  "google.protobuf.Struct": "o",
  "google.protobuf.Any": "a",
  "google.protobuf.Timestamp": "t",
  "google.protobuf.Duration": "d",
  [ScalarType.STRING]: "s",
  [ScalarType.BYTES]: "y",
  [ScalarType.BOOL]: "b",
  [ScalarType.INT32]: "i",
  [ScalarType.UINT32]: "u",
  [ScalarType.INT64]: "l",
  [ScalarType.UINT64]: "l",
};

export function schemas() {
  const { file } = fromBinary(wkt.FileDescriptorSetSchema, descriptorSet());
  const known = [wkt.file_google_protobuf_any, wkt.file_google_protobuf_struct, wkt.file_google_protobuf_timestamp, wkt.file_google_protobuf_duration];
  const registry = createFileRegistry({ file: [...known.map(({ proto }) => proto), ...file], $typeName: "google.protobuf.FileDescriptorSet" });
  const messages = {};
  const enums = {};
  const add = (message) => {
    const name = nameOf(message);
    if (name in messages) return;
    messages[name] = ""; // messages may hold themselves
    messages[name] = message.fields.map((field) => `${field.jsonName}:${typeOf(field)}`).join(" ");
  };
  const typeOf = ({ fieldKind, deprecated, scalar, message, enum: enumeration }) => {
    const letter = LETTERS[message?.typeName ?? scalar];
    const marks = `${deprecated ? "!" : ""}${{ list: "*", map: "%" }[fieldKind] ?? ""}`;
    if (letter !== undefined) return marks + letter;
    if (message !== undefined) {
      add(message);
      return marks + nameOf(message);
    }
    if (enumeration === undefined) throw new Error(`no JSON schema for the scalar ${scalar}`);
    enums[nameOf(enumeration)] = enumeration.values.map(({ name }) => name);
    return `${marks}#${nameOf(enumeration)}`;
  };
  for (const type of registry) {
    if (type.kind !== "service" || !type.typeName.startsWith(PACKAGE)) continue;
    for (const { input, output } of type.methods) [input, output].forEach(add);
  }
  add(registry.getMessage("google.rpc.Status"));
  return { messages: ordered(messages), enums: ordered(enums) };
}

const nameOf = ({ typeName }) => typeName.replace(PACKAGE, "");
const ordered = (record) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
