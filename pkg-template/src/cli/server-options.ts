// How a server is reached. What speaks to it is loaded only then.

import type { Command } from "commander";
import { UsageError } from "./usage.ts";

/** What says which server. */
export interface ServerOptions {
  readonly endpoint?: string;
  readonly token?: string;
  readonly insecure?: boolean;
  readonly ca?: string;
}

/** A message, as proto3 JSON. */
export type Message = { readonly [name: string]: unknown };

/** A server's v1 API, methods by their names in the proto files. What it refuses is a `ServerError`. */
export interface Connection {
  call(method: string, request: Message): Promise<Message>;
  stream(method: string, request: Message): AsyncIterable<Message>;
  /** Sends one message after the other, no faster than they are taken. */
  send(method: string, requests: Iterable<Message>): Promise<Message>;
  close(): void;
}

/** The variable that a token is taken from, where the process list would show it. */
export const TOKEN = "PEPPERCORN_TOKEN";

export function serverOptions(command: Command, endpoint: string): Command {
  return command
    .option("-e, --endpoint <HOST:PORT>", endpoint)
    .optionsGroup("Of a server:")
    .option("-t, --token <TOKEN>", `its preshared key; better in the environment as ${TOKEN}`)
    .option("--insecure", "without TLS, in plain text")
    .option("--ca <FILE>", "trust the certificates of this PEM file");
}

/** Whether the command is about a server. Options for one alone are refused without it. */
export function hasServer(options: ServerOptions): boolean {
  if (options.endpoint !== undefined) return true;
  const stray = (["token", "insecure", "ca"] as const).find((name) => options[name] !== undefined);
  if (stray !== undefined) throw new UsageError(`\`--${stray}\` needs \`--endpoint\``);
  return false;
}

export async function connect(options: ServerOptions): Promise<Connection> {
  const { endpoint = "", token = process.env[TOKEN], insecure = false, ca } = options;
  if (token === undefined || token === "") {
    throw new UsageError(`\`--endpoint\` needs a token: \`--token\`, or ${TOKEN} in the environment`);
  }
  if (!/^[!-~](?:[ -~]*[!-~])?$/.test(token)) {
    throw new UsageError("the token has characters that no header can have, or begins or ends with a blank");
  }
  if (/^$|^https?:/i.test(endpoint)) {
    throw new UsageError(`\`--endpoint\` is the server's gRPC address as HOST:PORT, not \`${endpoint}\``);
  }
  if (insecure && ca !== undefined) {
    throw new UsageError("`--ca` and `--insecure` cannot go together: without TLS there are no certificates");
  }
  const [{ open }, { textOf }] = await Promise.all([import("./remote.ts"), import("#files")]);
  return open({ endpoint, token, insecure, ca: ca === undefined ? undefined : textOf(ca) });
}
