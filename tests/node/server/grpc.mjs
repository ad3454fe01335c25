// What the tests of the gRPC side share: a server with stores of the test's own, and the stock client in proto3 JSON.

import { v1 } from "@authzed/authzed-node";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { MessageType } from "@protobuf-ts/runtime";
import { createRequire } from "node:module";
import { path } from "../support.mjs";

const { addServices } = createRequire(import.meta.url)(path("pkg/dist/server.cjs"));

export const CODES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];

const text = (no, name) => ({ no, name, kind: "scalar", T: 9 });
export const ErrorInfo = new MessageType("google.rpc.ErrorInfo", [
  text(1, "reason"),
  text(2, "domain"),
  { no: 3, name: "metadata", kind: "map", K: 9, V: { kind: "scalar", T: 9 } },
]);
const Packed = new MessageType("google.protobuf.Any", [text(1, "typeUrl"), { no: 2, name: "value", kind: "scalar", T: 12 }]);
const Status = new MessageType("google.rpc.Status", [
  { no: 1, name: "code", kind: "scalar", T: 5 },
  text(2, "message"),
  { no: 3, name: "details", kind: "message", T: () => Packed, repeat: 2 },
]);

export const SERVICES = [v1.PermissionsService, v1.SchemaService, v1.WatchService, v1.ExperimentalService];
const METHODS = new Map(SERVICES.flatMap(({ methods }) => methods).map((method) => [method.name, method]));

/** A server on a port of its own, and what ends it. */
export async function serving(stores, { metrics, options, ...rest } = {}) {
  const server = new Server(options);
  addServices(server, stores, metrics, rest);
  const port = await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { address: `127.0.0.1:${port}`, server, close: () => server.forceShutdown() };
}

/** Stores with an engine for each token that a test made one for. */
export function tokens(engines, readonly = false) {
  return {
    readonly,
    isUsable: true,
    get size() {
      return engines.size;
    },
    engineOf(token) {
      const engine = engines.get(token);
      if (engine !== undefined) return engine;
      throw Object.assign(new Error("no such token"), { name: "Refused", status: "PERMISSION_DENIED", metadata: {} });
    },
  };
}

export const stockClient = (address, token) => v1.NewClient(token, address, v1.ClientSecurity.INSECURE_PLAINTEXT_CREDENTIALS);

/** A request that the stock client's message cannot say. */
export class Unsayable extends Error {}

/** Asks in proto3 JSON: `{ responses }` or `{ error }`. Of a watch, so many messages, or all there are once nothing more comes. */
export async function asked(client, name, { request = {}, requests, take }) {
  const { I, O, clientStreaming, serverStreaming } = METHODS.get(name);
  const message = (json) => {
    try {
      return I.fromJson(json);
    } catch (error) {
      throw new Unsayable(error.message);
    }
  };
  const method = client[name.charAt(0).toLowerCase() + name.slice(1)].bind(client);
  const sent = clientStreaming ? requests.map(message) : message(request);
  try {
    const answers = clientStreaming
      ? [await imported(method, sent)]
      : serverStreaming
        ? await streamed(method(sent), take)
        : [await unary(method, sent)];
    return { responses: answers.map((answer) => O.toJson(answer, { typeRegistry: [ErrorInfo] })) };
  } catch (error) {
    return { error: readError(error) };
  }
}

const unary = (method, request) =>
  new Promise((resolve, reject) => method(request, (error, response) => (error ? reject(error) : resolve(response))));

function imported(method, requests) {
  return new Promise((resolve, reject) => {
    const call = method((error, response) => (error ? reject(error) : resolve(response)));
    for (const request of requests) call.write(request);
    call.end();
  });
}

function streamed(call, take = Infinity) {
  return new Promise((resolve, reject) => {
    const messages = [];
    call.on("data", (message) => {
      messages.push(message);
      if (messages.length === take) {
        call.on("error", () => {});
        call.cancel();
        resolve(messages);
      }
    });
    call.on("end", () => resolve(messages));
    call.on("error", reject);
  });
}

export function readError(error) {
  if (typeof error.code !== "number") throw error;
  const found = { code: CODES[error.code], message: error.details };
  for (const packed of error.metadata?.get("grpc-status-details-bin") ?? []) {
    const status = Status.fromBinary(packed);
    found.status = { code: CODES[status.code], message: status.message };
    for (const { typeUrl, value } of status.details) {
      if (!typeUrl.endsWith("/google.rpc.ErrorInfo")) continue;
      const { reason, domain, metadata } = ErrorInfo.fromBinary(value);
      Object.assign(found, { reason, domain, metadata });
    }
  }
  return found;
}
