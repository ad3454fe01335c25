// What becomes of faults in the program itself: as with the stock client, nothing is swallowed, and nothing is taken for an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { Peppercorn } from "peppercorn";
import { clientOf, v1 } from "peppercorn/authzed";
import { SCHEMA, alone } from "../support.mjs";

const SETUP = `
  import { Peppercorn } from "peppercorn";
  import { clientOf, v1 } from "peppercorn/authzed";
  const schema = "definition user {}\\ndefinition document { relation viewer: user; }";
  const client = clientOf(new Peppercorn({ schema, relationships: ["document:a#viewer@user:ann", "document:b#viewer@user:ann"] }));
  const read = v1.ReadRelationshipsRequest.create({ relationshipFilter: { resourceType: "document" } });
  const wrong = v1.ReadRelationshipsRequest.create({ relationshipFilter: { resourceType: "nope" } });
  const told = [];
  process.on("uncaughtException", (error) => told.push(error.message));
  process.on("exit", () => console.log(JSON.stringify(told)));
`;

test("an error that nobody listens for ends the process", () => {
  assert.deepEqual(alone(`${SETUP} client.readRelationships(wrong);`), ["9 FAILED_PRECONDITION: object definition `nope` not found"]);
});

test("what a callback throws is thrown", () => {
  const told = alone(`${SETUP} client.readSchema(v1.ReadSchemaRequest.create(), () => { throw new Error("mine"); });`);
  assert.deepEqual(told, ["mine"]);
});

test("what a listener throws is thrown, and is no status of the call", () => {
  const told = alone(`${SETUP}
    const call = client.readRelationships(read);
    call.on("data", ({ relationship }) => { throw new Error(relationship.resource.objectId); });
    call.on("metadata", () => { throw new Error("metadata"); });
    call.on("status", ({ code }) => told.push(code));
    call.on("error", ({ code }) => told.push(code));
  `);
  assert.deepEqual(told, ["metadata", "a"]);
});

test("a call that was answered leaves no timer behind", () => {
  const started = Date.now();
  const told = alone(`${SETUP} client.readSchema(v1.ReadSchemaRequest.create(), { deadline: Date.now() + 60_000 }, () => told.push("answered"));`);
  assert.deepEqual(told, ["answered"]);
  assert.ok(Date.now() - started < 30_000);
});

test("nor does a stream that was cancelled unread", () => {
  const told = alone(`${SETUP}
    const call = client.readRelationships(read);
    call.on("error", ({ code }) => {
      told.push(code);
      client.readSchema(v1.ReadSchemaRequest.create(), () => told.push("answered"));
    });
    setTimeout(() => call.cancel(), 50);
  `);
  assert.deepEqual(told, [1, "answered"]);
});

test("who writes to an import that has failed is not kept waiting", async () => {
  const client = clientOf(new Peppercorn({ schema: SCHEMA }));
  const batch = (id) => ({
    relationships: [
      {
        resource: { objectType: "document", objectId: id },
        relation: "viewer",
        subject: { object: { objectType: "user", objectId: "ann" }, optionalRelation: "" },
      },
    ],
  });
  const importing = () => {
    let call;
    const failed = new Promise((resolve) => (call = client.importBulkRelationships(resolve)));
    call.on("error", () => {});
    return { failed, written: (message) => new Promise((resolve) => call.write(message, resolve)), cancel: () => call.cancel() };
  };
  // The server takes no more of it.
  const refused = importing();
  await Promise.all([refused.written(batch("x".repeat(5_000_000))), refused.written(batch("a")), refused.written(batch("b"))]);
  assert.equal((await refused.failed).code, grpc.status.RESOURCE_EXHAUSTED);
  // It was never looked at.
  const cancelled = importing();
  const written = [cancelled.written(batch("c")), cancelled.written(batch("d"))];
  cancelled.cancel();
  await Promise.all(written);
  assert.equal((await cancelled.failed).code, grpc.status.CANCELLED);
  assert.deepEqual(await client.promises.readRelationships(v1.ReadRelationshipsRequest.create({ relationshipFilter: { resourceType: "document" } })), []);
  client.close();
});
