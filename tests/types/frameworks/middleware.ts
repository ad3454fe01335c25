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

// A handler keeps its further arguments.
const handler: (request: Request, given: { params: { id: string } }) => Promise<Response> = authorized(rule, (request: Request, { params }: { params: { id: string } }) => new Response(request.url + params.id));
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
void handler;
