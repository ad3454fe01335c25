// As much of `@hono/node-server` as is used here: its own types want a browser's.
declare module "@hono/node-server" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  /** What answers Node's requests as `fetch` answers the web's. A stream is read as fast as the client reads, and cancelled when it goes. */
  export function getRequestListener(
    fetch: (request: Request) => Response | Promise<Response>,
    options?: { overrideGlobalObjects?: boolean },
  ): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;
}
