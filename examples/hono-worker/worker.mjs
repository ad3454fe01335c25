import { Hono } from "hono";
import { Peppercorn } from "peppercorn";
import { authorize } from "peppercorn/middleware";
import schema from "./permissions.zed";
import relationships from "./relationships.txt";

const engine = new Peppercorn({ schema, relationships });

const PAGES = {
  welcome: "Welcome!",
  holidays: "Thirty days.",
  salaries: "More next year.",
  party: "A surprise for Ann.",
};

/** Stands in for a signed token: who it is, and which teams the identity provider has them in. */
const SESSIONS = new Map([
  ["Bearer ann", { user: "ann", teams: ["people"] }],
  ["Bearer ben", { user: "ben", teams: [] }],
]);
const sessionOf = (context) => SESSIONS.get(context.req.header("authorization"));

/** What the session says, as relationships that count for the request alone. */
const relationshipsOf = (context) => sessionOf(context).teams.map((team) => `team:${team}#member@user:${sessionOf(context).user}`);
const subject = (context) => sessionOf(context) && `user:${sessionOf(context).user}`;

const app = new Hono();

app.get("/pages", (context) => {
  const who = subject(context);
  if (who === undefined) return context.text("unauthenticated", 401);
  const { results } = engine.lookupResources(who, "read", "page", { relationships: relationshipsOf(context) });
  return context.json(results.map((found) => found.resourceObjectId));
});

app.get(
  "/pages/:id",
  authorize({
    engine,
    subject,
    permission: "read",
    resource: (context) => `page:${context.req.param("id")}`,
    relationships: relationshipsOf,
    // Which pages there are is nobody's business who may not read them.
    denied: 404,
  }),
  (context) => context.text(PAGES[context.req.param("id")]),
);

export default app;
