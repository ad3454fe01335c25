// What the server refuses by itself, before an engine is asked.

import type { Status } from "../../index.cjs";

/** A name of gRPC's codes that a refusal has. */
export type RefusalStatus = Status | "CANCELLED" | "DEADLINE_EXCEEDED" | "PERMISSION_DENIED" | "UNAUTHENTICATED" | "UNAVAILABLE";

/** A refusal of the server's own. It has the same fields as a `PeppercornError`, with SpiceDB's reason where it has one. */
export class Refused extends Error {
  readonly status: RefusalStatus;
  /** A name of SpiceDB's `ErrorReason` without `ERROR_REASON_`. */
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(status: RefusalStatus, message: string, reason?: string, metadata: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.metadata = metadata;
  }

  override get name(): "Refused" {
    return "Refused";
  }
}

/** What a server that closes answers to who would wait for ever. */
export function shuttingDown(): Refused {
  return new Refused("UNAVAILABLE", "the server is shutting down");
}

/** What a read-only server answers to a write: as SpiceDB with a read-only datastore. */
export function readOnly(): Refused {
  return new Refused("UNAVAILABLE", "service read-only", "SERVICE_READ_ONLY");
}
