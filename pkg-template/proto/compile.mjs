// Compiles the .proto files of this folder into one serialised `google.protobuf.FileDescriptorSet`, files after what they import. It covers
// the part of the language that these files use: proto3 with messages, enums, oneofs, maps and services; anything else throws.

import { createRequire } from "node:module";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const development = createRequire(new URL("../../tests/package.json", import.meta.url));
const { Root, parse } = development("protobufjs");
const { create, toBinary } = development("@bufbuild/protobuf");
const { FieldDescriptorProto_Label: Label, FieldDescriptorProto_Type: Type, FileDescriptorSetSchema } = development("@bufbuild/protobuf/wkt");

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** Files that whoever reads the set has already; every type in them that is used here is a message. */
const WELL_KNOWN = "google/protobuf/";

/** The names of the .proto files, as they import each other. */
export const protoFiles = () =>
  readdirSync(HERE, { recursive: true }).map((name) => name.replaceAll("\\", "/")).filter((name) => name.endsWith(".proto")).sort();

export function descriptorSet() {
  const files = new Map(protoFiles().map((name) => [name, parsed(name)]));
  const kinds = new Map([...files.values()].flatMap(({ types }) => types.flatMap(kindsIn)));
  const file = [...new Set([...files.keys()].flatMap((name) => withImports(name, files)))].map((name) => described(name, files.get(name), kinds));
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
}

function parsed(name) {
  const root = new Root();
  const { package: space, imports = [] } = parse(readFileSync(HERE + name, "utf8"), root, { keepCase: true });
  return { space, imports, types: root.lookup(space).nestedArray };
}

const kindOf = (one) => one.constructor.className;
const fullName = (one) => one.fullName.slice(1);
const nestedIn = (one, kind) => (one.nestedArray ?? []).filter((nested) => kindOf(nested) === kind);

/** The full names of messages and enums in there, with what they are. */
function kindsIn(one) {
  if (kindOf(one) === "Service") return [];
  return [[fullName(one), kindOf(one)], ...(one.nestedArray ?? []).flatMap(kindsIn)];
}

function withImports(name, files) {
  if (name.startsWith(WELL_KNOWN)) return [];
  const file = files.get(name);
  if (file === undefined) throw new Error(`\`${name}\` is imported and not there`);
  return [...file.imports.flatMap((imported) => withImports(imported, files)), name];
}

function described(name, { space, imports, types }, kinds) {
  const of = (kind) => types.filter((one) => kindOf(one) === kind);
  return {
    name,
    package: space,
    syntax: "proto3",
    dependency: imports,
    messageType: of("Type").map((type) => message(type, kinds)),
    enumType: of("Enum").map(enumeration),
    service: of("Service").map((one) => service(one, kinds)),
  };
}

function message(type, kinds) {
  const oneofs = type.oneofsArray.map(({ name }) => name);
  const maps = type.fieldsArray.filter((field) => kindOf(field) === "MapField");
  return {
    name: type.name,
    field: type.fieldsArray.map((field) => member(field, type, oneofs, kinds)),
    oneofDecl: oneofs.map((name) => ({ name })),
    nestedType: [...nestedIn(type, "Type").map((nested) => message(nested, kinds)), ...maps.map((map) => entry(map, type, kinds))],
    enumType: nestedIn(type, "Enum").map(enumeration),
  };
}

function member(field, type, oneofs, kinds) {
  if (field.options?.proto3_optional) throw new Error(`\`${fullName(field)}\`: optional fields are not covered`);
  const described = { name: field.name, number: field.id, jsonName: jsonName(field.name), label: field.repeated ? Label.REPEATED : Label.OPTIONAL };
  if (field.options?.deprecated) described.options = { deprecated: true };
  if (kindOf(field) === "MapField") {
    return { ...described, label: Label.REPEATED, type: Type.MESSAGE, typeName: `.${fullName(type)}.${entryName(field.name)}` };
  }
  if (field.partOf) described.oneofIndex = oneofs.indexOf(field.partOf.name);
  return { ...described, ...typed(field.type, type, kinds) };
}

function entry({ name, keyType, type: valueType }, type, kinds) {
  const part = (name, number, type) => ({ name, number, jsonName: name, label: Label.OPTIONAL, ...type });
  const field = [part("key", 1, typed(keyType, type, kinds)), part("value", 2, typed(valueType, type, kinds))];
  return { name: entryName(name), field, options: { mapEntry: true } };
}

const enumeration = ({ name, values }) => ({ name, value: Object.entries(values).map(([name, number]) => ({ name, number })) });

function service({ name, methodsArray, parent }, kinds) {
  const method = ({ name, requestType, responseType, requestStream = false, responseStream = false }) => ({
    name,
    inputType: typed(requestType, parent, kinds).typeName,
    outputType: typed(responseType, parent, kinds).typeName,
    clientStreaming: requestStream,
    serverStreaming: responseStream,
  });
  return { name, method: methodsArray.map(method) };
}

/** The type of that name, as seen from within a scope: the innermost one that there is. */
function typed(name, scope, kinds) {
  const scalar = Type[name.toUpperCase()];
  if (scalar !== undefined) return { type: scalar };
  if (name.startsWith("google.protobuf.")) return { type: Type.MESSAGE, typeName: `.${name}` };
  for (let space = scope; space; space = space.parent) {
    const full = `${fullName(space)}.${name}`.replace(/^\./, "");
    const kind = kinds.get(full);
    if (kind !== undefined) return { type: kind === "Enum" ? Type.ENUM : Type.MESSAGE, typeName: `.${full}` };
  }
  throw new Error(`there is no type \`${name}\` in \`${fullName(scope)}\``);
}

const jsonName = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const entryName = (name) => `${jsonName(`_${name}`)}Entry`;
