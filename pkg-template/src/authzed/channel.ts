// The channel of a client: where another would connect to a server, this one has the engine beside it.

import {
  type ChannelCredentials,
  type ChannelInterface,
  type ChannelOptions,
  type Deadline,
  CallCredentials,
  connectivityState,
  propagate,
  status,
} from "@grpc/grpc-js";
import { type EngineOf, type Line, InProcessCall } from "./call.ts";
import type { Call, ParentCall } from "./grpc.ts";

/** Bytes of a message that a client takes where its options say nothing, as in gRPC. */
const MOST_RECEIVED = 4 * 1024 * 1024;

/** What credentials are told they are for: a name that stands for no address, as no connection is made. */
const NOWHERE = { scheme: "dns", path: "in-process" };

/** Milliseconds, as long as a timer takes. */
const LONGEST = 0x7fff_ffff;

let calls = 0;

/** See the top of the file. */
export class InProcessChannel implements ChannelInterface {
  readonly #line: Line;
  readonly #target: string;
  readonly #watchers = new Set<() => void>();
  #isClosed = false;
  #waiting = 0;
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(address: string, credentials: ChannelCredentials, options: ChannelOptions, engineOf: EngineOf) {
    this.#target = `in-process:${address}`;
    this.#line = {
      peer: address,
      // The stock client's own kind of credentials has none where it sends no token.
      credentials: credentials._createSecureConnector(NOWHERE, options).getCallCredentials() ?? CallCredentials.createEmpty(),
      mostSent: options["grpc.max_send_message_length"] ?? -1,
      mostReceived: options["grpc.max_receive_message_length"] ?? MOST_RECEIVED,
      engineOf,
      // As a connection would, a call that waits for its answer keeps the process from ending.
      waits: () => {
        this.#waiting += 1;
        this.#keepAlive ??= setInterval(() => {}, LONGEST);
      },
      waited: () => {
        this.#waiting -= 1;
        if (this.#waiting === 0) {
          clearInterval(this.#keepAlive);
          this.#keepAlive = undefined;
        }
      },
    };
  }

  createCall(method: string, deadline: Deadline, _host: string | null | undefined, parent: ParentCall, flags: number | null | undefined): Call {
    if (!(typeof deadline === "number" || deadline instanceof Date)) {
      throw new TypeError("`deadline` must be a number or a Date");
    }
    this.#refuseClosed();
    const inherits = (what: propagate): boolean => parent !== null && ((flags ?? propagate.DEFAULTS) & what) !== 0;
    const until = inherits(propagate.DEADLINE) ? Math.min(Number(deadline), Number(parent?.getDeadline())) : deadline;
    const call = new InProcessCall(this.#line, method, until, (calls += 1));
    if (inherits(propagate.CANCELLATION)) {
      parent?.on("cancelled", () => call.cancelWithStatus(status.CANCELLED, "Cancelled by parent call"));
    }
    return call;
  }

  /** Refuses new calls; open ones go on to their end. */
  close(): void {
    this.#isClosed = true;
    for (const tell of this.#watchers) tell();
  }

  getTarget(): string {
    return this.#target;
  }

  getConnectivityState(): connectivityState {
    return this.#isClosed ? connectivityState.SHUTDOWN : connectivityState.READY;
  }

  watchConnectivityState(current: connectivityState, deadline: Date | number, callback: (error?: Error) => void): void {
    this.#refuseClosed();
    if (current !== this.getConnectivityState()) {
      process.nextTick(callback);
      return;
    }
    const tell = (error?: Error): void => {
      this.#watchers.delete(tell);
      clearTimeout(timer);
      process.nextTick(callback, error);
    };
    const left = Math.max(Number(deadline) - Date.now(), 0);
    const timer = left > LONGEST ? undefined : setTimeout(() => tell(new Error("Deadline passed without connectivity state change")), left);
    this.#watchers.add(tell);
  }

  getChannelzRef(): ReturnType<ChannelInterface["getChannelzRef"]> {
    return { kind: "channel" as never, id: -1, name: this.#target };
  }

  #refuseClosed(): void {
    // In the words of `@grpc/grpc-js`, which programs look for.
    if (this.#isClosed) throw new Error("Channel has been shut down");
  }
}
