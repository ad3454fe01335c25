// Streams of messages as lines of JSON, made no faster than they are read.

import { Refused } from "./refused.ts";
import { statusJson, statusOf, type WireStatus } from "./status.ts";

/** Characters that are sent at a time, where there are so many. */
const CHUNK = 16_384;
/** Milliseconds that a stream may work before everyone else has a turn. */
const TURN = 10;

/** The messages of a call, one after the other or as they come. */
export type Source = Iterator<unknown> | AsyncIterator<unknown>;

export interface LinesOptions {
  /** Ends the stream with the signal's reason. */
  readonly signal: AbortSignal;
  /** For how long a reader may read nothing of what is there, in milliseconds. */
  readonly patience: number;
  /** Closes the connection, where that can be done from here: called for a reader who is cut off, before the stream fails. */
  readonly cutOff: () => void;
  /** Called once, when the stream is over: with what ended it, or nothing where it went well. */
  readonly ended: (failure?: WireStatus) => void;
}

/**
 * The messages as `{"result":...}`, each in a line, and an `{"error":...}` for what broke them off: what grpc-gateway sends. A message is
 * taken from the source when the one before has been read, so a slow reader costs no memory. Who stops reading altogether is cut off.
 */
export function lines(source: Source, { signal, patience, cutOff, ended }: LinesOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  /** Ends everything, once. */
  const end = (failure?: WireStatus): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    // What has not been given yet is given up; what the source says to that matters to nobody.
    Promise.resolve(source.return?.()).catch(() => {});
    ended(failure);
  };
  let stop = (): void => {};
  const turn = turns();
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stop = () => {
          const status = statusOf(signal.reason);
          if (isOver) return;
          end(status);
          try {
            controller.enqueue(encoder.encode(errorLine(status)));
            controller.close();
          } catch {
            // Who was to be told is gone, and the runtime noticed just now: in Deno, thrown here it would end the process.
          }
        };
        signal.addEventListener("abort", stop);
        if (signal.aborted) stop();
      },
      async pull(controller) {
        clearTimeout(timer);
        await turn();
        if (isOver) return;
        let text = "";
        let failure: WireStatus | undefined;
        let isDone = false;
        try {
          while (text.length < CHUNK && !isDone) {
            const next = source.next();
            // One that has to be waited for goes out by itself.
            const isLater = next instanceof Promise;
            const { value, done } = isLater ? await awake(next) : next;
            if (done === true) isDone = true;
            else text += `{"result":${JSON.stringify(value)}}\n`;
            if (isLater) break;
          }
        } catch (thrown) {
          failure = statusOf(thrown);
          text += errorLine(failure);
        }
        if (isOver) return;
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (isDone || failure !== undefined) {
          end(failure);
          controller.close();
          return;
        }
        timer = setTimeout(() => {
          const status = statusOf(new Refused("DEADLINE_EXCEEDED", `nothing of the stream was read for ${patience} milliseconds`));
          end(status);
          cutOff();
          // Where that closed the connection, the stream is cancelled by now, or will be.
          setTimeout(() => controller.error(new Error(status.message)));
        }, patience);
      },
      cancel() {
        end(statusOf(new Refused("CANCELLED", "the reader went away")));
      },
    },
    // Nothing is made before somebody wants it.
    { highWaterMark: 0 },
  );
}

/** To be called between pieces of work: waits, once a turn is over, until whoever waits too has had theirs. A reader that keeps up never stops one. */
function turns(): () => Promise<void> | undefined {
  // Not everywhere; where it is, it waits for nothing but what there is to do.
  const soon = (globalThis as { setImmediate?(work: () => void): unknown }).setImmediate ?? setTimeout;
  let began = performance.now();
  return () => {
    if (performance.now() - began < TURN) return undefined;
    return new Promise((resolve) => {
      soon(() => {
        began = performance.now();
        resolve();
      });
    });
  };
}

/**
 * Waits for it. The runtime of Workers takes a request for dead that waits for what other requests do, and for nothing of its own: a timer is
 * its own.
 */
async function awake<Value>(promise: Promise<Value>): Promise<Value> {
  const timer = setInterval(() => {}, 60_000);
  // Node's would keep a process.
  (timer as { unref?(): void }).unref?.();
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}

/** A failure as a line of a stream. */
export function errorLine(status: WireStatus): string {
  return `${JSON.stringify({ error: statusJson(status) })}\n`;
}
