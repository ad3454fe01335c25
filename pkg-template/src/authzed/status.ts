// How a call ends, in gRPC's terms.

import { type StatusObject, Metadata, status } from "@grpc/grpc-js";
import { PeppercornError } from "peppercorn";
import { peer } from "./peer.ts";
import { statusBytes } from "./wire.ts";

/** A call that the engine was not asked about. */
export class Refused extends Error {
  readonly status: StatusObject;

  constructor(code: status, details: string) {
    super(details);
    this.status = ended(code, details);
  }
}

/** A status with nothing more to say. */
export function ended(code: status, details: string): StatusObject {
  return { code, details, metadata: new Metadata() };
}

/** The status for what was thrown, with its details where SpiceDB sends some. */
export function statusOf(thrown: unknown): StatusObject {
  if (thrown instanceof Refused) {
    return thrown.status;
  }
  if (!(thrown instanceof PeppercornError)) {
    return ended(status.INTERNAL, thrown instanceof Error ? thrown.message : String(thrown));
  }
  const { message, metadata } = thrown;
  const result = ended(status[thrown.status], message);
  const reason = thrown.code in peer.v1.ErrorReason ? thrown.code : undefined;
  // SpiceDB sends no details with an error that has neither a reason nor anything it is about.
  if (reason !== undefined || Object.keys(metadata).length > 0) {
    const info = { reason: `ERROR_REASON_${reason ?? "UNSPECIFIED"}`, domain: "authzed.com", metadata };
    result.metadata.set("grpc-status-details-bin", statusBytes(result.code, message, info));
  }
  return result;
}
