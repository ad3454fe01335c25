// `peppercorn serve`: the engine on the wire, until it is told to stop.

import { bytesOf } from "#files";
import type { serve as Serve } from "peppercorn/server";
import { ServerError, failureOf } from "./failures.ts";
import { print } from "./questions.ts";
import { KEYS } from "./serving.ts";
import { YES } from "./status.ts";
import { UsageError } from "./usage.ts";

export interface ServeOptions {
  readonly key?: readonly string[];
  readonly testing?: boolean;
  readonly readonly?: boolean;
  readonly file?: string;
  readonly host: string;
  readonly grpcPort: string;
  readonly httpPort: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly maxRequestBytes?: string;
  readonly requestTimeout?: string;
  readonly json?: boolean;
}

/** Serves until SIGINT or SIGTERM, and gives the exit status. */
export async function serve(options: ServeOptions): Promise<number> {
  const given = settings(options);
  const server = await started(given);
  const { grpcPort, httpPort } = server;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const tls = given.tls === undefined ? "" : "s";
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(signal));
  });
  if (options.json === true) {
    print({ host: options.host, grpcPort, httpPort, tls: given.tls !== undefined });
  } else {
    console.log(`gRPC  ${host}:${grpcPort}${tls === "" ? "  (plain text)" : ""}\nHTTP  http${tls}://${host}:${httpPort}`);
    if (given.testing === true) console.log("testing: each token is a store of its own, and nothing is kept");
  }
  const signal = await stopped;
  // A second signal ends the process at once.
  process.once("SIGINT", () => process.exit(130));
  console.error(`${signal}: finishing what runs`);
  await server.close();
  return YES;
}

/** A running server. A port that is taken, a certificate that is none: each has its own error, and none is a mistake of ours. */
async function started(given: ReturnType<typeof settings>): ReturnType<typeof Serve> {
  // The library writes what we say ourselves, and what strangers send: tokens among it.
  process.env["GRPC_VERBOSITY"] ??= "NONE";
  const { serve } = await import("peppercorn/server");
  try {
    return await serve(given);
  } catch (error) {
    if (!(error instanceof Error) || failureOf(error) !== undefined) throw error;
    throw new ServerError("CANNOT_START", `the server cannot start: ${error.message}`, error);
  }
}

function settings(options: ServeOptions) {
  const presharedKeys = [...(options.key ?? []), process.env[KEYS] ?? ""].flatMap((keys) => keys.split(",")).map((key) => key.trim()).filter((key) => key !== "");
  if (presharedKeys.length === 0 && options.testing !== true) {
    throw new UsageError(`a server needs a key: ${KEYS} in the environment, or \`--key\`; or \`--testing\`, where any token will do`);
  }
  if (options.testing === true && presharedKeys.length > 0) {
    throw new UsageError("`--testing` takes any token: keys cannot go together with it");
  }
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
    throw new UsageError("`--tls-cert` and `--tls-key` go together");
  }
  const { tlsCert, tlsKey } = options;
  return {
    ...(presharedKeys.length === 0 ? {} : { presharedKeys }),
    ...(options.testing === true ? { testing: true } : {}),
    ...(options.readonly === true ? { readonly: true } : {}),
    ...(options.file === undefined ? {} : { file: options.file }),
    host: options.host,
    grpcPort: number(options.grpcPort, "--grpc-port", 0, 65535),
    httpPort: number(options.httpPort, "--http-port", 0, 65535),
    ...(tlsCert === undefined || tlsKey === undefined ? {} : { tls: { cert: Buffer.from(bytesOf(tlsCert)), key: Buffer.from(bytesOf(tlsKey)) } }),
    ...(options.maxRequestBytes === undefined ? {} : { maxRequestBytes: number(options.maxRequestBytes, "--max-request-bytes", 1, 2 ** 31 - 1) }),
    ...(options.requestTimeout === undefined ? {} : { requestTimeout: number(options.requestTimeout, "--request-timeout", 1, 2 ** 31 - 1) }),
  };
}

function number(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`\`${name}\` must be a whole number from ${least} to ${most}, not \`${text}\``);
  }
  return value;
}
