// The messages of the v1 API's services as JSON Schema, by their names without the package: what `openapi.json` says of them.

import { createRequire } from "node:module";
import { descriptorSet } from "./compile.mjs";

const development = createRequire(new URL("../../tests/package.json", import.meta.url));
const { ScalarType, createFileRegistry, fromBinary } = development("@bufbuild/protobuf");
const wkt = development("@bufbuild/protobuf/wkt");

const PACKAGE = "authzed.api.v1.";
const INT_RANGES = { [ScalarType.UINT32]: { minimum: 0 }, [ScalarType.INT32]: {} };

/** What proto3's JSON has of its own form. */
const OWN_FORMS = {
  "google.protobuf.Struct": { type: "object", additionalProperties: true },
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Duration": { type: "string", examples: ["1.5s"] },
  "google.protobuf.Any": { type: "object", properties: { "@type": { type: "string" } }, additionalProperties: true },
};

export function schemas() {
  const { file } = fromBinary(wkt.FileDescriptorSetSchema, descriptorSet());
  const known = [wkt.file_google_protobuf_any, wkt.file_google_protobuf_struct, wkt.file_google_protobuf_timestamp, wkt.file_google_protobuf_duration];
  const set = { file: [...known.map(({ proto }) => proto), ...file], $typeName: "google.protobuf.FileDescriptorSet" };
  const registry = createFileRegistry(set);
  const made = {};
  const add = (message) => {
    const name = nameOf(message);
    if (name in made) return;
    made[name] = {}; // messages may hold themselves
    made[name] = { type: "object", properties: Object.fromEntries(message.fields.map((field) => [field.jsonName, schemaOf(field)])) };
  };
  const referred = (message) => {
    const own = OWN_FORMS[message.typeName];
    if (own !== undefined) return own;
    add(message);
    return { $ref: `#/components/schemas/${nameOf(message)}` };
  };
  const single = ({ scalar, message, enum: enumeration }) => {
    if (message !== undefined) return referred(message);
    if (enumeration !== undefined) return { type: "string", enum: enumeration.values.map(({ name }) => name) };
    if (scalar === ScalarType.STRING) return { type: "string" };
    if (scalar === ScalarType.BYTES) return { type: "string", contentEncoding: "base64" };
    if (scalar === ScalarType.BOOL) return { type: "boolean" };
    if (scalar in INT_RANGES) return { type: "integer", ...INT_RANGES[scalar] };
    if (scalar === ScalarType.UINT64 || scalar === ScalarType.INT64) return { type: "string", pattern: "^-?[0-9]+$" };
    throw new Error(`no JSON schema for the scalar ${scalar}`);
  };
  const schemaOf = (field) => {
    const deprecated = field.deprecated ? { deprecated: true } : {};
    if (field.fieldKind === "list") return { type: "array", items: single(field), ...deprecated };
    if (field.fieldKind === "map") return { type: "object", additionalProperties: single(field), ...deprecated };
    return { ...single(field), ...deprecated };
  };
  for (const type of registry) {
    if (type.kind !== "service" || !type.typeName.startsWith(PACKAGE)) continue;
    for (const { input, output } of type.methods) [input, output].map(referred);
  }
  referred(registry.getMessage("google.rpc.Status"));
  return Object.fromEntries(Object.entries(made).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const nameOf = ({ typeName }) => typeName.replace(PACKAGE, "");
