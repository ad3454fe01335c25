import { createRoot } from "react-dom/client";
import { Peppercorn, load } from "peppercorn";
import { PeppercornProvider } from "peppercorn/react";
import { Documents } from "./documents.jsx";
import { follow } from "./feed.mjs";

// In a browser the module is fetched.
await load();

const server = new Peppercorn({
  schema: `
    definition user {}

    definition document {
      relation owner: user
      relation viewer: user
      permission view = viewer + owner
      permission edit = owner
    }`,
  relationships: ["document:notes#owner@user:ann", "document:plan#viewer@user:ann", "document:readme#viewer@user:ann"],
});

// What is saved, and everything after it.
const writes = server.watch();
const engine = Peppercorn.load(server.save());
follow(engine, writes);

const revoke = () => server.delete({ resourceType: "document", resourceId: "plan", relation: "viewer" });

createRoot(document.getElementById("root")).render(
  <PeppercornProvider engine={engine}>
    <Documents user="user:ann" texts={{ notes: "Milk", plan: "The plan", readme: "Read me" }} />
    <button onClick={revoke}>Revoke the plan</button>
  </PeppercornProvider>,
);
