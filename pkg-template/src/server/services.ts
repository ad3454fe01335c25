// The services of SpiceDB's v1 API, answered by the engine that the caller's token stands for.

import type { DescMethod } from "@bufbuild/protobuf";
import type { ServerReadableStream, ServerUnaryCall, ServerWritableStream, UntypedServiceImplementation, sendUnaryData } from "@grpc/grpc-js";
import { Metadata } from "@grpc/grpc-js";
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import type { Peppercorn, v1 } from "../../index.cjs";
import { type AnyCall, type Serving, begun, failure, sendAll } from "./calls.ts";
import { METHODS } from "./methods.ts";
import { Refused, shuttingDown } from "./refused.ts";
import { type Stores, bearer, readOnly } from "./stores.ts";
import { type Json, decode, encode } from "./wire.ts";

export { API } from "./api.ts";

/** The methods that a read-only server refuses, by their names in the proto files. */
const WRITING: ReadonlySet<string> = new Set(METHODS.filter(({ isWrite }) => isWrite).map(({ name }) => name));

/** The methods of an engine's `v1`, as they are called from here. */
type Called<Answer> = { readonly [method: string]: (request: Json) => Answer };

/** Handlers for all methods of a service. */
export function implementation(methods: readonly DescMethod[], stores: Stores, serving: Serving): UntypedServiceImplementation {
  return Object.fromEntries(methods.map((method) => [method.name, handler(method, stores, serving)]));
}

function handler(method: DescMethod, stores: Stores, serving: Serving): UntypedServiceImplementation[string] {
  const engineFor = (call: AnyCall): Peppercorn => {
    const [header] = call.metadata.get("authorization");
    const engine = stores.engineOf(bearer(header?.toString()));
    if (stores.readonly && WRITING.has(method.name)) throw readOnly();
    return engine;
  };
  if (method.localName === "watch") return (call: ServerWritableStream<Buffer, Buffer>) => void watch(call, method, engineFor, serving);
  if (method.methodKind === "server_streaming") return (call: ServerWritableStream<Buffer, Buffer>) => void stream(call, method, engineFor, serving);
  if (method.methodKind === "client_streaming") {
    return (call: ServerReadableStream<Buffer, Buffer>, respond: sendUnaryData<Buffer>) => void importing(call, respond, method, engineFor, serving);
  }
  return (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) => unary(call, respond, method, engineFor, serving);
}

type EngineFor = (call: AnyCall) => Peppercorn;

function unary(call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>, method: DescMethod, engineFor: EngineFor, serving: Serving): void {
  const over = begun(call, serving);
  try {
    const service = engineFor(call).v1 as unknown as Called<Json>;
    const answer = encode(method.output, ask(service, method, decode(method.input, call.request)));
    over("OK");
    respond(null, answer);
  } catch (thrown) {
    const failed = failure(thrown);
    over(failed.status);
    respond(failed);
  }
}

function ask<Answer>(service: Called<Answer>, { localName }: DescMethod, request: Json): Answer {
  const method = service[localName];
  if (method === undefined) throw new Refused("UNIMPLEMENTED", `there is no method \`${localName}\``);
  return method(request);
}

async function stream(call: ServerWritableStream<Buffer, Buffer>, method: DescMethod, engineFor: EngineFor, serving: Serving): Promise<void> {
  await sending(call, serving, () => {
    const service = engineFor(call).v1 as unknown as Called<Iterable<Json>>;
    return encoded(ask(service, method, decode(method.input, call.request)), method);
  });
}

function* encoded(messages: Iterable<Json>, { output }: DescMethod): Generator<Buffer> {
  for (const message of messages) yield encode(output, message);
}

async function watch(call: ServerWritableStream<Buffer, Buffer>, method: DescMethod, engineFor: EngineFor, serving: Serving): Promise<void> {
  let stop = (): void => {};
  await sending(call, serving, () => {
    const watcher = engineFor(call).v1.watch(decode(method.input, call.request) as v1.WatchRequest);
    stop = () => void watcher.return?.();
    call.once("cancelled", stop);
    serving.closing.add(stop);
    if (serving.closed) stop();
    return watched(watcher, method, serving);
  });
  serving.closing.delete(stop);
}

async function* watched(watcher: AsyncIterable<unknown>, { output }: DescMethod, serving: Serving): AsyncGenerator<Buffer> {
  for await (const message of watcher) yield encode(output, message);
  if (serving.closed) throw shuttingDown();
}

/** Answers with a stream; what is thrown on the way ends it. */
async function sending(call: ServerWritableStream<Buffer, Buffer>, serving: Serving, messages: () => Iterable<Buffer> | AsyncIterable<Buffer>): Promise<void> {
  const over = begun(call, serving);
  try {
    await sendAll(call, messages());
    over("OK");
    if (!call.destroyed) call.end();
  } catch (thrown) {
    const failed = failure(thrown);
    over(failed.status);
    if (!call.destroyed) call.emit("error", failed);
  }
}

async function importing(
  call: ServerReadableStream<Buffer, Buffer>,
  respond: sendUnaryData<Buffer>,
  method: DescMethod,
  engineFor: EngineFor,
  serving: Serving,
): Promise<void> {
  const over = begun(call, serving);
  try {
    const service = engineFor(call).v1.async;
    const response = await service.importBulkRelationships(decoded(call, method) as AsyncIterable<v1.ImportBulkRelationshipsRequest>);
    const answer = encode(method.output, response);
    over("OK");
    respond(null, answer);
  } catch (thrown) {
    const failed = failure(thrown);
    over(failed.status);
    respond(failed);
  }
}

/** Milliseconds between the end of a client's messages and the news that it gave up instead. */
const SECOND_THOUGHTS = 10;

/** The messages of a client, once it has said that these are all: before that nothing may be written. */
async function* decoded(call: ServerReadableStream<Buffer, Buffer>, { input }: DescMethod): AsyncGenerator<Json> {
  for await (const message of call) yield decode(input, message as Buffer);
  // Clients that cancel, of Node's gRPC among them, end their messages first and reset the call in the next packet. So that is waited for, and
  // read: an immediate comes after what has arrived.
  await sleep(SECOND_THOUGHTS);
  await immediate();
  // Sending, even the headers once more, makes the library look whether the call is still there; it tells in the next turn.
  call.sendMetadata(new Metadata());
  await immediate();
  if (call.cancelled) throw new Refused("CANCELLED", "the client gave up");
}
