/**
 * The client of SpiceDB, `@authzed/authzed-node`, served inside this process: change the import, and an application that speaks to SpiceDB
 * speaks to an engine beside it.
 *
 * Everything here is the stock client's but for three functions. Its clients never connect: the endpoint and the certificates they are
 * given are not used. Each token string is a store of its own, empty at first, as with `spicedb serve-testing`: clients with one token share
 * a store, and tests with a token each never meet. A store lives until {@link forget} or the end of the process; closing its clients does
 * not end it. Clients without a token share the store of the empty token.
 *
 * @packageDocumentation
 */

import type { v1 as stock } from "@authzed/authzed-node";
import type { Peppercorn } from "./index.js";

export { deadlineInterceptor, protobuf, v1 } from "@authzed/authzed-node";

/**
 * The engine behind the clients with this token, made if there is none yet: to fill a store without a client, or to look into it.
 */
export declare function storeOf(token: string): Peppercorn;

/**
 * Ends the store of a token and frees its memory; gives whether there was one. Its watches end with an error, and the next call with this
 * token finds an empty store.
 */
export declare function forget(token: string): boolean;

/**
 * A client of an engine of one's own, whatever tokens it sends. The engine stays the caller's to free.
 *
 * ```js
 * const engine = new Peppercorn({ schema, relationships });
 * const client = clientOf(engine);
 * ```
 *
 * @param options of the client, as for `v1.NewClient`
 */
export declare function clientOf(engine: Peppercorn, options?: Parameters<typeof stock.NewClient>[4]): stock.ZedClientInterface;
