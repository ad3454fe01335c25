// What a call told, as data that can be compared: messages, errors and metadata, with what differs from run to run masked.

import { status } from "@grpc/grpc-js";
import { MessageType } from "@protobuf-ts/runtime";

const text = (no, name) => ({ no, name, kind: "scalar", T: 9 });
export const ErrorInfo = new MessageType("google.rpc.ErrorInfo", [
  text(1, "reason"),
  text(2, "domain"),
  { no: 3, name: "metadata", kind: "map", K: 9, V: { kind: "scalar", T: 9 } },
]);
const Packed = new MessageType("google.protobuf.Any", [text(1, "typeUrl"), { no: 2, name: "value", kind: "scalar", T: 12 }]);
const Status = new MessageType("google.rpc.Status", [
  { no: 1, name: "code", kind: "scalar", T: 5 },
  text(2, "message"),
  { no: 3, name: "details", kind: "message", T: () => Packed, repeat: 2 },
]);

/** The status in an error's metadata, its details unpacked; nothing where there is none. */
export function detailsOf(metadata) {
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  if (bytes === undefined) return undefined;
  const { code, message, details } = Status.fromBinary(bytes);
  return { code, message, details: details.map(({ typeUrl, value }) => ({ typeUrl, ...ErrorInfo.fromBinary(value) })) };
}

/** Keys, values, and the one binary value decoded. */
export function metadataOf(metadata) {
  const { "grpc-status-details-bin": _, date, ...rest } = metadata.getMap();
  const status = detailsOf(metadata);
  // A server of `@grpc/grpc-js` tells the time, and has another name for the same encoding.
  void date;
  if (rest["content-type"] === "application/grpc+proto") rest["content-type"] = "application/grpc";
  return status === undefined ? rest : { ...rest, status };
}

/** An error of a call. */
export function errorOf(error) {
  if (!(error instanceof Error)) return { thrown: plain(error) };
  const { name, message, code, details, metadata } = error;
  return { name, message: timeless(message), code, details: details === undefined ? undefined : timeless(details), metadata: metadata && metadataAfter(code, metadata) };
}

/** A server that is slower than the deadline may tell so itself, with headers, before the client does. */
const metadataAfter = (code, metadata) => (code === status.DEADLINE_EXCEEDED ? {} : metadataOf(metadata));

/** The status of a call. */
export const statusOf = ({ code, details, metadata }) => ({ code, details: code === 0 && details === "OK" ? "" : timeless(details), metadata: metadataAfter(code, metadata) });

const timeless = (message) => message.replace(/Deadline exceeded.*/s, "Deadline exceeded").replaceAll(/(at|of) 2\d{3}-[-\dT:.Z]+/g, "$1 *");

/** Fields whose values are another's in every run: revisions, cursors, and what a trace measures. */
const MASKED = new Set(["token", "traceOperationId"]);

/** A message as plain data. */
export function plain(value, key = "") {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (typeof value === "string" && MASKED.has(key) && value !== "") return "*";
  if (typeof value !== "object" || value === null) return value;
  if (key === "duration") return "*";
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item, name)]));
}
