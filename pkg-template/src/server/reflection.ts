// grpc.reflection: what the server serves, for clients that bring no descriptors. It asks for no token.

import { type DescFile, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { ServerDuplexStream, UntypedServiceImplementation } from "@grpc/grpc-js";
import { type Serving, begun, failure } from "./calls.ts";
import { Refused, shuttingDown } from "./refused.ts";
import { CODES } from "./status.ts";
import { type Json, decode, encode, messageNamed, registry, serviceNamed } from "./wire.ts";

const VERSIONS = ["grpc.reflection.v1", "grpc.reflection.v1alpha"];
export const REFLECTION = VERSIONS.map((version) => serviceNamed(`${version}.ServerReflection`));

/** Answers about services by their full names. */
export function reflection(version: string, services: readonly string[], serving: Serving): UntypedServiceImplementation {
  const input = messageNamed(`${version}.ServerReflectionRequest`);
  const output = messageNamed(`${version}.ServerReflectionResponse`);
  return {
    ServerReflectionInfo(call: ServerDuplexStream<Buffer, Buffer>) {
      const over = begun(call, serving);
      // Files that this caller has already are not sent again.
      const sent = new Set<DescFile>();
      const fail = (thrown: unknown): void => {
        const failed = failure(thrown);
        over(failed.status);
        call.off("data", respond);
        if (!call.destroyed) call.emit("error", failed);
      };
      // Clients keep such a stream open for as long as they are there.
      const close = (): void => fail(shuttingDown());
      const respond = (bytes: Buffer): void => {
        try {
          const request = decode(input, bytes);
          const response = { validHost: request["host"] ?? "", originalRequest: request, ...answer(request, services, sent) };
          if (call.write(encode(output, response))) return;
          call.pause();
          call.once("drain", () => call.resume());
        } catch (thrown) {
          fail(thrown);
        }
      };
      call.on("data", respond);
      call.on("end", () => {
        over("OK");
        call.end();
      });
      call.on("cancelled", () => {
        serving.closing.delete(close);
        over("CANCELLED");
      });
      serving.closing.add(close);
      if (serving.closed) close();
    },
  };
}

/** The `message_response` for a `message_request`. */
function answer(request: Json, services: readonly string[], sent: Set<DescFile>): object {
  const { fileByFilename, fileContainingSymbol, fileContainingExtension, allExtensionNumbersOfType, listServices } = request;
  if (typeof listServices === "string") {
    return { listServicesResponse: { service: services.map((name) => ({ name })) } };
  }
  if (typeof fileByFilename === "string") {
    return files(registry.getFile(fileByFilename), `file \`${fileByFilename}\``, sent);
  }
  if (typeof fileContainingSymbol === "string") {
    return files(fileOf(fileContainingSymbol), `symbol \`${fileContainingSymbol}\``, sent);
  }
  if (typeof allExtensionNumbersOfType === "string") {
    const isThere = registry.getMessage(allExtensionNumbersOfType) !== undefined;
    return isThere ? { allExtensionNumbersResponse: { baseTypeName: allExtensionNumbersOfType } } : missing(`message \`${allExtensionNumbersOfType}\``);
  }
  if (fileContainingExtension !== undefined) return missing("extension");
  throw new Refused("INVALID_ARGUMENT", "the request asks for nothing");
}

/** A file with all that it imports, imports last. */
function files(file: DescFile | undefined, what: string, sent: Set<DescFile>): object {
  if (file === undefined) return missing(what);
  const wanted = new Set([file]);
  for (const one of wanted) {
    for (const imported of one.dependencies) wanted.add(imported);
  }
  const fresh = [...wanted].filter((one) => one === file || !sent.has(one));
  for (const one of fresh) sent.add(one);
  return { fileDescriptorResponse: { fileDescriptorProto: fresh.map(({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)).toString("base64")) } };
}

/** The file that holds a message, an enum, a service, or a member of one. */
function fileOf(symbol: string): DescFile | undefined {
  const found = registry.get(symbol);
  if (found !== undefined) return found.file;
  const dot = symbol.lastIndexOf(".");
  const owner = registry.get(symbol.slice(0, dot));
  const name = symbol.slice(dot + 1);
  switch (owner?.kind) {
    case "service":
      return owner.methods.some((method) => method.name === name) ? owner.file : undefined;
    case "message":
      return owner.fields.some((field) => field.name === name) || owner.oneofs.some((oneof) => oneof.name === name) ? owner.file : undefined;
    default:
      return undefined;
  }
}

function missing(what: string): object {
  return { errorResponse: { errorCode: CODES.indexOf("NOT_FOUND"), errorMessage: `there is no ${what}` } };
}
