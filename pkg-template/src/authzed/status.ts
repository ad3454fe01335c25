// How a call ends, in gRPC's terms.

import { status } from "@grpc/grpc-js";
import { PeppercornError } from "peppercorn";
import { peer } from "./peer.ts";
import { statusBytes } from "./wire.ts";

/** A status, before it is told. */
export interface Ending {
  readonly code: status;
  readonly details: string;
  /** `google.rpc.Status`, where there is more to say. */
  readonly info?: Buffer;
}

/** A call that the engine was not asked about. */
export class Refused extends Error implements Ending {
  readonly code: status;
  readonly details: string;

  constructor(code: status, details: string) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

/** The status for what was thrown, with its details where SpiceDB sends some. */
export function endingOf(thrown: unknown): Ending {
  if (thrown instanceof Refused) {
    return thrown;
  }
  if (!(thrown instanceof PeppercornError)) {
    return { code: status.INTERNAL, details: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  const { message, metadata } = thrown;
  const code = status[thrown.status];
  const reason = thrown.code in peer.v1.ErrorReason ? thrown.code : undefined;
  // SpiceDB sends no details with an error that has neither a reason nor anything it is about.
  if (reason === undefined && Object.keys(metadata).length === 0) {
    return { code, details: message };
  }
  const info = { reason: `ERROR_REASON_${reason ?? "UNSPECIFIED"}`, domain: "authzed.com", metadata };
  return { code, details: message, info: statusBytes(code, message, info) };
}
