// grpc.health.v1: whether the services serve. It asks for no token.

import type { ServerUnaryCall, ServerWritableStream, UntypedServiceImplementation, sendUnaryData } from "@grpc/grpc-js";
import { type Serving, begun, failure } from "./calls.ts";
import { Refused, shuttingDown } from "./refused.ts";
import type { Stores } from "./stores.ts";
import { decode, encode, messageNamed, serviceNamed } from "./wire.ts";

export const HEALTH = serviceNamed("grpc.health.v1.Health");

/** Answers for services by their full names, and for the empty one: the server as a whole. */
export function health(services: readonly string[], stores: Stores, serving: Serving): UntypedServiceImplementation {
  const known = new Set(["", ...services]);
  const request = messageNamed("grpc.health.v1.HealthCheckRequest");
  const response = messageNamed("grpc.health.v1.HealthCheckResponse");
  const asked = (bytes: Buffer): string => String(decode(request, bytes)["service"] ?? "");
  const status = (): Buffer => encode(response, { status: serving.closed || !stores.isUsable ? "NOT_SERVING" : "SERVING" });

  return {
    Check(call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) {
      const over = begun(call, serving);
      try {
        if (!known.has(asked(call.request))) throw new Refused("NOT_FOUND", "unknown service");
        over("OK");
        respond(null, status());
      } catch (thrown) {
        const failed = failure(thrown);
        over(failed.status);
        respond(failed);
      }
    },

    /** Tells what is, and then what changes: that the server closes. */
    Watch(call: ServerWritableStream<Buffer, Buffer>) {
      const over = begun(call, serving);
      const fail = (thrown: unknown): void => {
        const failed = failure(thrown);
        over(failed.status);
        if (!call.destroyed) call.emit("error", failed);
      };
      const close = (): void => {
        serving.closing.delete(close);
        if (!call.destroyed) call.write(status());
        fail(shuttingDown());
      };
      try {
        call.write(known.has(asked(call.request)) ? status() : encode(response, { status: "SERVICE_UNKNOWN" }));
      } catch (thrown) {
        return fail(thrown);
      }
      if (serving.closed) return close();
      serving.closing.add(close);
      call.once("cancelled", () => {
        serving.closing.delete(close);
        over("CANCELLED");
      });
    },
  };
}
