// One call, as the stock client's own machinery sees it: it comes from a channel, and what is said on it goes no further than this process.

import { type CallCredentials, type Deadline, Metadata, status } from "@grpc/grpc-js";
import type { Peppercorn } from "peppercorn";
import type { Call, Listener, MessageContext } from "./grpc.ts";
import { methodAt } from "./methods.ts";
import { Requests } from "./requests.ts";
import { type Ending, endingOf } from "./status.ts";

/** Whose engine answers a call, by its bearer token; nothing where it has none. */
export type EngineOf = (token: string | undefined) => Peppercorn;

/** What a call has of its channel. */
export interface Line {
  readonly peer: string;
  /** The credentials of the channel. */
  readonly credentials: CallCredentials;
  /** Bytes of a message; -1 is no limit. */
  readonly mostSent: number;
  readonly mostReceived: number;
  readonly engineOf: EngineOf;
  /** Told when a call begins to wait for the engine, and when it has done so. */
  waits(): void;
  waited(): void;
}

/** Messages that a stream gives before timers and sockets have their turn. */
const AT_ONCE = 32;

/** The codes that speak of what was asked, and are never given for anything on the way (gRPC's A54). */
const RESERVED: ReadonlySet<status> = new Set([
  status.OK,
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.FAILED_PRECONDITION,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.DATA_LOSS,
]);

/** Bytes of a message that SpiceDB's server takes. */
const MOST_TAKEN = 4 * 1024 * 1024;

/** What every answer of a gRPC server begins with. */
const HEADERS = { "content-type": "application/grpc" };

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
  /** The class of metadata that the caller knows: an application may have several copies of `@grpc/grpc-js`. */
  #Metadata = Metadata;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #isReading = false;
  #hasHeaders = false;
  /** Whether it is the caller's turn: a message waits to be read. */
  #isUnread = false;
  #wake = (): void => {};

  constructor(line: Line, path: string, deadline: Deadline, number: number) {
    this.#line = line;
    this.#path = path;
    this.#number = number;
    line.waits();
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
    this.#Metadata = metadata.constructor as typeof Metadata;
    void this.#serve(metadata.clone());
  }

  sendMessageWithContext({ callback }: MessageContext, message: Buffer): void {
    const { mostSent } = this.#line;
    if (mostSent !== -1 && message.length > mostSent) {
      this.cancelWithStatus(status.RESOURCE_EXHAUSTED, `Attempted to send message with a size larger than ${mostSent}`);
    }
    if (message.length > MOST_TAKEN) {
      this.#end({ code: status.RESOURCE_EXHAUSTED, details: `grpc: received message larger than max (${message.length} vs. ${MOST_TAKEN})` }, true);
      this.#aborting.abort();
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
    this.#end({ code, details }, false);
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
      const engine = await this.#engine(metadata);
      if (engine === undefined || this.#ended) return;
      await this.#answer(methodAt(this.#path)(engine, this.#requests, this.#aborting.signal));
      this.#end({ code: status.OK, details: "" }, true);
    } catch (thrown) {
      this.#end(endingOf(thrown), true);
    }
  }

  async #answer(messages: AsyncIterable<Buffer>): Promise<void> {
    const { mostReceived } = this.#line;
    let count = 0;
    for await (const message of messages) {
      if (this.#isOver()) return;
      if (!this.#hasHeaders) {
        this.#hasHeaders = true;
        this.#tell((listener) => listener.onReceiveMetadata(this.#metadata(HEADERS)));
      }
      if (mostReceived !== -1 && message.length > mostReceived) {
        this.cancelWithStatus(status.RESOURCE_EXHAUSTED, `Received message larger than max (${message.length} vs ${mostReceived})`);
      }
      if (this.#isOver()) return;
      await this.#reading();
      if (this.#isOver()) return;
      this.#tell((listener) => listener.onReceiveMessage(message));
      count += 1;
      if (count % AT_ONCE === 0) await turn();
    }
  }

  /** Tells the caller something. What its own code throws then is not the method's error. */
  #tell(what: (listener: Listener) => void): void {
    try {
      if (this.#listener !== undefined) what(this.#listener);
    } catch (thrown) {
      process.nextTick(() => {
        throw thrown;
      });
    }
  }

  /** What happens while it waits, the compiler does not see. */
  #isOver(): boolean {
    return this.#ended;
  }

  /** Until the caller wants a message, or the call has ended. */
  async #reading(): Promise<void> {
    if (!this.#isReading) {
      this.#isUnread = true;
      this.#line.waited();
      await new Promise<void>((resolve) => (this.#wake = resolve));
      if (this.#ended) return;
      this.#isUnread = false;
      this.#line.waits();
    }
    this.#isReading = false;
  }

  /** The engine that the call is for; nothing, where the client itself can tell that its credentials are no use. */
  async #engine(metadata: Metadata): Promise<Peppercorn | undefined> {
    const { credentials, peer, engineOf } = this.#line;
    const all = this.#credentials?.compose(credentials) ?? credentials;
    const [, service = "", method = ""] = this.#path.split("/");
    try {
      metadata.merge(await all.generateMetadata({ service_url: `https://${peer}/${service}`, method_name: method }));
    } catch (thrown) {
      const { code, message } = thrown as { code?: unknown; message?: unknown };
      this.#failed(typeof code === "number" ? code : status.UNKNOWN, `Getting metadata from plugin failed with error: ${String(message)}`);
      return undefined;
    }
    const [authorization = "", another] = metadata.get("authorization");
    if (another !== undefined) {
      this.cancelWithStatus(status.INTERNAL, '"authorization" metadata cannot have multiple values');
      return undefined;
    }
    return engineOf(bearer(authorization.toString()));
  }

  /** Ends the call because its credentials failed: with none of the codes that are a method's to give. */
  #failed(code: status, details: string): void {
    const isFree = !RESERVED.has(code);
    this.cancelWithStatus(isFree ? code : status.INTERNAL, isFree ? details : `Invalid status from control plane: ${code} ${status[code]} ${details}`);
  }

  /**
   * Ends the call, once. Where it is the server that ends it, and no message came before, the status is all of its answer, headers
   * included. It is told later: a listener may throw.
   */
  #end({ code, details, info }: Ending, isAnswer: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    if (!this.#isUnread) this.#line.waited();
    this.#requests.drop();
    this.#wake();
    const headers = isAnswer && !this.#hasHeaders ? HEADERS : {};
    process.nextTick(() => this.#listener?.onReceiveStatus({ code, details, metadata: this.#metadata({ ...(info && { "grpc-status-details-bin": info }), ...headers }) }));
  }

  #metadata(entries: Readonly<Record<string, string | Buffer>>): Metadata {
    const metadata = new this.#Metadata();
    for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
    return metadata;
  }
}

/** The token of an `authorization` header: its scheme is `Bearer`, in any case. */
const bearer = (authorization: string): string | undefined => (/^bearer /i.test(authorization) ? authorization.slice("bearer ".length) : undefined);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
