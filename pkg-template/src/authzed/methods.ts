// The methods that are served, by their paths: bytes of protobuf in and out, and the engine's JSON between them.

import { status } from "@grpc/grpc-js";
import type { Peppercorn, v1 } from "peppercorn";
import { peer } from "./peer.ts";
import { Refused } from "./status.ts";
import { errorInfo } from "./wire.ts";

/** Gives the responses to the requests of a call. */
export type Method = (engine: Peppercorn, requests: AsyncIterable<Buffer>, signal: AbortSignal) => AsyncIterable<Buffer>;

/** Methods of the engine's, by their names here. */
type Asked = (request: object, options: v1.WaitOptions) => Promise<unknown>;

/** As much as is used here of protobuf-ts's message types. */
interface MessageType {
  fromBinary(bytes: Uint8Array, options: object): object;
  toBinary(message: object): Uint8Array;
  fromJson(json: unknown, options: object): object;
  toJson(message: object): object;
}

/** The messages that a response may hold packed. */
const PACKED = [errorInfo];

interface Codec {
  request(bytes: Buffer): object;
  response(json: unknown): Buffer;
}

function codecOf(input: MessageType, output: MessageType): Codec {
  return {
    request(bytes) {
      try {
        const message = input.fromBinary(bytes, { readUnknownField: false });
        try {
          return input.toJson(message);
        } catch {
          return input.toJson(plain(message));
        }
      } catch (cause) {
        throw new Refused(status.INVALID_ARGUMENT, `the request cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
      }
    },
    response: (json) => Buffer.from(output.toBinary(output.fromJson(json, { ignoreUnknownFields: true, typeRegistry: PACKED }))),
  };
}

/**
 * The message with what JSON cannot say in a `google.protobuf.Value` as SpiceDB takes it: numbers that are not finite as their names, and
 * nothing as null.
 */
function plain<Message>(message: Message): Message {
  if (typeof message !== "object" || message === null || message instanceof Uint8Array) {
    return message;
  }
  if (Array.isArray(message)) {
    return message.map(plain) as Message;
  }
  const { oneofKind, numberValue } = message as { oneofKind?: unknown; numberValue?: unknown };
  if (oneofKind === "numberValue" && !Number.isFinite(numberValue)) {
    return { oneofKind: "stringValue", stringValue: String(numberValue) } as Message;
  }
  const entries = Object.entries(message).map(([name, value]) => [name, name === "kind" && isNothing(value) ? NULL : plain(value)]);
  return Object.fromEntries(entries) as Message;
}

const NULL = { oneofKind: "nullValue", nullValue: 0 };

const isNothing = (value: unknown): boolean => typeof value === "object" && value !== null && "oneofKind" in value && value.oneofKind === undefined;

type Kind = (codec: Codec, name: string) => Method;

const unary: Kind = (codec, name) =>
  async function* (engine, requests, signal) {
    for await (const request of requests) {
      yield codec.response(await asked(engine, name)(codec.request(request), { signal }));
    }
  };

const streaming: Kind = (codec, name) =>
  async function* (engine, requests, signal) {
    for await (const request of requests) {
      const messages = (await asked(engine, name)(codec.request(request), { signal })) as Iterable<unknown>;
      for (const message of messages) yield codec.response(message);
    }
  };

const importing: Kind = (codec, name) =>
  async function* (engine, requests, signal) {
    async function* messages(): AsyncIterable<object> {
      for await (const request of requests) yield codec.request(request);
    }
    yield codec.response(await asked(engine, name)(messages(), { signal }));
  };

const watching: Kind = (codec) =>
  async function* (engine, requests, signal) {
    for await (const request of requests) {
      for await (const message of engine.v1.watch(codec.request(request), { signal })) yield codec.response(message);
    }
  };

/** A method of the engine's. A stock client that is newer may know more of them. */
function asked(engine: Peppercorn, name: string): Asked {
  const { async: service } = engine.v1;
  const method = (service as unknown as Readonly<Record<string, Asked>>)[name];
  if (method === undefined) {
    throw new Refused(status.UNIMPLEMENTED, `method ${name} not implemented`);
  }
  return method;
}

const { PermissionsService, SchemaService, WatchService, ExperimentalService } = peer.v1;

const METHODS: ReadonlyMap<string, Method> = new Map(
  [PermissionsService, SchemaService, WatchService, ExperimentalService].flatMap(({ typeName, methods }) =>
    methods.map((info): [string, Method] => {
      const { name, localName, clientStreaming, serverStreaming } = info;
      const codec = codecOf(info.I as unknown as MessageType, info.O as unknown as MessageType);
      const kind = name === "Watch" ? watching : clientStreaming ? importing : serverStreaming ? streaming : unary;
      return [`/${typeName}/${name}`, kind(codec, localName)];
    }),
  ),
);

/** The method at a path, or a refusal in the words of SpiceDB's server. */
export function methodAt(path: string): Method {
  const method = METHODS.get(path);
  if (method === undefined) {
    const [, service = "", name = ""] = path.split("/");
    const isKnown = [...METHODS.keys()].some((known) => known.startsWith(`/${service}/`));
    throw new Refused(status.UNIMPLEMENTED, isKnown ? `unknown method ${name} for service ${service}` : `unknown service ${service}`);
  }
  return method;
}
