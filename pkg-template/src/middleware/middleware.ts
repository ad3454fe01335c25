// The entry for request handlers.

import type * as MiddlewareContract from "../../middleware.cjs";

type Rule<Input, More = void> = MiddlewareContract.Rule<Input, More>;
/** A rule, and all that its functions are given. */
type Given = readonly [rule: Rule<unknown, unknown>, input: unknown, more: unknown];
type RefusedStatus = MiddlewareContract.RefusedStatus;

const TEXTS: Readonly<Record<RefusedStatus, string>> = { 401: "unauthenticated", 403: "forbidden", 404: "not found", 500: "internal error" };

/** What a resource looks like: SpiceDB's types and ids. What comes out of an address may look otherwise, and then nobody has it. */
const RESOURCE = /^(?:[a-z][a-z0-9_]*\/)*[a-z][a-z0-9_]*:[a-zA-Z0-9/_|\-=+]{1,1024}$/;

export function authorize<Input>(rule: Rule<Input>): <Result>(input: Input, next: () => Result | Promise<Result>) => Promise<Result | Response> {
  checkRule(rule);
  return async (input, next) => {
    const refused = await refusal(rule as Given[0], input, undefined);
    return refused ?? next();
  };
}

export function authorized<Input, More = void>(
  rule: Rule<Input, More>,
  handler: (input: Input, more: More) => Response | Promise<Response>,
): (input: Input, more: More) => Promise<Response> {
  checkRule(rule);
  if (typeof handler !== "function") {
    throw new TypeError("`handler` must be a function");
  }
  return async (input, more) => (await refusal(rule as Given[0], input, more)) ?? handler(input, more);
}

export function authorizeExpress<Input>(rule: Rule<Input>): (request: Input, response: MiddlewareContract.NodeResponse, next: () => void) => Promise<void> {
  checkRule(rule);
  return async (request, response, next) => {
    const refused = await refusal(rule as Given[0], request, undefined);
    if (refused === undefined) {
      next();
      return;
    }
    const body = new Uint8Array(await refused.arrayBuffer());
    // Somebody else may have answered meanwhile, such as a limit of time.
    if (response.headersSent === true) return;
    response.statusCode = refused.status;
    const cookies = refused.headers.getSetCookie();
    refused.headers.forEach((value, name) => response.setHeader(name, name === "set-cookie" ? cookies : value));
    response.end(body);
  };
}

/** A rule that was put together wrongly is heard of when the application starts, not at its first request. */
function checkRule(rule: unknown): void {
  const { engine, subject, permission, resource, denied } = (rule ?? {}) as Partial<Rule<unknown, unknown>>;
  const isEngine = typeof engine === "function" || typeof (engine as { can?: unknown } | undefined)?.can === "function";
  const wrong =
    (!isEngine && "`engine` must be an engine, or a function that gives one") ||
    (typeof subject !== "function" && "`subject` must be a function") ||
    (typeof permission !== "function" && typeof permission !== "string" && "`permission` must be a string or a function") ||
    (typeof resource !== "function" && "`resource` must be a function") ||
    (denied !== undefined && denied !== 403 && denied !== 404 && "`denied` must be 403 or 404");
  if (wrong !== false) {
    throw new TypeError(wrong);
  }
}

/** The response of a refusal; nothing for a definite yes, and for nothing else. */
async function refusal(...given: Given): Promise<Response | undefined> {
  let status: RefusedStatus | undefined;
  try {
    status = await decide(...given);
    return status === undefined ? undefined : await responseOf(status, ...given);
  } catch (error) {
    try {
      const [rule, ...rest] = given;
      if (rule.report === undefined) console.error(error);
      else await rule.report(error, ...rest);
      return await responseOf(500, ...given);
    } catch {
      // Who reports and who refuses may fail as well.
      return plain(500);
    }
  }
}

async function decide(...[rule, ...given]: Given): Promise<RefusedStatus | undefined> {
  const denied = rule.denied ?? 403;
  const subject = await rule.subject(...given);
  if (subject === undefined || subject === null || subject === "") {
    return 401;
  }
  const resource = await rule.resource(...given);
  if (resource === undefined || resource === null) {
    return denied;
  }
  // A number of the application's could be a handle of the engine's.
  if (typeof subject !== "string" || typeof resource !== "string") {
    throw new TypeError("`subject` and `resource` must give texts");
  }
  if (!RESOURCE.test(resource)) {
    return denied;
  }
  const permission = typeof rule.permission === "function" ? rule.permission(...given) : rule.permission;
  const context = (await rule.context?.(...given)) ?? undefined;
  const relationships = (await rule.relationships?.(...given)) ?? undefined;
  const engine = typeof rule.engine === "function" ? await rule.engine(...given) : rule.engine;
  // Asked last, so that nothing is waited for between the answer and what is done with it.
  return engine.can(subject, permission, resource, { context, relationships }) === true ? undefined : denied;
}

async function responseOf(status: RefusedStatus, ...[rule, ...given]: Given): Promise<Response> {
  if (rule.refuse === undefined) {
    return plain(status);
  }
  const response = await rule.refuse(status, ...given);
  // What is no response would be taken for leave to go on. There may be several classes of them: Hono's server puts its own in place.
  if (Object.prototype.toString.call(response) !== "[object Response]") {
    throw new TypeError("`refuse` must give a `Response`");
  }
  // One response may be given again and again, and is read once.
  return response.clone();
}

function plain(status: RefusedStatus): Response {
  const headers = { "content-type": "text/plain; charset=utf-8", ...(status === 401 ? { "www-authenticate": "Bearer" } : {}) };
  return new Response(`${TEXTS[status]}\n`, { status, headers });
}

// The compiler checks here that what is exported is what the contract says.
const contract: Omit<typeof MiddlewareContract, "default"> = { authorize, authorized, authorizeExpress };
void contract;
