/**
 * SpiceDB's HTTP/JSON API as a `hono` app: the same paths, streams and errors, over an engine in this process. It runs wherever there are
 * `Request` and `Response`: Node, Workers, Deno, Bun.
 *
 * @packageDocumentation
 */

import type { AccessOptions, Metrics } from "./access.cjs";
import type { v1 } from "./index.cjs";

export type { AccessOptions, Metrics };

/** Options of {@link createGateway}. */
export interface GatewayOptions extends AccessOptions {
  /** The most bytes of a request, and of each message of a stream. 4 MiB by default, as gRPC has it. */
  readonly maxRequestBytes?: number | undefined;
  /** For how many milliseconds a client may leave a stream unread before it is cut off. 30,000 by default. */
  readonly streamTimeout?: number | undefined;
  /** What counts the calls. By default the gateway does so itself. */
  readonly metrics?: Metrics | undefined;
  /** When aborted, watches end and `/healthz` says so. */
  readonly closing?: v1.Signal | undefined;
}

/**
 * The gateway: an app to serve (`export default createGateway(...)` in a Worker), or to mount in another (`app.route("/authz", gateway)`).
 *
 * Besides SpiceDB's paths it has `GET /openapi.json`, `GET /healthz` (503 also where `engine` is freed or has failed) and `GET /metrics`, for
 * which no key is needed. Watches want a compatibility date from 2024-10-14 on in Cloudflare's Workers, and `idleTimeout: 0` in Bun.
 *
 * @throws `TypeError` where it is not said who may ask
 */
export declare function createGateway(options: GatewayOptions): import("hono", { with: { "resolution-mode": "import" } }).Hono;
