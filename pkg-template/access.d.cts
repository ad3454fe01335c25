/** What the gateway and the server have in common: whose requests they answer, and what they count. */

import type { Peppercorn } from "./index.cjs";

/** Whose requests are answered, and from what. Exactly one of `presharedKeys`, `testing` and `engineOf`. */
export interface AccessOptions {
  /** What is asked. Needed but with `engineOf`. */
  readonly engine?: Peppercorn | undefined;
  /** The keys, one of which a request must bear: `authorization: Bearer <key>`. Printable ASCII, none of them empty or with blanks around. */
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
