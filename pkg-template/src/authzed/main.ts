// The entry: the stock client with its own code above the channel, and our channel below it.

import { type ChannelCredentials, type Client, type ClientOptions, credentials } from "@grpc/grpc-js";
import { Peppercorn } from "peppercorn";
import type * as Contract from "../../authzed.js";
import type { EngineOf } from "./call.ts";
import { InProcessChannel } from "./channel.ts";
import { peer } from "./peer.ts";
import { forget, storeOf } from "./stores.ts";

type Stock = (typeof peer)["v1"];

/** The options of a client that is served in this process, whatever they say of channels. */
function inProcess(options: ClientOptions | undefined, engineOf: EngineOf): ClientOptions {
  return {
    ...options,
    channelOverride: undefined as never,
    channelFactoryOverride: (address, creds, channelOptions) => new InProcessChannel(address, creds, channelOptions, engineOf),
  };
}

/** The store of the token that a call names, or else of the one that the client was made with. */
const storeFor = (own: string): EngineOf => (token = own) => storeOf(token);

const NewClient: Stock["NewClient"] = (token, endpoint, security, preconnect, options) =>
  peer.v1.NewClient(token, endpoint, security, preconnect, inProcess(options, storeFor(token)));

const NewClientWithCustomCert: Stock["NewClientWithCustomCert"] = (token, endpoint, certificate, preconnect, options) =>
  peer.v1.NewClientWithCustomCert(token, endpoint, certificate, preconnect, inProcess(options, storeFor(token)));

const NewClientWithChannelCredentials: Stock["NewClientWithChannelCredentials"] = (endpoint, creds, preconnect, options) =>
  peer.v1.NewClientWithChannelCredentials(endpoint, creds, preconnect, inProcess(options, storeFor("")));

type ServiceClient = new (address: string, creds: ChannelCredentials, options?: ClientOptions, ...rest: unknown[]) => Client;

/**
 * The clients of single services, served in this process like the others. They are known by what they can do: the stock client may have a copy
 * of `@grpc/grpc-js` that is not ours.
 */
const serviceClients = Object.fromEntries(
  Object.entries(peer.v1)
    .filter(([, value]) => typeof value === "function" && typeof value.prototype?.makeUnaryRequest === "function")
    .map(([name, value]) => [name, served(name, value as ServiceClient)]),
);

function served(name: string, Stock: ServiceClient): ServiceClient {
  const Served = class extends Stock {
    constructor(address: string, creds: ChannelCredentials, options?: ClientOptions, ...rest: unknown[]) {
      super(address, creds, inProcess(options, storeFor("")), ...rest);
    }
  };
  return Object.defineProperty(Served, "name", { value: name });
}

export const v1: Stock = Object.freeze({
  ...peer.v1,
  ...serviceClients,
  NewClient,
  NewClientWithCustomCert,
  NewClientWithChannelCredentials,
  default: { NewClient },
});

export const { protobuf, deadlineInterceptor } = peer;

/** See the contract. */
export function clientOf(engine: Peppercorn, options?: ClientOptions): Contract.v1.ZedClientInterface {
  if (!(engine instanceof Peppercorn)) {
    throw new TypeError("`engine` must be a Peppercorn");
  }
  return peer.v1.NewClientWithChannelCredentials(
    "localhost:0",
    credentials.createInsecure(),
    undefined,
    inProcess(options, () => engine),
  );
}

export { forget, storeOf };

// The compiler checks here that what is exported is what the contract says.
const contract: Pick<typeof Contract, "v1" | "protobuf" | "deadlineInterceptor" | "clientOf" | "forget" | "storeOf"> = {
  v1,
  protobuf,
  deadlineInterceptor,
  clientOf,
  forget,
  storeOf,
};
void contract;
