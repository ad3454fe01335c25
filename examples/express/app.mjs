import express from "express";
import { authorizeExpress } from "peppercorn/middleware";

/** Stands in for your sessions: whoever knows the text is the user. */
const SESSIONS = new Map(["ann", "ben", "cy"].map((name) => [`Bearer session-of-${name}`, `user:${name}`]));

/** The application over an engine and a table of documents, which are texts by id. */
export function application(engine, documents) {
  const subject = (request) => SESSIONS.get(request.get("authorization"));
  const resource = (request) => `document:${request.params.id}`;
  const may = (permission) => authorizeExpress({ engine, subject, permission, resource });

  const app = express();
  app.use(express.text());

  // They become parts of relationships: nothing but names may.
  for (const name of ["id", "user"]) {
    app.param(name, (_request, response, next, value) => (/^[\w-]{1,64}$/.test(value) ? next() : response.sendStatus(404)));
  }

  app.get("/documents", (request, response) => {
    const who = subject(request);
    if (who === undefined) return response.sendStatus(401);
    const { results } = engine.lookupResources(who, "view", "document");
    response.json(results.filter((found) => found.permissionship === "HAS_PERMISSION").map((found) => found.resourceObjectId));
  });

  app.post("/documents/:id", (request, response) => {
    const who = subject(request);
    if (who === undefined) return response.sendStatus(401);
    const { id } = request.params;
    if (documents.has(id)) return response.sendStatus(409);
    // The owner first: a document without one is nobody's, an owner of no document owns nothing.
    engine.write([{ operation: "CREATE", relationship: `document:${id}#owner@${who}` }]);
    documents.set(id, request.body ?? "");
    response.sendStatus(201);
  });

  app.get("/documents/:id", may("view"), (request, response) => {
    const text = documents.get(request.params.id);
    if (text === undefined) return response.sendStatus(404);
    response.type("text/plain").send(text);
  });

  app.put("/documents/:id", may("edit"), (request, response) => {
    documents.set(request.params.id, request.body ?? "");
    response.sendStatus(204);
  });

  app.delete("/documents/:id", may("edit"), (request, response) => {
    documents.delete(request.params.id);
    engine.delete({ resourceType: "document", resourceId: request.params.id });
    response.sendStatus(204);
  });

  app.get("/documents/:id/viewers", may("share"), (request, response) => {
    response.json([...engine.read({ resourceType: "document", resourceId: request.params.id, relation: "viewer" })]);
  });

  const viewer = ({ params }) => `document:${params.id}#viewer@user:${params.user}`;

  app.put("/documents/:id/viewers/:user", may("share"), (request, response) => {
    engine.write([{ operation: "TOUCH", relationship: viewer(request) }]);
    response.sendStatus(204);
  });

  app.delete("/documents/:id/viewers/:user", may("share"), (request, response) => {
    engine.write([{ operation: "DELETE", relationship: viewer(request) }]);
    response.sendStatus(204);
  });

  return app;
}
