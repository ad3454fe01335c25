// Names for what `@grpc/grpc-js` asks of a channel and of its calls.

import type { ChannelInterface } from "@grpc/grpc-js";

export type { InterceptingListener as Listener } from "@grpc/grpc-js";

/** A call, from below: what the client's own code drives. */
export type Call = ReturnType<ChannelInterface["createCall"]>;

export type MessageContext = Parameters<Call["sendMessageWithContext"]>[0];

/** A call of a server's that another call is made for. */
export type ParentCall = Parameters<ChannelInterface["createCall"]>[3];
