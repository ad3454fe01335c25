// The HTTP gateway: SpiceDB's paths and answers as a `hono` app, for every runtime that has `Request` and `Response`.

import { type Context, Hono } from "hono";
import type { Peppercorn } from "../../index.cjs";
import type * as Contract from "../../gateway.cjs";
import { checkType, readMessage, readMessages } from "./body.ts";
import { Closing, deadlineOf } from "./deadline.ts";
import { HttpRefused } from "./http-refused.ts";
import { type Source, errorLine, lines } from "./lines.ts";
import { METHODS, type Method, fullName } from "./methods.ts";
import { openapi } from "./openapi.ts";
import { checkOptions, storesOf } from "./options.ts";
import { Refused, type Stores, bearer, readOnly } from "./stores.ts";
import { registryOf } from "./metrics.ts";
import { HTTP_STATUSES, type WireStatus, statusJson, statusOf } from "./status.ts";

/** Bytes of a request, as gRPC limits them. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Milliseconds that a reader may leave a stream alone; SpiceDB ends idle streams after as long. */
const PATIENCE = 30_000;

const JSON_TYPE = { "content-type": "application/json" };

/** See the contract. */
export function createGateway(options: Contract.GatewayOptions): Hono {
  checkOptions(options, ["maxRequestBytes", "streamTimeout", "metrics", "closing"]);
  return gatewayOf(storesOf(options), options);
}

/** The same over stores: no part of the contract. */
export function gatewayOf(stores: Stores, options: Omit<Contract.GatewayOptions, keyof Contract.AccessOptions>): Hono {
  const { maxRequestBytes = MOST_BYTES, streamTimeout = PATIENCE } = options;
  const closing = new Closing(options.closing);
  const metrics = options.metrics ?? registryOf([{ name: "peppercorn_stores", help: "Engines that are held.", value: () => stores.size }]);
  const settings: Settings = { stores, maxRequestBytes, streamTimeout, closing };
  const app = new Hono();

  for (const method of METHODS) {
    app.all(method.path, async (context) => {
      if (context.req.method !== "POST") {
        return failed(context, routing("UNIMPLEMENTED", "Method Not Allowed"), { allow: "POST" });
      }
      const start = performance.now();
      const ended = (status?: WireStatus): void => {
        metrics.observe("http", fullName(method), status?.status ?? "OK", (performance.now() - start) / 1000);
      };
      return answer(context, method, settings, ended);
    });
  }
  app.get("/openapi.json", (context) => context.body(openapi(), 200, JSON_TYPE));
  app.get("/healthz", (context) => {
    const isServing = stores.isUsable && !closing.hasBegun;
    return context.body(JSON.stringify({ status: isServing ? "SERVING" : "NOT_SERVING" }), isServing ? 200 : 503, JSON_TYPE);
  });
  app.get("/metrics", (context) => context.body(metrics.text(), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }));
  app.notFound((context) => failed(context, routing("NOT_FOUND", "Not Found")));
  app.onError((thrown, context) => failed(context, statusOf(thrown)));
  return app;
}

interface Settings {
  readonly stores: Stores;
  readonly maxRequestBytes: number;
  readonly streamTimeout: number;
  readonly closing: Closing;
}

/** Answers a call. `ended` is told once how it went. */
async function answer(context: Context, method: Method, settings: Settings, ended: (status?: WireStatus) => void): Promise<Response> {
  const { stores, closing } = settings;
  const deadline = deadlineOf(context.req.header("grpc-timeout"), context.req.raw.signal, method.kind === "watching" ? closing : undefined);
  const done = (status?: WireStatus): void => {
    deadline.free();
    ended(status);
  };
  try {
    requestId(context);
    if (closing.hasBegun) context.header("connection", "close");
    const engine = stores.engineOf(bearer(context.req.header("authorization")));
    if (method.isWrite && stores.readonly) {
      throw readOnly();
    }
    checkType(context.req.raw.headers);
    if (isStream(method)) {
      return await stream(context, engine, method, deadline.signal, settings, done);
    }
    const response = await one(context, engine, method, deadline.signal, settings);
    done();
    return context.body(JSON.stringify(response), 200, JSON_TYPE);
  } catch (thrown) {
    const status = statusOf(thrown);
    done(status);
    const headers = {
      ...(status.status === "UNAUTHENTICATED" ? { "www-authenticate": "Bearer" } : {}),
      // There may be more of the body than anyone wants to read before the next request.
      ...(method.kind === "importing" || context.req.header("content-length") === undefined ? { connection: "close" } : {}),
    };
    if (thrown instanceof HttpRefused) return failed(context, status, headers, thrown.httpStatus);
    // What a method refuses from the beginning has a status of its own, of a stream in the form that errors of streams have.
    return isStream(method) ? context.body(errorLine(status), HTTP_STATUSES[status.status] as 400, { ...JSON_TYPE, ...headers }) : failed(context, status, headers);
  }
}

function isStream({ kind }: Method): boolean {
  return kind === "streaming" || kind === "watching";
}

type Call = (request: unknown) => unknown;

/** The one response of a method. */
async function one(context: Context, { v1 }: Peppercorn, { kind, key }: Method, signal: AbortSignal, { maxRequestBytes }: Settings): Promise<unknown> {
  const request = context.req.raw;
  if (kind === "importing") {
    return v1.async.importBulkRelationships(readMessages(request, maxRequestBytes, signal) as AsyncIterable<never>, { signal });
  }
  return (v1[key] as Call)(await readMessage(request, maxRequestBytes, signal));
}

/** The stream of responses of a method. */
async function stream(
  context: Context,
  { v1 }: Peppercorn,
  { key, kind }: Method,
  signal: AbortSignal,
  { maxRequestBytes, streamTimeout }: Settings,
  ended: (status?: WireStatus) => void,
): Promise<Response> {
  const message = await readMessage(context.req.raw, maxRequestBytes, signal);
  const messages = (v1[key] as Call)(message) as Source;
  const source = kind === "streaming" ? begun(messages as Iterator<unknown>) : messages;
  // Node's adapter takes an error of a stream for a fault of ours, and has a way to end a response that is none.
  const cutOff = (): void => (context.env as { outgoing?: { destroy(): void } } | undefined)?.outgoing?.destroy();
  return context.body(lines(source, { signal, patience: streamTimeout, ended, cutOff }), 200, JSON_TYPE);
}

/** The same, with the first message made now. */
function begun(source: Iterator<unknown>): Iterator<unknown> {
  let first: IteratorResult<unknown> | undefined = source.next();
  return {
    next() {
      const given = first ?? source.next();
      first = undefined;
      return given;
    },
    return: () => source.return?.() ?? { done: true, value: undefined },
  };
}

/** The client's own identifier of a request comes back with the answer. */
function requestId(context: Context): void {
  const given = context.req.header("x-request-id") ?? context.req.header("grpc-metadata-x-request-id") ?? "";
  context.header("x-request-id", /^[\x21-\x7e]{1,128}$/.test(given) ? given : crypto.randomUUID());
}

function failed(context: Context, status: WireStatus, headers: Record<string, string> = {}, httpStatus = HTTP_STATUSES[status.status]): Response {
  return context.body(JSON.stringify(statusJson(status)), httpStatus as 400, { ...JSON_TYPE, ...headers });
}

/** What grpc-gateway says of a path that it does not serve. */
function routing(status: "NOT_FOUND" | "UNIMPLEMENTED", message: string): WireStatus {
  return statusOf(new Refused(status, message));
}
