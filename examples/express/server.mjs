import { Peppercorn } from "peppercorn";
import { application } from "./app.mjs";
import { SCHEMA } from "./permissions.mjs";

const engine = new Peppercorn({ schema: SCHEMA, relationships: ["document:plan#owner@user:ann", "document:readme#viewer@user:*"] });
const documents = new Map([["plan", "The plan\n"], ["readme", "Read me\n"]]);

const server = application(engine, documents).listen(process.env.PORT ?? 3000, "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
