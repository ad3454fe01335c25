// Request handlers: what is inferred of their arguments, and what the compiler must refuse.

import type { Request as ExpressRequest, Response as ExpressResponse } from "express";
import express from "express";
import { type Context, Hono } from "hono";
import { Peppercorn } from "peppercorn";
import { type Rule, authorize, authorizeExpress, authorized } from "peppercorn/middleware";

const engine = new Peppercorn();
const rule: Rule<Request> = {
  engine,
  subject: (request) => request.headers.get("x-user"),
  permission: "view",
  resource: async (request) => `document:${new URL(request.url).pathname}`,
  context: () => ({ hour: 10 }),
  denied: 404,
  refuse: (status) => new Response(null, { status }),
};

const plain: (request: Request) => Promise<Response> = authorized(rule, (request: Request) => new Response(request.url));

// A handler keeps its further arguments, and the rule is given them too.
type Given = { readonly params: Promise<{ readonly id: string }> };
const handler: (request: Request, given: Given) => Promise<Response> = authorized(
  { engine, subject: () => "user:ann", permission: "view", resource: async (_request: Request, { params }: Given) => `document:${(await params).id}` },
  async (request: Request, { params }: Given) => new Response(request.url + (await params).id),
);
// @ts-expect-error a handler gives a response
authorized(rule, () => "shown");
// @ts-expect-error no subject
authorized({ engine, permission: "view", resource: () => "document:a" }, () => new Response());
// @ts-expect-error an answer is no engine
authorized({ ...rule, engine: engine.checkPermission("user:a", "view", "document:a") }, () => new Response());
// @ts-expect-error not one of the two
authorized({ ...rule, denied: 200 }, () => new Response());
authorized({ ...rule, engine: () => engine.snapshot() }, () => new Response());

// A middleware of Hono as it is.
new Hono().get(
  "/documents/:id",
  authorize({ engine, subject: (context: Context) => context.req.header("x-user"), permission: "view", resource: (context: Context) => `document:${context.req.param("id")}` }),
  (context) => context.text("shown"),
);

// And of Express.
express().get(
  "/documents/:id",
  authorizeExpress({ engine, subject: (request: ExpressRequest) => request.get("x-user"), permission: "view", resource: (request: ExpressRequest) => `document:${request.params["id"]}` }),
  (_request: ExpressRequest, response: ExpressResponse) => void response.send("shown"),
);
void [plain, handler];
