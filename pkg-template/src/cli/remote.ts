// A server's v1 API by gRPC.

import type { DescMethod } from "@bufbuild/protobuf";
import { Client, Metadata, type ServiceError, connectivityState, credentials, status } from "@grpc/grpc-js";
import { API } from "../server/api.ts";
import { decode, encode, messageNamed } from "../server/wire.ts";
import { ServerError } from "./failures.ts";
import type { Connection, Message } from "./server-options.ts";

/** How long a call with one answer may take, in milliseconds. Streams take as long as their data. */
const LONGEST_CALL = 60_000;

/** How long a server may take to be there at all, for what has no deadline. */
const LONGEST_CONNECT = 20_000;

const METHODS: ReadonlyMap<string, DescMethod> = new Map(API.flatMap(({ methods }) => methods).map((method) => [method.name, method]));

export function open({ endpoint, token, insecure, ca }: { endpoint: string; token: string; insecure: boolean; ca: string | undefined }): Connection {
  const channel = insecure ? credentials.createInsecure() : credentials.createSsl(ca === undefined ? null : Buffer.from(ca));
  // Messages of an export are as large as the server makes them.
  const client = new Client(endpoint, channel, { "grpc.max_receive_message_length": -1 });
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  const of = (name: string) => {
    const method = METHODS.get(name);
    if (method === undefined) throw new TypeError(`there is no method ${name}`);
    return {
      path: `/${method.parent.typeName}/${method.name}`,
      serialize: (message: Message): Buffer => encode(method.input, message),
      deserialize: (bytes: Buffer): Message => decode(method.output, bytes),
    };
  };
  return {
    call(name, request) {
      const { path, serialize, deserialize } = of(name);
      const deadline = Date.now() + LONGEST_CALL;
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest(path, serialize, deserialize, request, metadata, { deadline }, (error, answer) => {
          if (error !== null || answer === undefined) reject(refusal(error));
          else resolve(answer);
        });
      });
    },
    async *stream(name, request) {
      const { path, serialize, deserialize } = of(name);
      const call = client.makeServerStreamRequest(path, serialize, deserialize, request, metadata);
      const timer = setTimeout(() => {
        const isThere = client.getChannel().getConnectivityState(false) === connectivityState.READY;
        if (!isThere) call.destroy(new ServerError("UNAVAILABLE", `there is no answer from \`${endpoint}\``));
      }, LONGEST_CONNECT);
      try {
        for await (const message of call) yield message as Message;
      } catch (error) {
        throw refusal(error);
      } finally {
        clearTimeout(timer);
        call.cancel();
      }
    },
    async send(name, requests) {
      const { path, serialize, deserialize } = of(name);
      return new Promise((resolve, reject) => {
        let isOver = false;
        let goOn = (): void => {};
        const call = client.makeClientStreamRequest(path, serialize, deserialize, metadata, (error, answer) => {
          isOver = true;
          goOn();
          if (error !== null || answer === undefined) reject(refusal(error));
          else resolve(answer);
        });
        for (const event of ["drain", "close", "error"]) call.on(event, () => goOn());
        const write = async (): Promise<void> => {
          for (const request of requests) {
            // Whoever refuses early has told why.
            if (isOver) return;
            if (!call.write(request)) await new Promise<void>((resolve) => (goOn = resolve));
          }
          call.end();
        };
        write().catch((error: unknown) => {
          call.cancel();
          reject(error);
        });
      });
    },
    close: () => client.close(),
  };
}

/** What a server said, or what came between. */
function refusal(error: unknown): Error {
  if (error instanceof ServerError || !(error instanceof Error && "code" in error)) return error instanceof Error ? error : new Error(String(error));
  const { code, details, metadata } = error as ServiceError;
  const [info] = metadata?.get("grpc-status-details-bin") ?? [];
  return new ServerError(reasonOf(info) ?? status[code] ?? String(code), details === "" ? error.message : details);
}

/** The reason of `google.rpc.ErrorInfo`, where the server sent one. */
function reasonOf(info: string | Buffer | undefined): string | undefined {
  if (!(info instanceof Buffer)) return undefined;
  try {
    const { details } = decode(messageNamed("google.rpc.Status"), info) as { details?: readonly { readonly reason?: string }[] };
    return details?.find(({ reason }) => reason !== undefined)?.reason?.replace(/^ERROR_REASON_/, "");
  } catch {
    return undefined;
  }
}
