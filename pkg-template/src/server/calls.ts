// What every call has, whatever it asks: an id, an outcome that is counted, and one way of failing.

import type { ServerErrorResponse, ServerReadableStream, ServerUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import { Metadata } from "@grpc/grpc-js";
import { randomUUID } from "node:crypto";
import type { Metrics } from "./metrics.ts";
import { type Code, type WireStatus, statusJson, statusOf } from "./status.ts";
import { encode, messageNamed } from "./wire.ts";

declare const PEPPERCORN_VERSION: string;

/** What the services of one server share. */
export interface Serving {
  readonly metrics: Metrics | undefined;
  /** What is to be done once the server closes, by those who would not end by themselves. */
  readonly closing: Set<() => void>;
  /** Whether it has begun to. */
  closed: boolean;
}

export type AnyCall = ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer> | ServerReadableStream<Buffer, Buffer>;

/** SpiceDB's names for what is sent beside messages. */
const REQUEST_ID = "x-request-id";
const VERSION_WANTED = "io.spicedb.requestversion";
const VERSION = "io.spicedb.debug.version";
const STATUS_DETAILS = "grpc-status-details-bin";

/** Bytes of details that a failure can have, and of its message as it is sent: some clients take no more than 8 KiB of headers in all. */
const LARGEST_DETAILS = 4096;
const LONGEST_MESSAGE = 2048;

/** Begins a call: sends its headers, and gives what is to be called, with the outcome, when it is over. */
export function begun(call: AnyCall, { metrics }: Serving): (status: Code) => void {
  const started = performance.now();
  const headers = new Metadata();
  const [id = randomUUID().replaceAll("-", "")] = call.metadata.get(REQUEST_ID);
  headers.set(REQUEST_ID, id);
  if (call.metadata.get(VERSION_WANTED).length > 0) {
    headers.set(VERSION, `peppercorn-${PEPPERCORN_VERSION}`);
  }
  call.sendMetadata(headers);
  let over = false;
  return (status) => {
    if (over) return;
    over = true;
    metrics?.observe("grpc", call.getPath().slice(1), call.cancelled ? gaveUp(call) : status, (performance.now() - started) / 1000);
  };
}

/** Why a call ended early that its caller ended. */
function gaveUp(call: AnyCall): Code {
  const deadline = call.getDeadline();
  return Number(deadline) <= Date.now() ? "DEADLINE_EXCEEDED" : "CANCELLED";
}

/** What is sent for something that was thrown. */
export function failure(thrown: unknown): ServerErrorResponse & { readonly status: Code } {
  const wire = statusOf(thrown);
  const message = shortened(wire.message);
  const metadata = new Metadata();
  if (wire.details.length > 0) {
    metadata.set(STATUS_DETAILS, details({ ...wire, message }));
  }
  return Object.assign(new Error(message), { code: wire.code, details: message, metadata, status: wire.status });
}

/** `google.rpc.Status` of an error. Where that is too long for a header, what it is about is shortened. */
function details(wire: WireStatus): Buffer {
  const status = messageNamed("google.rpc.Status");
  const whole = encode(status, statusJson(wire));
  if (whole.length <= LARGEST_DETAILS) return whole;
  const values = wire.details.flatMap(({ metadata }) => Object.values(metadata));
  // What the message leaves, at three bytes a character.
  const most = Math.floor((LARGEST_DETAILS - LONGEST_MESSAGE) / 3 / Math.max(1, values.length));
  const cut = (text: string): string => (text.length > most ? `${text.slice(0, most)}...`.toWellFormed() : text);
  const short = wire.details.map((info) => ({ ...info, metadata: Object.fromEntries(Object.entries(info.metadata).map(([key, value]) => [key, cut(value)])) }));
  return encode(status, statusJson({ ...wire, details: short }));
}

/** A message as long as a header may be, of text that can be one. */
function shortened(message: string): string {
  const text = message.toWellFormed();
  const length = encodeURI(text).length;
  return length <= LONGEST_MESSAGE ? text : `${text.slice(0, Math.floor((text.length * LONGEST_MESSAGE) / length))}...`.toWellFormed();
}

/** Sends messages one after the other, each made when the one before it is on its way: a slow reader makes nothing pile up here. */
export async function sendAll(call: ServerWritableStream<Buffer, Buffer>, messages: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<void> {
  for await (const message of messages) {
    if (call.cancelled || call.destroyed) return;
    if (!call.write(message)) await room(call);
  }
}

/** Settles once there is room for another message, or nobody to send it to. */
function room(call: ServerWritableStream<Buffer, Buffer>): Promise<void> {
  return new Promise((resolve) => {
    if (call.destroyed) return resolve();
    const settle = (): void => {
      call.off("drain", settle);
      call.off("close", settle);
      resolve();
    };
    call.on("drain", settle);
    call.on("close", settle);
  });
}
