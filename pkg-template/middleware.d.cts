/**
 * Permissions in front of request handlers: of web-standard `Request`s, of Hono, of Express.
 *
 * A handler runs only where the engine says a definite yes. Everything else is refused: no subject with 401, no permission with 403 (or 404,
 * where it is nobody's business that the resource is there), and whatever throws on the way with 500, which tells the caller nothing.
 *
 * @packageDocumentation
 */

import type { CaveatContext, Questions, RelationshipText, ResourceReference, SubjectReference } from "./index.cjs";

/** Something, or nothing: now or later. */
type Perhaps<Value> = Value | null | undefined | Promise<Value | null | undefined>;

/** What a rule refuses with. */
export type RefusedStatus = 401 | 403 | 404 | 500;

/** Who needs which permission on what, as far as a request tells: every function is given what the handler is given, of which `More` is what comes after the request. */
export interface Rule<Input, More = void> {
  /** What is asked: an engine, a snapshot, or one or the other by the request. */
  readonly engine: Questions | ((input: Input, more: More) => Questions | Promise<Questions>);
  /** Who is asking, by something that cannot be made up, such as a verified session. Nobody is 401. */
  readonly subject: (input: Input, more: More) => Perhaps<SubjectReference>;
  /** The permission, or by the request. */
  readonly permission: string | ((input: Input, more: More) => string);
  /** On what. Nothing, and what cannot be a resource (an id with characters that none has), is refused like a resource without the permission. */
  readonly resource: (input: Input, more: More) => Perhaps<ResourceReference>;
  /** Values for the parameters of caveats. None by default; what a caveat lacks is no yes. */
  readonly context?: ((input: Input, more: More) => Perhaps<CaveatContext>) | undefined;
  /** Relationships that count for this request alone, such as the groups of a verified session. None by default. */
  readonly relationships?: ((input: Input, more: More) => Perhaps<string | readonly RelationshipText[]>) | undefined;
  /** What to refuse with where there is no permission. 403 by default; 404 hides that there is something. */
  readonly denied?: 403 | 404 | undefined;
  /** Makes the response of a refusal. By default a line of text; of a 401 `www-authenticate: Bearer` too. */
  readonly refuse?: ((status: RefusedStatus, input: Input, more: More) => Response | Promise<Response>) | undefined;
  /** Hears of what was thrown before it becomes a 500. By default it is written to the console. */
  readonly report?: ((error: unknown, input: Input, more: More) => void | Promise<void>) | undefined;
}

/**
 * A middleware: `(input, next) => …`, which gives what `next` gives where the permission is there, and else a `Response`. As it is, it is a
 * middleware of Hono (its context is the input); for a handler of `Request`s see {@link authorized}, for Express {@link authorizeExpress}.
 *
 * What `next` throws is none of its business, and goes on to the caller.
 *
 * @example
 * app.get("/documents/:id", authorize({ engine, subject, permission: "view", resource: (context) => `document:${context.req.param("id")}` }), show);
 */
export declare function authorize<Input>(rule: Rule<Input>): <Result>(input: Input, next: () => Result | Promise<Result>) => Promise<Result | Response>;

/**
 * A handler that runs only with the permission.
 *
 * @example
 * const resource = async (request, { params }) => `document:${(await params).id}`;
 * export const GET = authorized({ engine, subject, permission: "view", resource }, show);
 */
export declare function authorized<Input, More = void>(
  rule: Rule<Input, More>,
  handler: (input: Input, more: More) => Response | Promise<Response>,
): (input: Input, more: More) => Promise<Response>;

/** As much of a response of Express, or of Node's `http`, as is used here. */
export interface NodeResponse {
  readonly headersSent?: boolean;
  statusCode: number;
  setHeader(name: string, value: string | readonly string[]): unknown;
  end(body?: Uint8Array): unknown;
}

/**
 * {@link authorize} for Express and its like: `(request, response, next)`.
 *
 * @example
 * app.get("/documents/:id", authorizeExpress({ engine, subject, permission: "view", resource: (request) => `document:${request.params.id}` }), show);
 */
export declare function authorizeExpress<Input>(rule: Rule<Input>): (request: Input, response: NodeResponse, next: () => void) => Promise<void>;
