// In front of request handlers: who gets through, and that nobody else does.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import express from "express";
import { Hono } from "hono";
import { Peppercorn } from "peppercorn";
import { authorize, authorizeExpress, authorized } from "peppercorn/middleware";

const engine = new Peppercorn({
  schema: `
    caveat in_hours(hour int) { hour >= 9 && hour < 17 }

    definition user {}

    definition document {
      relation viewer: user | user with in_hours
      permission view = viewer
    }`,
  relationships: ["document:plan#viewer@user:ann", "document:plan#viewer@user:ben[in_hours]"],
});

const idOf = (request) => new URL(request.url).pathname.slice("/documents/".length);
const RULE = {
  engine,
  subject: (request) => request.headers.get("x-user") && `user:${request.headers.get("x-user")}`,
  permission: "view",
  resource: (request) => `document:${decodeURIComponent(idOf(request))}`,
  report: () => assert.fail("nothing to report"),
};

/** A handler that says when it ran. */
function guarded(rule = RULE) {
  const ran = [];
  const handler = authorized(rule, (request, ...rest) => {
    ran.push(rest);
    return new Response("the plan");
  });
  const ask = async (user, id = "plan", ...rest) => {
    const response = await handler(new Request(`http://localhost/documents/${id}`, { headers: user === undefined ? {} : { "x-user": user } }), ...rest);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { ask, ran };
}

const failing = () => {
  throw new Error("the secret");
};

describe("a handler of requests", () => {
  test("runs for a definite yes, with what the rule is given too", async () => {
    const { ask, ran } = guarded({ ...RULE, resource: (_request, { id }) => `document:${id}` });
    const { status, text } = await ask("ann", "budget", { id: "plan" });
    assert.deepEqual([status, text, ran], [200, "the plan", [[{ id: "plan" }]]]);
    assert.equal((await ask("ann", "plan", { id: "budget" })).status, 403);
  });

  for (const [name, user, id, expected] of [
    ["nobody", undefined, "plan", 401],
    ["somebody without the permission", "eve", "plan", 403],
    ["somebody with the permission on a condition that nobody decided", "ben", "plan", 403],
    ["another document", "ann", "budget", 403],
    ["an id that none has", "ann", "plan%20b", 403],
    ["an id that reaches for more", "ann", "plan%23viewer", 403],
    ["everything", "ann", "*", 403],
    ["no id", "ann", "", 403],
  ]) {
    test(`${name}: ${expected}, and it does not run`, async () => {
      const { ask, ran } = guarded();
      const { status, headers, text } = await ask(user, id);
      assert.deepEqual([status, ran], [expected, []]);
      assert.equal(headers.get("www-authenticate"), expected === 401 ? "Bearer" : null);
      assert.equal(text, expected === 401 ? "unauthenticated\n" : "forbidden\n");
    });
  }

  test("404 where it is nobody's business that there is something; nobody is 401 still", async () => {
    const { ask, ran } = guarded({ ...RULE, denied: 404 });
    assert.deepEqual([(await ask("eve")).status, (await ask("eve", "plan%20b")).status, (await ask(undefined)).status, ran], [404, 404, 401, []]);
  });

  test("context, permission and engine may go by the request, and may be waited for", async () => {
    const at = (hour) => guarded({
      ...RULE,
      engine: async () => engine.snapshot(),
      subject: async () => "user:ben",
      permission: () => "viewer",
      resource: async () => "document:plan",
      context: async () => ({ hour }),
    });
    assert.equal((await at(10).ask()).status, 200);
    assert.equal((await at(20).ask()).status, 403);
    assert.equal((await guarded({ ...RULE, resource: () => null }).ask("ann")).status, 403);
  });

  test("relationships of the request count for it alone", async () => {
    const rule = { ...RULE, relationships: (request) => (request.headers.get("x-user") === "eve" ? ["document:plan#viewer@user:eve"] : undefined) };
    const { ask } = guarded(rule);
    assert.equal((await ask("eve")).status, 200);
    assert.equal((await ask("zoe")).status, 403);
    assert.equal((await guarded().ask("eve")).status, 403);
  });

  test("is asked at each request", async () => {
    const fork = engine.fork();
    const { ask } = guarded({ ...RULE, engine: fork });
    assert.equal((await ask("ann")).status, 200);
    fork.delete({ resourceType: "document" });
    assert.equal((await ask("ann")).status, 403);
  });
});

describe("what throws, or is not what it should be, lets nobody through", () => {
  const freed = engine.fork();
  freed.free();
  const CASES = {
    "the subject throws": { subject: failing },
    "the subject is no text": { subject: () => ({ id: "ann" }) },
    "the subject is no reference": { subject: () => "ann" },
    "the subject is a number, even one that the engine knows": { subject: () => engine.id("user:ann"), resource: () => engine.id("document:plan") },
    "the resource is a number": { resource: () => engine.id("document:plan") },
    "the subject is everybody": { subject: () => "user:*" },
    "the resource throws": { resource: failing },
    "the resource is of no type": { resource: () => "documnt:plan" },
    "the permission is misspelt": { permission: "viw" },
    "the permission throws": { permission: failing },
    "the context throws": { context: failing },
    "the context holds what none can": { context: () => ({ hour: NaN }) },
    "the relationships throw": { relationships: failing },
    "the relationships do not fit": { relationships: () => ["document:plan#viewr@user:ann"] },
    "the engine throws": { engine: failing },
    "the engine is none": { engine: () => undefined },
    "the engine was freed": { engine: freed },
    "an answer that is truthy and no yes": { engine: { can: () => ({ permissionship: "NO_PERMISSION" }) } },
    "an answer to be waited for": { engine: { can: async () => true } },
  };
  for (const [name, changed] of Object.entries(CASES)) {
    test(name, async () => {
      const reported = [];
      const { ask, ran } = guarded({ ...RULE, ...changed, report: (error) => reported.push(error) });
      const { status, text } = await ask("ann");
      assert.deepEqual(ran, []);
      if (name.startsWith("an answer")) {
        assert.deepEqual([status, reported.length], [403, 0]);
      } else {
        assert.deepEqual([status, text, reported.length], [500, "internal error\n", 1]);
      }
    });
  }

  test("who reports and who refuses throws too", async () => {
    const { ask, ran } = guarded({ ...RULE, subject: failing, report: failing, refuse: failing });
    assert.deepEqual([(await ask("ann")).status, ran], [500, []]);
    const other = guarded({ ...RULE, report() {}, refuse: failing });
    assert.deepEqual([(await other.ask("eve")).status, other.ran], [500, []]);
  });

  test("a refusal that gives no response is no leave to go on", async () => {
    for (const refuse of [() => undefined, () => null, () => "no"]) {
      const { ask, ran } = guarded({ ...RULE, report() {}, refuse });
      assert.deepEqual([(await ask("eve")).status, (await ask(undefined)).status, ran], [500, 500, []]);
    }
  });

  test("who reports is waited for, and may fail later on", async () => {
    let isReported = false;
    const report = async () => {
      await Promise.resolve();
      isReported = true;
      failing();
    };
    const { ask, ran } = guarded({ ...RULE, subject: failing, report });
    assert.deepEqual([(await ask("ann")).status, isReported, ran], [500, true, []]);
  });

  test("one response for all refusals", async () => {
    const refused = new Response("no", { status: 403 });
    const { ask } = guarded({ ...RULE, refuse: () => refused });
    assert.deepEqual([await ask("eve"), await ask("eve")].map(({ status, text }) => [status, text]), [[403, "no"], [403, "no"]]);
  });

  test("a response of another class of them", async () => {
    const refused = new Response("no", { status: 403 });
    const Native = globalThis.Response;
    globalThis.Response = class extends Native {};
    try {
      const { ask } = guarded({ ...RULE, refuse: () => refused });
      assert.deepEqual((await ask("eve")).status, 403);
    } finally {
      globalThis.Response = Native;
    }
  });

  test("a refusal may have another response", async () => {
    const { ask } = guarded({ ...RULE, refuse: (status, request) => Response.json({ status, for: idOf(request) }, { status }) });
    assert.deepEqual(JSON.parse((await ask("eve")).text), { status: 403, for: "plan" });
  });

  test("what the handler throws goes on to the caller, unreported", async () => {
    const handler = authorized(RULE, failing);
    await assert.rejects(handler(new Request("http://localhost/documents/plan", { headers: { "x-user": "ann" } })), /the secret/);
  });

  test("a rule that is none is refused at the start", () => {
    for (const [changed, message] of [
      [{ engine: undefined }, /`engine` must be/],
      [{ engine: {} }, /`engine` must be/],
      [{ subject: "user:ann" }, /`subject` must be a function/],
      [{ permission: undefined }, /`permission` must be/],
      [{ resource: "document:plan" }, /`resource` must be a function/],
      [{ denied: 200 }, /`denied` must be 403 or 404/],
    ]) {
      for (const make of [authorize, authorizeExpress, (rule) => authorized(rule, failing)]) {
        assert.throws(() => make({ ...RULE, ...changed }), message);
      }
    }
    assert.throws(() => authorize(), /`engine` must be/);
    assert.throws(() => authorized(RULE), /`handler` must be a function/);
  });
});

test("in Hono", async () => {
  const app = new Hono();
  const rule = { ...RULE, subject: (context) => RULE.subject(context.req.raw), resource: (context) => `document:${context.req.param("id")}` };
  app.get("/documents/:id", authorize(rule), (context) => context.text(`shown ${context.req.param("id")}`));
  const ask = async (user, id = "plan") => {
    const response = await app.request(`/documents/${id}`, { headers: user === undefined ? {} : { "x-user": user } });
    return [response.status, await response.text()];
  };
  assert.deepEqual(await ask("ann"), [200, "shown plan"]);
  assert.deepEqual(await ask("eve"), [403, "forbidden\n"]);
  assert.deepEqual(await ask(undefined), [401, "unauthenticated\n"]);
  assert.deepEqual(await ask("ann", "plan%20b"), [403, "forbidden\n"]);
});

test("in Express, and as CommonJS", async (context) => {
  for (const make of [authorizeExpress, createRequire(import.meta.url)("peppercorn/middleware").authorizeExpress]) {
    const app = express();
    const ran = [];
    const lateEnds = [];
    const rule = { ...RULE, subject: (request) => request.get("x-user") && `user:${request.get("x-user")}`, resource: (request) => `document:${request.params.id}` };
    app.get("/documents/:id", make(rule), (request, response) => {
      ran.push(request.params.id);
      response.send("shown");
    });
    const refuse = () => new Response("no", { status: 403, headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["x-why", "because"]] });
    app.get("/refused/:id", make({ ...rule, refuse }), () => ran.push("refused"));
    app.get("/late/:id", (request, response, next) => {
      response.status(503).send("late");
      next();
    }, (request, response, next) => {
      lateEnds.push(make(rule)(request, response, next));
    });
    app.get("/failing/:id", make({ ...rule, subject: failing, report() {} }), () => ran.push("failing"));
    const server = app.listen(0, "127.0.0.1");
    context.after(() => server.close());
    await once(server, "listening");
    const ask = async (user, path) => {
      const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { headers: user === undefined ? {} : { "x-user": user } });
      return [response.status, await response.text(), response.headers.get("www-authenticate")];
    };
    assert.deepEqual(await ask("ann", "/documents/plan"), [200, "shown", null]);
    assert.deepEqual(await ask("eve", "/documents/plan"), [403, "forbidden\n", null]);
    assert.deepEqual(await ask(undefined, "/documents/plan"), [401, "unauthenticated\n", "Bearer"]);
    assert.deepEqual(await ask("ann", "/failing/plan"), [500, "internal error\n", null]);
    const { status, headers } = await fetch(`http://127.0.0.1:${server.address().port}/refused/plan`);
    assert.deepEqual([status, headers.getSetCookie(), headers.get("x-why")], [403, ["a=1", "b=2"], "because"]);
    assert.deepEqual(await ask("eve", "/late/plan"), [503, "late", null]);
    await Promise.all(lateEnds);
    assert.equal(lateEnds.length, 1);
    assert.deepEqual(ran, ["plan"]);
  }
});
