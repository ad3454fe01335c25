/**
 * SpiceDB's HTTP/JSON API as a `hono` app: the same paths, streams and errors, over an engine in this process. It runs wherever there are
 * `Request` and `Response`: Node, Workers, Deno, Bun.
 *
 * @packageDocumentation
 */

import type { Peppercorn } from "./index.cjs";

/** Whose requests are answered, and from what. Exactly one of `presharedKeys`, `testing` and `engineOf`. */
export interface AccessOptions {
  /** What is asked. Needed but with `engineOf`. */
  readonly engine?: Peppercorn | undefined;
  /** The keys, one of which a request must bear: `authorization: Bearer <key>`. None of them empty. */
  readonly presharedKeys?: readonly string[] | undefined;
  /** For tests: each token, and none, has a store of its own, which begins as a copy of `engine`. Everyone is let in. */
  readonly testing?: boolean | undefined;
  /**
   * Authentication of your own: the engine for a bearer token (nothing where there is none). What it throws is told as `INTERNAL`, unless it is
   * an `Error` with the name `Refused`, a `status` such as `"UNAUTHENTICATED"` or `"PERMISSION_DENIED"`, and `metadata` (`{}`).
   */
  readonly engineOf?: ((token: string | undefined) => Peppercorn) | undefined;
  /** Refuses every write with SpiceDB's `SERVICE_READ_ONLY`. */
  readonly readonly?: boolean | undefined;
}

/** Takes note of the calls that were answered. */
export interface Metrics {
  /** A call is over: the way it came, `authzed.api.v1.PermissionsService/CheckPermission`, a name of gRPC's codes, and how long it took. */
  observe(kind: "grpc" | "http", method: string, code: string, seconds: number): void;
  /** What `GET /metrics` gives: Prometheus' text format. */
  text(): string;
}

/** As much of an `AbortSignal` as a gateway needs is all of it: the runtime's own. */
type Signal = AbortController["signal"];

/** Options of {@link createGateway}. */
export interface GatewayOptions extends AccessOptions {
  /** The most bytes of a request, and of each message of a stream. 4 MiB by default, as gRPC has it. */
  readonly maxRequestBytes?: number | undefined;
  /** For how many milliseconds a client may leave a stream unread before it is cut off. 30,000 by default. */
  readonly streamTimeout?: number | undefined;
  /** What counts the calls. By default the gateway does so itself. */
  readonly metrics?: Metrics | undefined;
  /** When aborted, watches end and `/healthz` says so. */
  readonly closing?: Signal | undefined;
}

/**
 * The gateway: an app to serve (`export default createGateway(...)` in a Worker), or to mount in another (`app.route("/authz", gateway)`).
 *
 * Besides SpiceDB's paths it has `GET /openapi.json`, `GET /healthz` and `GET /metrics`, for which no key is needed.
 *
 * @throws `TypeError` where it is not said who may ask
 */
export declare function createGateway(options: GatewayOptions): import("hono", { with: { "resolution-mode": "import" } }).Hono;
