// The gRPC side of the server: SpiceDB's services, health and reflection.

import type { Server } from "@grpc/grpc-js";
import type { Serving } from "./calls.ts";
import { HEALTH, health } from "./health.ts";
import { API, implementation } from "./services.ts";
import type { Metrics } from "./metrics.ts";
import { REFLECTION, reflection } from "./reflection.ts";
import type { Stores } from "./stores.ts";
import { definitionOf } from "./wire.ts";

export interface ServiceOptions {
  /** Aborted when the server begins to close: watches end then, and health says so. All else may finish. */
  readonly closing?: AbortSignal | undefined;
}

/** Adds all services to a server. Binding it, TLS and limits on size are the caller's. */
export function addServices(server: Server, stores: Stores, metrics?: Metrics, { closing }: ServiceOptions = {}): void {
  const serving: Serving = { metrics, closing: new Set(), closed: false };
  const close = (): void => {
    serving.closed = true;
    for (const end of [...serving.closing]) end();
  };
  if (closing?.aborted === true) close();
  closing?.addEventListener("abort", close, { once: true });

  const api = API.map(({ typeName }) => typeName);
  const all = [...api, HEALTH.typeName, ...REFLECTION.map(({ typeName }) => typeName)].sort();
  for (const service of API) {
    server.addService(definitionOf(service), implementation(service.methods, stores, serving));
  }
  server.addService(definitionOf(HEALTH), health(api, stores, serving));
  for (const service of REFLECTION) {
    server.addService(definitionOf(service), reflection(service.file.proto.package, all, serving));
  }
}
