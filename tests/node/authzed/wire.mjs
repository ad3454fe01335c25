// A gRPC server on a port of its own, for the stock client to connect to: it passes bytes on and knows nothing of what they say.

import * as grpc from "@grpc/grpc-js";
import { v1 } from "@authzed/authzed-node";

const SERVICES = [v1.PermissionsService, v1.SchemaService, v1.WatchService, v1.ExperimentalService];
const bytes = (value) => value;

/**
 * Starts it. `serve.stream(token, path, requests, metadata)` gives a call that the answer is read from; `serve.unary(token, method, request)`, if there is
 * one for that method, the answer.
 */
export async function listen(serve) {
  const server = new grpc.Server();
  for (const { typeName, methods } of SERVICES) {
    const definition = {};
    const handlers = {};
    for (const { name, clientStreaming: requestStream, serverStreaming: responseStream } of methods) {
      const path = `/${typeName}/${name}`;
      definition[name] = { path, requestStream, responseStream, requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes };
      handlers[name] = responseStream ? streaming(serve, path) : requestStream ? importing(serve, path) : unary(serve, path, name);
    }
    server.addService(definition, handlers);
  }
  const port = await new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return { address: `localhost:${port}`, close: () => server.forceShutdown() };
}

const tokenOf = ({ metadata }) => metadata.get("authorization")[0]?.replace("Bearer ", "");

/** What the other side said of an error, passed on as it is. */
const passed = ({ code, details, metadata }) => {
  const kept = new grpc.Metadata();
  for (const [key, value] of Object.entries(metadata?.getMap() ?? {})) if (key !== "content-type") kept.set(key, value);
  return { code, details, metadata: kept };
};

const unary = (serve, path, name) => (call, done) => {
  const answered = (error, value) => (error ? done(passed(error)) : done(null, value));
  const answer = serve.unary?.(tokenOf(call), name, call.request);
  if (answer !== undefined) answer.then((value) => answered(null, value), answered);
  else serve.client(tokenOf(call)).then((client) => client.makeUnaryRequest(path, bytes, bytes, call.request, answered), answered);
};

const streaming = (serve, path) => async (call) => {
  const client = await serve.client(tokenOf(call));
  const answer = client.makeServerStreamRequest(path, bytes, bytes, call.request);
  answer.on("data", (message) => call.write(message));
  answer.on("error", (error) => call.emit("error", passed(error)));
  answer.on("end", () => call.end());
  call.on("cancelled", () => answer.cancel());
};

const importing = (serve, path) => async (call, done) => {
  const client = await serve.client(tokenOf(call));
  const answer = client.makeClientStreamRequest(path, bytes, bytes, (error, value) => (error ? done(passed(error)) : done(null, value)));
  answer.on("error", () => {});
  call.on("data", (message) => answer.write(message));
  call.on("cancelled", () => answer.cancel());
  // A request that is cancelled ends as well, and that it is cancelled comes after.
  call.on("end", () => setTimeout(() => (call.cancelled ? answer.cancel() : answer.end()), 25));
};
