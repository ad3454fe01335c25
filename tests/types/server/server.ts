// The contracts of the server and the gateway, as a user's compiler sees them.

import type { Hono } from "hono";
import { Peppercorn } from "peppercorn";
import { type GatewayOptions, createGateway } from "peppercorn/gateway";
import { type RunningServer, serve } from "peppercorn/server";

const engine = new Peppercorn();
const app: Hono = createGateway({ engine, presharedKeys: ["key"] });
app.route("/permissions", createGateway({ engineOf: (token: string | undefined) => (token === "key" ? engine : new Peppercorn()) }));
const closing = new AbortController();
const options: GatewayOptions = { engine, testing: true, readonly: true, maxRequestBytes: 1024, streamTimeout: 1000, closing: closing.signal };
createGateway(options);

const running: RunningServer = await serve({ engine, presharedKeys: ["key"], host: "127.0.0.1", grpcPort: 0, httpPort: 0, tls: { cert: "", key: new Uint8Array() } });
const ports: number = running.grpcPort + running.httpPort;
await running.close({ grace: ports });

// @ts-expect-error keys are a list
createGateway({ engine, presharedKeys: "key" });
// @ts-expect-error a file has a path
await serve({ testing: true, file: 1 });
// @ts-expect-error a port is a number
await serve({ testing: true, grpcPort: "50051" });
// @ts-expect-error a key without a certificate is none
await serve({ testing: true, tls: { key: "" } });
// @ts-expect-error a server is closed, not stopped
await running.stop();
