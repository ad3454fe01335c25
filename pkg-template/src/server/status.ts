// How a failed call is told: gRPC's codes, HTTP's statuses, and SpiceDB's reasons.

/** gRPC's codes, each at its number. */
export const CODES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

/** A name of gRPC's codes. */
export type Code = (typeof CODES)[number];

/** The HTTP status of each code, as grpc-gateway maps them. */
export const HTTP_STATUSES: Readonly<Record<Code, number>> = {
  OK: 200,
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};

/** What `google.rpc.ErrorInfo` says. */
export interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What `google.rpc.Status` says. */
export interface WireStatus {
  readonly status: Code;
  /** The number of the status. */
  readonly code: number;
  readonly message: string;
  readonly details: readonly ErrorInfo[];
}

/** SpiceDB's `ErrorReason`, as far as this engine gives them. Any other code of an error is this package's own, and no reason. */
const REASONS: ReadonlySet<string> = new Set([
  "SCHEMA_PARSE_ERROR",
  "SCHEMA_TYPE_ERROR",
  "UNKNOWN_DEFINITION",
  "UNKNOWN_RELATION_OR_PERMISSION",
  "UNKNOWN_CAVEAT",
  "INVALID_SUBJECT_TYPE",
  "CANNOT_UPDATE_PERMISSION",
  "ATTEMPT_TO_RECREATE_RELATIONSHIP",
  "UPDATES_ON_SAME_RELATIONSHIP",
  "TOO_MANY_UPDATES_IN_REQUEST",
  "TOO_MANY_PRECONDITIONS_IN_REQUEST",
  "WRITE_OR_DELETE_PRECONDITION_FAILURE",
  "TOO_MANY_RELATIONSHIPS_FOR_TRANSACTIONAL_DELETE",
  "EXCEEDS_MAXIMUM_ALLOWABLE_LIMIT",
  "TRANSACTION_METADATA_TOO_LARGE",
  "INVALID_FILTER",
  "INVALID_CURSOR",
  "WILDCARD_NOT_ALLOWED",
  "CAVEAT_PARAMETER_TYPE_ERROR",
  "CAVEAT_EVALUATION_ERROR",
  "MAX_RELATIONSHIP_CONTEXT_SIZE",
  "COUNTER_ALREADY_REGISTERED",
  "COUNTER_NOT_REGISTERED",
  "MAXIMUM_DEPTH_EXCEEDED",
  "SERVICE_READ_ONLY",
]);

/** What a refusal has, of an engine (`code`) or of the server (`reason`). */
interface Refusal {
  readonly name: string;
  readonly status: Code;
  readonly message: string;
  readonly code?: string;
  readonly reason?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * How what was thrown is told. What is no refusal is a fault of the server's: it is told as such and no more, for its message may say what is
 * nobody's business.
 */
export function statusOf(thrown: unknown): WireStatus {
  if (!isRefusal(thrown)) {
    return wire("INTERNAL", "the server failed to answer", []);
  }
  const { status, message } = thrown;
  // Who refuses in plain JavaScript may have put anything there.
  const metadata = Object.fromEntries(Object.entries(thrown.metadata).map(([name, value]) => [name, String(value)]));
  const given = thrown.code ?? thrown.reason ?? "";
  const isReason = REASONS.has(given);
  // SpiceDB's own form of details without a reason.
  const reason = `ERROR_REASON_${isReason ? given : "UNSPECIFIED"}`;
  const hasDetails = isReason || Object.keys(metadata).length > 0;
  return wire(status, message, hasDetails ? [{ reason, domain: "authzed.com", metadata }] : []);
}

/** By what it has: bundles of this package have a class each, and so have entries for other runtimes. */
export function isRefusal(thrown: unknown): thrown is Refusal {
  if (!(thrown instanceof Error) || !(thrown.name === "PeppercornError" || thrown.name === "Refused")) return false;
  const { status, metadata } = thrown as Partial<Refusal>;
  // What says that all is well, or nothing that is known, refuses nothing.
  return CODES.indexOf(status ?? "OK") > 0 && typeof metadata === "object" && metadata !== null;
}

function wire(status: Code, message: string, details: readonly ErrorInfo[]): WireStatus {
  return { status, code: CODES.indexOf(status), message, details };
}

/** The status as proto3 JSON. */
export function statusJson({ code, message, details }: WireStatus): { code: number; message: string; details: readonly object[] } {
  return { code, message, details: details.map((info) => ({ "@type": "type.googleapis.com/google.rpc.ErrorInfo", ...info })) };
}
