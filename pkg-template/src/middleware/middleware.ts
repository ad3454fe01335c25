// The entry for request handlers.

import type * as MiddlewareContract from "../../middleware.cjs";

type Rule<Input> = MiddlewareContract.Rule<Input>;
type RefusedStatus = MiddlewareContract.RefusedStatus;

const TEXTS: Readonly<Record<RefusedStatus, string>> = { 401: "unauthenticated", 403: "forbidden", 404: "not found", 500: "internal error" };

/** What a resource looks like: SpiceDB's types and ids. What comes out of an address may look otherwise, and then nobody has it. */
const RESOURCE = /^(?:[a-z][a-z0-9_]*\/)*[a-z][a-z0-9_]*:[a-zA-Z0-9/_|\-=+]{1,1024}$/;

export function authorize<Input>(rule: Rule<Input>): <Result>(input: Input, next: () => Result | Promise<Result>) => Promise<Result | Response> {
  checkRule(rule);
  return async (input, next) => {
    const refused = await refusal(rule, input);
    return refused ?? next();
  };
}

export function authorized<Input, Rest extends unknown[]>(
  rule: Rule<Input>,
  handler: (input: Input, ...rest: Rest) => Response | Promise<Response>,
): (input: Input, ...rest: Rest) => Promise<Response> {
  checkRule(rule);
  if (typeof handler !== "function") {
    throw new TypeError("`handler` must be a function");
  }
  return async (input, ...rest) => (await refusal(rule, input)) ?? handler(input, ...rest);
}

export function authorizeExpress<Input>(rule: Rule<Input>): (request: Input, response: MiddlewareContract.NodeResponse, next: () => void) => Promise<void> {
  checkRule(rule);
  return async (request, response, next) => {
    const refused = await refusal(rule, request);
    if (refused === undefined) {
      next();
      return;
    }
    const body = new Uint8Array(await refused.arrayBuffer());
    response.statusCode = refused.status;
    refused.headers.forEach((value, name) => response.setHeader(name, value));
    response.end(body);
  };
}

/** A rule that was put together wrongly is heard of when the application starts, not at its first request. */
function checkRule(rule: unknown): void {
  const { engine, subject, permission, resource, denied } = (rule ?? {}) as Partial<Rule<unknown>>;
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
async function refusal<Input>(rule: Rule<Input>, input: Input): Promise<Response | undefined> {
  let status: RefusedStatus | undefined;
  try {
    status = await decide(rule, input);
    return status === undefined ? undefined : await responseOf(rule, status, input);
  } catch (error) {
    try {
      (rule.report ?? console.error)(error, input);
      return await responseOf(rule, 500, input);
    } catch {
      // Who reports and who refuses may fail as well.
      return plain(500);
    }
  }
}

async function decide<Input>(rule: Rule<Input>, input: Input): Promise<RefusedStatus | undefined> {
  const denied = rule.denied ?? 403;
  const subject = await rule.subject(input);
  if (subject === undefined || subject === null || subject === "") {
    return 401;
  }
  const resource = await rule.resource(input);
  if (resource === undefined || resource === null || (typeof resource === "string" && !RESOURCE.test(resource))) {
    return denied;
  }
  const permission = typeof rule.permission === "function" ? rule.permission(input) : rule.permission;
  const context = (await rule.context?.(input)) ?? undefined;
  const engine = typeof rule.engine === "function" ? await rule.engine(input) : rule.engine;
  // Asked last, so that nothing is waited for between the answer and what is done with it.
  return engine.can(subject, permission, resource, context === undefined ? undefined : { context }) === true ? undefined : denied;
}

async function responseOf<Input>(rule: Rule<Input>, status: RefusedStatus, input: Input): Promise<Response> {
  if (rule.refuse === undefined) {
    return plain(status);
  }
  const response = await rule.refuse(status, input);
  // What is no response would be taken for leave to go on.
  if (!(response instanceof Response)) {
    throw new TypeError("`refuse` must give a `Response`");
  }
  return response;
}

function plain(status: RefusedStatus): Response {
  const headers = { "content-type": "text/plain; charset=utf-8", ...(status === 401 ? { "www-authenticate": "Bearer" } : {}) };
  return new Response(`${TEXTS[status]}\n`, { status, headers });
}

// The compiler checks here that what is exported is what the contract says.
const contract: Omit<typeof MiddlewareContract, "default"> = { authorize, authorized, authorizeExpress };
void contract;
