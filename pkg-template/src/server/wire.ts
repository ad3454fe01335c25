// The messages of the wire: what the descriptors in `proto/` say, between bytes and proto3 JSON.

import { type DescMessage, type DescService, type FileRegistry, type JsonValue, createFileRegistry, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import {
  FileDescriptorSetSchema,
  file_google_protobuf_any,
  file_google_protobuf_duration,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
} from "@bufbuild/protobuf/wkt";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { inflateRawSync } from "node:zlib";
import { descriptors as packed } from "#descriptors";
import { Refused } from "./refused.ts";

/** What a message is in JavaScript: its proto3 JSON. */
export type Json = { readonly [name: string]: unknown };

export const registry: FileRegistry = descriptors();

function descriptors(): FileRegistry {
  const set = fromBinary(FileDescriptorSetSchema, inflateRawSync(Buffer.from(packed, "base64")));
  const known = [file_google_protobuf_any, file_google_protobuf_duration, file_google_protobuf_struct, file_google_protobuf_timestamp];
  set.file.unshift(...known.map(({ proto }) => proto));
  return createFileRegistry(set);
}

/** A service by its full name. */
export function serviceNamed(name: string): DescService {
  const found = registry.getService(name);
  if (found === undefined) throw new Error(`there is no service \`${name}\``);
  return found;
}

/** A message by its full name. */
export function messageNamed(name: string): DescMessage {
  const found = registry.getMessage(name);
  if (found === undefined) throw new Error(`there is no message \`${name}\``);
  return found;
}

/** The message that a client sent. Fields that it has and we do not are left out, as every server does. */
export function decode(message: DescMessage, bytes: Uint8Array): Json {
  let read;
  try {
    read = fromBinary(message, bytes, { readUnknownFields: false });
  } catch (error) {
    throw new Refused("INTERNAL", `the request is no \`${message.typeName}\`: ${reasonOf(error)}`);
  }
  try {
    return toJson(message, read, { registry }) as Json;
  } catch (error) {
    // A number that is none, a time outside the calendar: bytes can say it, JSON cannot.
    throw new Refused("INVALID_ARGUMENT", `the request has a value that cannot be used: ${reasonOf(error)}`);
  }
}

/** The bytes of a message. Fields that it does not have are left out: older messages have fewer than the newer ones that answer for them. */
export function encode(message: DescMessage, json: unknown): Buffer {
  const { buffer, byteOffset, byteLength } = toBinary(message, fromJson(message, json as JsonValue, { registry, ignoreUnknownFields: true }));
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The methods of a service as they are served. Messages stay bytes: nothing is decoded for a caller who may not call. */
export function definitionOf(service: DescService): ServiceDefinition {
  const bytes = (message: Buffer): Buffer => message;
  const codec = { requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes };
  return Object.fromEntries(
    service.methods.map(({ name, methodKind }) => [
      name,
      {
        path: `/${service.typeName}/${name}`,
        requestStream: methodKind === "client_streaming" || methodKind === "bidi_streaming",
        responseStream: methodKind === "server_streaming" || methodKind === "bidi_streaming",
        ...codec,
      },
    ]),
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
