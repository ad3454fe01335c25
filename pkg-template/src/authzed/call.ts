// One call, as the stock client's own machinery sees it: it comes from a channel, and what is said on it goes no further than this process.

import { type CallCredentials, type Deadline, type StatusObject, Metadata, status } from "@grpc/grpc-js";
import type { Peppercorn } from "peppercorn";
import type { Call, Listener, MessageContext } from "./grpc.ts";
import { methodAt } from "./methods.ts";
import { Requests } from "./requests.ts";
import { Refused, ended, statusOf } from "./status.ts";

/** What a call has of its channel. */
export interface Line {
  readonly peer: string;
  /** The credentials of the channel. */
  readonly credentials: CallCredentials;
  /** Bytes of a message; -1 is no limit. */
  readonly mostSent: number;
  readonly mostReceived: number;
  engineOf(metadata: Metadata): Peppercorn;
  /** Told of each call's beginning and end. */
  opened(): void;
  closed(): void;
}

/** Messages that a stream gives before timers and sockets have their turn. */
const AT_ONCE = 32;

/** The longest delay that a timer takes, in milliseconds; what is later never comes. */
const LONGEST = 0x7fff_ffff;

/** See the top of the file. */
export class InProcessCall implements Call {
  readonly #line: Line;
  readonly #path: string;
  readonly #number: number;
  readonly #requests = new Requests();
  readonly #aborting = new AbortController();
  #credentials: CallCredentials | undefined;
  #listener: Listener | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #isReading = false;
  #hasHeaders = false;
  #wake = (): void => {};

  constructor(line: Line, path: string, deadline: Deadline, number: number) {
    this.#line = line;
    this.#path = path;
    this.#number = number;
    line.opened();
    const started = Date.now();
    const left = Number(deadline) - started;
    if (!(left > LONGEST)) {
      const exceeded = (): void => this.cancelWithStatus(status.DEADLINE_EXCEEDED, `Deadline exceeded after ${((Date.now() - started) / 1000).toFixed(3)}s`);
      if (left > 0) {
        this.#timer = setTimeout(exceeded, left);
      } else {
        process.nextTick(exceeded);
      }
    }
  }

  start(metadata: Metadata, listener: Listener): void {
    this.#listener = listener;
    void this.#serve(metadata.clone());
  }

  sendMessageWithContext({ callback }: MessageContext, message: Buffer): void {
    const { mostSent } = this.#line;
    if (mostSent !== -1 && message.length > mostSent) {
      this.cancelWithStatus(status.RESOURCE_EXHAUSTED, `Attempted to send message with a size larger than ${mostSent}`);
    }
    this.#requests.add(message, () => process.nextTick(() => callback?.()));
  }

  startRead(): void {
    this.#isReading = true;
    this.#wake();
  }

  halfClose(): void {
    this.#requests.end();
  }

  cancelWithStatus(code: status, details: string): void {
    this.#end(ended(code, details));
    this.#aborting.abort();
  }

  setCredentials(credentials: CallCredentials): void {
    this.#credentials = credentials;
  }

  getPeer(): string {
    return this.#line.peer;
  }

  getCallNumber(): number {
    return this.#number;
  }

  getAuthContext(): null {
    return null;
  }

  async #serve(metadata: Metadata): Promise<void> {
    try {
      // As over a network, nothing is answered before timers and sockets had their turn: who asks in a loop would starve them.
      await turn();
      metadata.merge(await this.#authentication());
      if (this.#ended) return;
      const engine = this.#line.engineOf(metadata);
      await this.#answer(methodAt(this.#path)(engine, this.#requests, this.#aborting.signal));
      this.#finish(ended(status.OK, ""));
    } catch (thrown) {
      this.#finish(statusOf(thrown));
    }
  }

  async #answer(messages: AsyncIterable<Buffer>): Promise<void> {
    const { mostReceived } = this.#line;
    let count = 0;
    for await (const message of messages) {
      if (this.#ended) return;
      if (!this.#hasHeaders) {
        this.#hasHeaders = true;
        this.#listener?.onReceiveMetadata(headers(new Metadata()));
      }
      if (mostReceived !== -1 && message.length > mostReceived) {
        this.cancelWithStatus(status.RESOURCE_EXHAUSTED, `Received message larger than max (${message.length} vs ${mostReceived})`);
      }
      await this.#reading();
      if (this.#ended) return;
      this.#listener?.onReceiveMessage(message);
      count += 1;
      if (count % AT_ONCE === 0) await turn();
    }
  }

  /** Until the caller wants a message, or the call has ended. */
  async #reading(): Promise<void> {
    while (!this.#isReading && !this.#ended) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#isReading = false;
  }

  async #authentication(): Promise<Metadata> {
    const { credentials, peer } = this.#line;
    const all = this.#credentials?.compose(credentials) ?? credentials;
    const [, service = "", method = ""] = this.#path.split("/");
    try {
      return await all.generateMetadata({ service_url: `https://${peer}/${service}`, method_name: method });
    } catch (thrown) {
      const { code, message } = thrown as { code?: unknown; message?: unknown };
      throw new Refused(typeof code === "number" ? code : status.UNKNOWN, `Getting metadata from plugin failed with error: ${String(message)}`);
    }
  }

  /** Ends the call as the method did. Where no message came before it, the status is all of the answer, headers included. */
  #finish(result: StatusObject): void {
    if (!this.#hasHeaders) headers(result.metadata);
    this.#end(result);
  }

  /** Ends the call, once. The status is told later: a listener may throw. */
  #end(result: StatusObject): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#line.closed();
    this.#requests.drop();
    this.#wake();
    process.nextTick(() => this.#listener?.onReceiveStatus(result));
  }
}

/** Adds what every answer of a gRPC server begins with. */
function headers(metadata: Metadata): Metadata {
  metadata.set("content-type", "application/grpc");
  return metadata;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
