// What only shows over time: streams that are long, readers that are slow, calls that wait, and processes that want to end.

import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { setTimeout as after } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { Peppercorn } from "peppercorn";
import { clientOf, v1 } from "peppercorn/authzed";
import { SCHEMA, alone } from "../support.mjs";

const COUNT = 20_000;
const readAll = v1.ReadRelationshipsRequest.create({ relationshipFilter: { resourceType: "document" } });

const relationships = (count) => Array.from({ length: count }, (_, number) => `document:${String(number).padStart(6, "0")}#viewer@user:ann`).join("\n");

function clientWith(count) {
  return clientOf(new Peppercorn({ schema: SCHEMA, relationships: relationships(count) }));
}

test("a long stream arrives whole, and others have their turn meanwhile", async () => {
  const client = clientWith(COUNT);
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 1);
  let count = 0;
  for await (const _ of client.readRelationships(readAll)) count += 1;
  clearInterval(timer);
  assert.equal(count, COUNT);
  assert.ok(ticks > 5, `timers ran ${ticks} times`);
  client.close();
});

test("a reader who stops is not run over, and can leave", async () => {
  const client = clientWith(COUNT);
  const call = client.readRelationships(readAll);
  let count = 0;
  call.on("data", () => {
    count += 1;
    if (count === 100) call.pause();
  });
  await new Promise((resolve) => call.once("pause", resolve));
  await after(30);
  assert.equal(count, 100);
  assert.ok(call.readableLength < 64, `${call.readableLength} messages wait`);
  const failed = new Promise((resolve) => call.once("error", resolve));
  call.cancel();
  call.resume();
  assert.equal((await failed).code, grpc.status.CANCELLED);
  assert.ok(count < 200);
  client.close();
});

test("an import of many messages is one transaction", async () => {
  const client = clientWith(0);
  const numLoaded = await new Promise((resolve, reject) => {
    const call = client.importBulkRelationships((error, value) => (error ? reject(error) : resolve(value.numLoaded)));
    for (let batch = 0; batch < 50; batch += 1) {
      call.write({
        relationships: Array.from({ length: 100 }, (_, number) => ({
          resource: { objectType: "document", objectId: `${batch}-${number}` },
          relation: "viewer",
          subject: { object: { objectType: "user", objectId: "ann" }, optionalRelation: "" },
        })),
      });
    }
    call.end();
  });
  assert.equal(numLoaded, "5000");
  const messages = await client.promises.exportBulkRelationships(v1.ExportBulkRelationshipsRequest.create({ optionalLimit: 1000 }));
  assert.deepEqual(messages.map((message) => message.relationships.length), [1000, 1000, 1000, 1000, 1000]);
  client.close();
});

test("a call waits for the revision that it is to be as fresh as", async () => {
  const ahead = new Peppercorn({ schema: SCHEMA, identity: 7n });
  const behind = new Peppercorn({ schema: SCHEMA, identity: 7n });
  const update = [{ operation: "TOUCH", relationship: "document:a#viewer@user:ann" }];
  const { token } = ahead.write(update);
  const client = clientOf(behind);
  const request = v1.CheckPermissionRequest.create({
    consistency: { requirement: { oneofKind: "atLeastAsFresh", atLeastAsFresh: { token } } },
    resource: { objectType: "document", objectId: "a" },
    permission: "view",
    subject: { object: { objectType: "user", objectId: "ann" }, optionalRelation: "" },
  });
  await assert.rejects(client.promises.checkPermission(request, new grpc.Metadata(), { deadline: Date.now() + 30 }), { code: grpc.status.DEADLINE_EXCEEDED });
  const answer = client.promises.checkPermission(request);
  await after(10);
  behind.write(update);
  assert.equal((await answer).permissionship, v1.CheckPermissionResponse_Permissionship.HAS_PERMISSION);
  client.close();
});

test("calls go the way of the call that they are made for", async () => {
  const client = clientWith(1);
  class Parent extends EventEmitter {
    constructor(deadline) {
      super();
      this.deadline = deadline;
    }
    getDeadline() {
      return this.deadline;
    }
  }
  const failure = (parent, more = {}) => new Promise((resolve) => client.watch(v1.WatchRequest.create(), { parent, ...more }).on("error", resolve));
  const cancelled = new Parent(Infinity);
  setTimeout(() => cancelled.emit("cancelled"), 10);
  assert.equal((await failure(cancelled)).details, "Cancelled by parent call");
  assert.equal((await failure(new Parent(Date.now() + 10))).code, grpc.status.DEADLINE_EXCEEDED);
  // Neither, where the flags say so.
  const free = new Parent(Date.now() + 5);
  const own = failure(free, { propagate_flags: 0, deadline: Date.now() + 60 });
  const started = Date.now();
  free.emit("cancelled");
  assert.equal((await own).code, grpc.status.DEADLINE_EXCEEDED);
  assert.ok(Date.now() - started >= 40);
  client.close();
});

const SETUP = `
  import { v1 } from "peppercorn/authzed";
  const client = v1.NewClient("process", "localhost:50051", v1.ClientSecurity.INSECURE_LOCALHOST_ALLOWED);
  await client.promises.writeSchema(v1.WriteSchemaRequest.create({ schema: "definition user {}\\ndefinition document {\\n relation viewer: user\\n}" }));
`;

test("a watch keeps the process, as a connection would", () => {
  const told = alone(`${SETUP}
    const watch = client.watch(v1.WatchRequest.create());
    watch.on("error", (error) => console.log(JSON.stringify(error.details)));
    setTimeout(() => watch.cancel(), 100).unref();
  `);
  assert.equal(told, "Cancelled on client");
});

test("a client that is done, and a stream that nobody reads, do not", () => {
  const told = alone(`${SETUP}
    const updates = ["a", "b"].map((objectId) => ({
      operation: 2,
      relationship: { resource: { objectType: "document", objectId }, relation: "viewer", subject: { object: { objectType: "user", objectId: "ann" }, optionalRelation: "" } },
    }));
    await client.promises.writeRelationships(v1.WriteRelationshipsRequest.create({ updates }));
    const call = client.readRelationships(v1.ReadRelationshipsRequest.create({ relationshipFilter: { resourceType: "document" } }));
    for await (const message of call) break;
    client.readRelationships(v1.ReadRelationshipsRequest.create({ relationshipFilter: { resourceType: "document" } }));
    console.log(JSON.stringify("ended"));
  `);
  assert.equal(told, "ended");
});

test("waiting for a change of the connection", async () => {
  const client = clientWith(0);
  const channel = client.getChannel();
  const { READY } = grpc.connectivityState;
  const waited = (deadline) => new Promise((resolve) => channel.watchConnectivityState(READY, deadline, resolve));
  assert.match((await waited(Date.now() + 10)).message, /Deadline passed/);
  assert.match((await waited(0)).message, /Deadline passed/);
  const closing = waited(Infinity);
  client.close();
  assert.equal(await closing, undefined);
  assert.throws(() => channel.watchConnectivityState(READY, Infinity, () => {}), /Channel has been shut down/);
  assert.equal(await new Promise((resolve) => client.waitForReady(Date.now() + 1000, (error) => resolve(error?.message))), "The channel has been closed");
});
