// The server: an engine on the wire, by gRPC and by HTTP.

import { createHash, timingSafeEqual } from "node:crypto";
import type { Server as HttpServer } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { getRequestListener } from "@hono/node-server";
import { Peppercorn } from "peppercorn";
import * as gatewayEntry from "peppercorn/gateway";
import type * as Contract from "../../server.cjs";
import { engineOfFile } from "./file.ts";
import { addServices } from "./grpc.ts";
import { registryOf } from "./metrics.ts";
import { LONGEST, checkOptions, storesOf } from "./options.ts";
import { processGauges } from "./process.ts";
import { shuttingDown } from "./refused.ts";
import type { SameSecret } from "./secrets.ts";

/** The gRPC side alone, without what listens: no part of the contract. */
export { addServices } from "./grpc.ts";

/** SpiceDB's ports. */
const GRPC_PORT = 50051;
const HTTP_PORT = 8443;
const MOST_BYTES = 4 * 1024 * 1024;
/** Milliseconds that a request may take to arrive. */
const REQUEST_TIMEOUT = 60_000;
/** Milliseconds that its headers may take, and a TLS handshake. */
const HEADERS_TIMEOUT = 10_000;
/** Milliseconds after which a silent client is asked whether it is there. */
const ALIVE = 60_000;
/** Milliseconds that an HTTP connection may be without a request. */
const IDLE = 75_000;
/** Milliseconds that running requests have to finish when the server closes. */
const GRACE = 10_000;
/** Milliseconds between two looks at whether connections are idle while the server closes, and at whether they are late. */
const LOOK = 50;

// The entry has more than its contract says.
const { gatewayOf } = gatewayEntry as unknown as typeof import("./gateway.ts");

/** See the contract. */
export async function serve(options: Contract.ServeOptions = {}): Promise<Contract.RunningServer> {
  checkOptions(options, ["file", "host", "grpcPort", "httpPort", "tls", "maxRequestBytes", "requestTimeout", "streamTimeout"]);
  const { host = "127.0.0.1", grpcPort = GRPC_PORT, httpPort = HTTP_PORT, tls, maxRequestBytes = MOST_BYTES, file } = options;
  if (file !== undefined && (options.engine ?? options.engineOf) !== undefined) {
    throw new TypeError("give one of `file`, `engine` and `engineOf`: they say what is served");
  }
  const engine = options.engineOf === undefined ? (options.engine ?? (file === undefined ? new Peppercorn() : engineOfFile(file))) : undefined;
  const stores = storesOf({ ...options, engine }, sameDigest);
  const closing = new AbortController();
  const metrics = registryOf([{ name: "peppercorn_stores", help: "Engines that are held.", value: () => stores.size }, ...processGauges()]);
  const gateway = gatewayOf(stores, {
    maxRequestBytes,
    streamTimeout: options.streamTimeout,
    metrics,
    closing: closing.signal,
  });

  const grpc = new GrpcServer({
    "grpc.max_receive_message_length": maxRequestBytes,
    "grpc.max_send_message_length": -1,
    // Clients that are gone without a word are found out, or their watches would stay.
    "grpc.keepalive_time_ms": ALIVE,
    "grpc.keepalive_timeout_ms": HEADERS_TIMEOUT,
  });
  addServices(grpc, stores, metrics, { closing: closing.signal });
  const http = httpServer(getRequestListener(gateway.fetch, { overrideGlobalObjects: false }), tls, options.requestTimeout ?? REQUEST_TIMEOUT);

  const boundHttp = await listen(http, host, httpPort);
  let boundGrpc: number;
  try {
    boundGrpc = await bind(grpc, host, grpcPort, tls);
  } catch (thrown) {
    http.close();
    throw thrown;
  }
  let closed: Promise<void> | undefined;
  const close = ({ grace = GRACE }: { grace?: number | undefined } = {}): Promise<void> => {
    closed ??= (async () => {
      closing.abort(shuttingDown());
      const most = Math.min(grace, LONGEST);
      await Promise.all([closeHttp(http, most), closeGrpc(grpc, most)]);
    })();
    return closed;
  };
  return { host, grpcPort: boundGrpc, httpPort: boundHttp, close };
}

/** Compares digests: they have one length, and nothing of a secret shows in how far two of them agree. */
const sameDigest: SameSecret = (secret, given) => {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(secret), digest(given));
};

function httpServer(listener: ReturnType<typeof getRequestListener>, tls: Contract.ServeOptions["tls"], requestTimeout: number): HttpServer {
  const limits = {
    requestTimeout,
    headersTimeout: Math.min(HEADERS_TIMEOUT, requestTimeout),
    // Longer than proxies and pools of clients keep a connection: who closes first while the other sends loses a request.
    keepAliveTimeout: IDLE,
    connectionsCheckingInterval: Math.max(LOOK, Math.min(5000, requestTimeout / 4)),
  };
  const listens = (...call: Parameters<typeof listener>): void => void listener(...call);
  return tls === undefined
    ? createServer(limits, listens)
    : createTlsServer({ ...limits, cert: Buffer.from(tls.cert), key: Buffer.from(tls.key), minVersion: "TLSv1.2", handshakeTimeout: HEADERS_TIMEOUT }, listens);
}

function listen(http: HttpServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once("error", (error) => reject(unbound(host, port, error)));
    http.listen(port, host, () => {
      resolve((http.address() as AddressInfo).port);
    });
    http.on("connection", (socket) => socket.setKeepAlive(true, ALIVE));
  });
}

function bind(grpc: GrpcServer, host: string, port: number, tls: Contract.ServeOptions["tls"]): Promise<number> {
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }]);
  return new Promise((resolve, reject) => {
    grpc.bindAsync(`${host.includes(":") ? `[${host}]` : host}:${port}`, credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else reject(unbound(host, port, error));
    });
  });
}

function unbound(host: string, port: number, cause: Error): Error {
  return new Error(`the server cannot listen on port ${port} of \`${host}\`: ${cause.message}`, { cause });
}

/** Lets what runs finish, as long as that does not take too long; connections without a request end at once. */
function closeHttp(http: HttpServer, grace: number): Promise<void> {
  return new Promise((resolve) => {
    const look = setInterval(() => http.closeIdleConnections(), LOOK);
    const late = setTimeout(() => http.closeAllConnections(), grace);
    http.close(() => {
      clearInterval(look);
      clearTimeout(late);
      resolve();
    });
    http.closeIdleConnections();
  });
}

function closeGrpc(grpc: GrpcServer, grace: number): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      grpc.forceShutdown();
      resolve();
    }, grace);
    grpc.tryShutdown(() => {
      clearTimeout(late);
      resolve();
    });
  });
}
