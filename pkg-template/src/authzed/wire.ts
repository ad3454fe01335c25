// The few messages of `google.rpc` that errors travel in, as bytes: the stock client has no code for them.

const LENGTH_DELIMITED = 2;

/** What an error says besides its code and text. */
export interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `google.rpc.Status` with one detail. */
export function statusBytes(code: number, message: string, info: ErrorInfo): Buffer {
  const any = Buffer.concat([text(1, `type.googleapis.com/${errorInfo.typeName}`), field(2, errorInfo.toBinary(info))]);
  return Buffer.concat([Buffer.from([1 << 3, code]), text(2, message), field(3, any)]);
}

/** `google.rpc.ErrorInfo`, with as much of a protobuf-ts message type as reading it out of JSON takes. */
export const errorInfo = {
  typeName: "google.rpc.ErrorInfo",

  fromJson: (json: ErrorInfo): ErrorInfo => json,

  toBinary({ reason, domain, metadata }: ErrorInfo): Buffer {
    const entries = Object.entries(metadata).map(([key, value]) => field(3, Buffer.concat([text(1, key), text(2, value)])));
    return Buffer.concat([text(1, reason), text(2, domain), ...entries]);
  },
};

const text = (number: number, value: string): Buffer => field(number, Buffer.from(value));

const field = (number: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.from([(number << 3) | LENGTH_DELIMITED, ...varint(bytes.length)]), bytes]);

function varint(value: number): number[] {
  const bytes = [];
  for (; value > 0x7f; value = Math.floor(value / 0x80)) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}
