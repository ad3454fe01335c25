// Reading the bodies of HTTP requests, no further than they may be long.

import { HttpRefused, malformed } from "./http-refused.ts";
import { Objects, isBlank, parse } from "./json.ts";
import { Refused } from "./refused.ts";

/** What a body may be called: the last two are what `fetch` and curl say of any text unless told otherwise, and SpiceDB takes them. */
const TYPES: ReadonlySet<string> = new Set(["", "application/json", "text/plain", "application/x-www-form-urlencoded"]);

/** Refuses what is no plain JSON. */
export function checkType(headers: Headers): void {
  const type = headers.get("content-type") ?? "";
  const [name = "", ...parameters] = type.split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length).replaceAll('"', "") ?? "utf-8";
  if (!TYPES.has(name) || !/^utf-?8$/.test(charset)) {
    throw new HttpRefused(415, "INVALID_ARGUMENT", `the body must be \`application/json\` in UTF-8, not \`${type}\``);
  }
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    throw new HttpRefused(415, "INVALID_ARGUMENT", `the body must not be compressed, and is said to be \`${encoding}\``);
  }
}

/** The one message of a body; an empty body is an empty message, as in grpc-gateway. */
export async function readMessage(request: Request, most: number, signal: AbortSignal): Promise<unknown> {
  const text = await readText(request, most, signal);
  return isBlank(text) ? {} : parse(text);
}

async function readText(request: Request, most: number, signal: AbortSignal): Promise<string> {
  const length = request.headers.get("content-length");
  if (length !== null && Number(length) > most) {
    throw tooLarge(most);
  }
  if (length !== null) {
    // The server reads no more than was announced.
    const bytes = await orAborted(request.arrayBuffer(), signal);
    return decode(() => utf8().decode(bytes));
  }
  const decoder = utf8();
  let text = "";
  let size = 0;
  for await (const part of partsOf(request, signal)) {
    size += part.length;
    if (size > most) {
      throw tooLarge(most);
    }
    text += decode(() => decoder.decode(part, { stream: true }));
  }
  return text + decode(() => decoder.decode());
}

/** The messages of a body that is a stream of them, as they come. */
export async function* readMessages(request: Request, most: number, signal: AbortSignal): AsyncGenerator<unknown, void, undefined> {
  const objects = new Objects(most);
  const decoder = utf8();
  for await (const part of partsOf(request, signal)) {
    yield* objects.add(decode(() => decoder.decode(part, { stream: true })));
  }
  yield* objects.add(decode(() => decoder.decode()));
  objects.end();
}

async function* partsOf(request: Request, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { value, done } = await orAborted(reader.read(), signal);
      if (done) return;
      yield value;
    }
  } finally {
    // What is left is the runtime's to read or not: were it cancelled here, Node would close the connection before the answer is sent.
    reader.releaseLock();
  }
}

/** A byte order mark is text like any other: JSON has none. */
const utf8 = () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(work: () => string): string {
  try {
    return work();
  } catch {
    throw malformed("it is no UTF-8");
  }
}

/** The promise's value, unless the signal is aborted before. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, () => reject(new Refused("CANCELLED", "the body broke off"))).finally(() => signal.removeEventListener("abort", abort));
  });
}

function tooLarge(most: number): HttpRefused {
  return new HttpRefused(413, "RESOURCE_EXHAUSTED", `the body is larger than ${most} bytes`);
}
