/**
 * The engine as a server: SpiceDB's gRPC API and its HTTP/JSON gateway, for Node.
 *
 * @packageDocumentation
 */

import type { AccessOptions } from "./access.cjs";

export type { AccessOptions };

/** Options of {@link serve}. Exactly one of `presharedKeys`, `testing` and `engineOf` says who may ask. */
export interface ServeOptions extends AccessOptions {
  /** A validation file (YAML) whose schema and relationships the engine begins with; in place of `engine`. With neither, it begins empty. */
  readonly file?: string | undefined;
  /** The address to listen on. `127.0.0.1` by default; `0.0.0.0` and `::` are everyone's. */
  readonly host?: string | undefined;
  /** The port of gRPC. 50051 by default; 0 for any that is free. */
  readonly grpcPort?: number | undefined;
  /** The port of the HTTP gateway. 8443 by default; 0 for any that is free. */
  readonly httpPort?: number | undefined;
  /** A certificate, with those that lead to its root, and its key, in PEM: both ports then speak TLS alone. Plain text by default. */
  readonly tls?: { readonly cert: string | Uint8Array; readonly key: string | Uint8Array } | undefined;
  /** The most bytes of a request, and of each message of a stream. 4 MiB by default, as gRPC has it. */
  readonly maxRequestBytes?: number | undefined;
  /** For how many milliseconds an HTTP request may be under way to the server. 60,000 by default. */
  readonly requestTimeout?: number | undefined;
  /** For how many milliseconds an HTTP client may leave a stream unread. 30,000 by default. */
  readonly streamTimeout?: number | undefined;
}

/** A server that takes requests. */
export interface RunningServer {
  readonly host: string;
  /** The port that gRPC listens on. */
  readonly grpcPort: number;
  /** The port that the HTTP gateway listens on. */
  readonly httpPort: number;
  /**
   * Takes no more requests, ends watches, lets what runs finish and closes. What takes longer than `grace` milliseconds (10,000 by default) is
   * broken off. Again is the same.
   */
  close(options?: { readonly grace?: number | undefined }): Promise<void>;
}

/**
 * Starts a server.
 *
 * @throws `TypeError` where options are missing or contradict each other; `PeppercornError` where the file does not hold; an `Error` where a
 * port is taken
 */
export declare function serve(options?: ServeOptions): Promise<RunningServer>;
