// Streams over gRPC: what a slow or vanishing client does to answers, watches and imports.

import assert from "node:assert/strict";
import http2 from "node:http2";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Metadata, status } from "@grpc/grpc-js";
import { Peppercorn } from "peppercorn";
import { SCHEMA } from "../support.mjs";
import { SERVICES, asked, readError, serving, stockClient, tokens } from "./grpc.mjs";

const engine = new Peppercorn({ schema: SCHEMA, relationships: "document:plan#viewer@user:ann\ndocument:plan#owner@user:bob" });
const observed = [];
const metrics = { observe: (...call) => observed.push(call) };
const server = await serving(tokens(new Map([["key", engine]])), { metrics });
const client = stockClient(server.address, "key");
after(() => {
  client.close();
  server.close();
});

const CHECK = {
  resource: { objectType: "document", objectId: "plan" },
  permission: "view",
  subject: { object: { objectType: "user", objectId: "ann" } },
};
/** Waits, on a busy machine too, until it holds. */
async function eventually(holds) {
  for (let waits = 0; waits < 1000 && !holds(); waits += 1) await sleep(10);
  assert.ok(holds(), String(holds));
}

const HEADERS = { ":method": "POST", "content-type": "application/grpc", te: "trailers" };

describe("streams", () => {
  const BIG = 8_000;
  const big = new Peppercorn({ schema: SCHEMA });
  const rows = Array.from({ length: BIG }, (_, i) => `document:${"d".repeat(200)}${i}#viewer@user:ann`);
  for (let at = 0; at < BIG; at += 1000) big.write(rows.slice(at, at + 1000).map((relationship) => ({ operation: "TOUCH", relationship })));
  let read = 0;
  /** Counts what is made of a stream. */
  const counting = new Proxy(big, {
    get(target, name) {
      if (name !== "v1") return target[name];
      return {
        ...target.v1,
        *readRelationships(request) {
          for (const message of target.v1.readRelationships(request)) {
            read += 1;
            yield message;
          }
          read = -1;
        },
      };
    },
  });
  const REQUEST = { relationshipFilter: { resourceType: "document" } };
  let streams;
  test("a slow reader makes nothing pile up, and gets everything in the end", async (t) => {
    streams = await serving(tokens(new Map([["big", counting]])));
    const slow = stockClient(streams.address, "big");
    t.after(() => slow.close());
    const { I } = SERVICES[0].methods.find(({ name }) => name === "ReadRelationships");
    const call = slow.readRelationships(I.fromJson(REQUEST));
    read = 0;
    let got = 0;
    call.on("data", () => (got += 1));
    await new Promise((resolve) => call.once("data", resolve));
    call.pause();
    await sleep(500);
    const made = read;
    await sleep(300);
    assert.equal(read, made, "it is made although nobody reads");
    assert.ok(made > 0 && made < BIG / 4, `${made} of ${BIG} were made for ${got} read`);
    call.resume();
    await new Promise((resolve, reject) => call.on("end", resolve).on("error", reject));
    assert.equal(got, BIG);
  });

  test("of large messages no more than one is made for who reads nothing", async (t) => {
    let made = 0;
    const exporting = new Proxy(big, {
      get(target, name) {
        if (name !== "v1") return target[name];
        return {
          *exportBulkRelationships(request) {
            for (const message of target.v1.exportBulkRelationships(request)) {
              made += 1;
              yield message;
            }
          },
        };
      },
    });
    const one = await serving(tokens(new Map([["big", exporting]])));
    t.after(() => one.close());
    // The stock client keeps some messages itself, whether they are read or not.
    const session = http2.connect(`http://${one.address}`);
    t.after(() => session.close());
    const call = session.request({ ...HEADERS, ":path": "/authzed.api.v1.PermissionsService/ExportBulkRelationships", authorization: "Bearer big" });
    const { I } = SERVICES[0].methods.find(({ name }) => name === "ExportBulkRelationships");
    const request = I.toBinary(I.fromJson({ optionalLimit: 500 }));
    call.end(Buffer.concat([Buffer.from([0, 0, 0, 0, request.length]), request]));
    await new Promise((resolve) => call.once("response", resolve));
    await eventually(() => made > 0);
    await sleep(500);
    assert.equal(made, 1);
    call.resume();
    const trailers = await new Promise((resolve) => call.once("trailers", resolve));
    assert.equal(trailers["grpc-status"], "0");
    assert.equal(made, BIG / 500);
  });

  test("one that the client leaves is left here too", async (t) => {
    const leaving = stockClient(streams.address, "big");
    t.after(() => leaving.close());
    const { I } = SERVICES[0].methods.find(({ name }) => name === "ReadRelationships");
    read = 0;
    const call = leaving.readRelationships(I.fromJson(REQUEST));
    call.on("error", () => {});
    await new Promise((resolve) => call.once("data", resolve));
    call.cancel();
    await sleep(100);
    const made = read;
    await sleep(100);
    assert.equal(read, made);
    assert.ok(made > 0 && made < BIG, `${made} made`);
    streams.close();
  });
});

test("a refusal with metadata that is no text ends the stream and nothing else", { timeout: 10_000 }, async (t) => {
  const refusing = { isUsable: true, engineOf: () => { throw Object.assign(new Error("no"), { name: "Refused", status: "PERMISSION_DENIED", metadata: { tries: 3 } }); } };
  const one = await serving(refusing);
  t.after(() => one.close());
  const refused = stockClient(one.address, "key");
  t.after(() => refused.close());
  for (const name of ["ReadRelationships", "CheckPermission", "Watch"]) {
    const { error } = await asked(refused, name, { request: {} });
    assert.deepEqual([error.code, error.metadata], ["PERMISSION_DENIED", { tries: "3" }], name);
  }
});

describe("watching", () => {
  const { I } = SERVICES[2].methods[0];
  const write = (id) => engine.write([{ operation: "TOUCH", relationship: `document:${id}#viewer@user:ann` }]);

  test("ends where the client cancels, where its time is over, and where the server closes", async (t) => {
    const closing = new AbortController();
    const watchers = new Set();
    const traced = new Proxy(engine, {
      get(target, name) {
        if (name !== "v1") return target[name];
        return {
          watch(request) {
            const watcher = target.v1.watch(request);
            watchers.add(watcher);
            const leave = watcher.return.bind(watcher);
            watcher.return = () => {
              watchers.delete(watcher);
              return leave();
            };
            return watcher;
          },
        };
      },
    });
    observed.length = 0;
    const one = await serving(tokens(new Map([["key", traced]])), { metrics, closing: closing.signal });
    t.after(() => one.close());
    const watching = stockClient(one.address, "key");
    t.after(() => watching.close());
    const messages = { cancelled: 0, late: 0, closed: 0 };
    const opened = (name, options) => {
      const call = watching.watch(I.fromJson({}), new Metadata(), options ?? {});
      call.on("data", () => (messages[name] += 1));
      const ended = new Promise((resolve) => call.on("error", resolve).on("end", () => resolve(undefined)));
      return new Promise((resolve) => call.on("metadata", () => resolve({ call, ended })));
    };
    const cancelled = await opened("cancelled");
    const closed = await opened("closed");
    const late = await opened("late", { deadline: Date.now() + 1500 });
    await eventually(() => watchers.size === 3);
    write("a");
    await eventually(() => messages.cancelled === 1 && messages.late === 1 && messages.closed === 1);
    cancelled.call.cancel();
    assert.equal((await cancelled.ended).code, status.CANCELLED);
    await eventually(() => watchers.size === 2);
    assert.equal((await late.ended).code, status.DEADLINE_EXCEEDED);
    await eventually(() => watchers.size === 1);
    write("b");
    await eventually(() => messages.closed === 2);
    closing.abort();
    const error = await closed.ended;
    assert.equal(error.code, status.UNAVAILABLE);
    assert.equal(error.details, "the server is shutting down");
    await eventually(() => watchers.size === 0);
    assert.deepEqual(messages, { cancelled: 1, late: 1, closed: 2 });
    await eventually(() => observed.length === 3);
    const codes = observed.map(([, , code]) => code);
    // The client may be the first to see that the time is over.
    assert.ok(["DEADLINE_EXCEEDED", "CANCELLED"].includes(codes[1]), codes[1]);
    assert.deepEqual([codes[0], codes[2]], ["CANCELLED", "UNAVAILABLE"]);
    const after = await opened("closed");
    assert.equal((await after.ended).code, status.UNAVAILABLE);
  });

  /** A watcher that has stopped reading, and what it got. */
  async function stopped(t) {
    const own = new Peppercorn({ schema: SCHEMA });
    const one = await serving(tokens(new Map([["own", own]])));
    t.after(() => one.close());
    const slow = stockClient(one.address, "own");
    t.after(() => slow.close());
    const found = { numbers: [], token: own.token, error: undefined };
    const watch = (cursor) => {
      const call = slow.watch(I.fromJson(cursor ? { optionalStartCursor: { token: cursor } } : {}));
      call.on("data", ({ updates, changesThrough }) => {
        found.numbers.push(...updates.map(({ relationship }) => Number(relationship.resource.objectId.slice(500))));
        found.token = changesThrough.token;
      });
      call.on("error", (error) => (found.error = error));
      return call;
    };
    const call = watch();
    await new Promise((resolve) => call.on("metadata", resolve));
    call.pause();
    const write = (from, to) => {
      for (let i = from; i < to; i += 1) own.write([{ operation: "TOUCH", relationship: `document:${"x".repeat(500)}${i}#viewer@user:ann` }]);
    };
    const until = async (count) => {
      await eventually(() => found.numbers.length >= count);
      assert.deepEqual(
        found.numbers,
        Array.from({ length: count }, (_, i) => i),
      );
    };
    return { call, found, write, until, watch };
  }

  test("a slow reader gets every change, in order", async (t) => {
    const { call, found, write, until } = await stopped(t);
    for (let round = 0; round < 5; round += 1) {
      write(round * 100, round * 100 + 100);
      await sleep(50);
    }
    assert.ok(found.numbers.length < 500, "the reader is not slow");
    call.resume();
    await until(500);
    call.cancel();
  });

  test("one that falls behind too far is told so, and can begin again where it was", async (t) => {
    const { call, found, write, until, watch } = await stopped(t);
    // At once: more than a watcher may be behind, and less than is kept.
    const COUNT = 700;
    write(0, COUNT);
    call.resume();
    await eventually(() => found.error !== undefined);
    const { code, message } = readError(found.error);
    assert.equal(code, "RESOURCE_EXHAUSTED", message);
    const had = found.numbers.length;
    assert.ok(had < COUNT);
    const again = watch(found.token);
    await until(COUNT);
    again.cancel();
  });
});

describe("importing", () => {
  const { I } = SERVICES[0].methods.find(({ name }) => name === "ImportBulkRelationships");
  const message = (id) =>
    I.fromJson({
      relationships: [
        { resource: { objectType: "document", objectId: id }, relation: "viewer", subject: { object: { objectType: "user", objectId: "ann" } } },
      ],
    });
  const has = (own, id) =>
    own.v1.checkPermission({ ...CHECK, resource: { objectType: "document", objectId: id } }).permissionship === "PERMISSIONSHIP_HAS_PERMISSION";

  for (const [how, end] of [
    ["is cancelled", (call) => call.cancel()],
    ["loses its connection", (_, importing) => importing.close()],
  ]) {
    test(`one that ${how} writes nothing`, async (t) => {
      const own = new Peppercorn({ schema: SCHEMA });
      const one = await serving(tokens(new Map([["own", own]])));
      t.after(() => one.close());
      const importing = stockClient(one.address, "own");
      t.after(() => importing.close());
      const before = own.token;
      for (let round = 0; round < 20; round += 1) {
        const call = importing.importBulkRelationships(() => {});
        call.on("error", () => {});
        call.write(message(`kept${round}`));
        call.write(message(`also${round}`));
        await new Promise((resolve) => call.on("metadata", resolve));
        await sleep(round % 4);
        end(call, importing);
        if (how !== "is cancelled") break;
      }
      await sleep(150);
      assert.equal(own.token, before);
      assert.ok(!has(own, "kept0"));
    });
  }

  test("one whose time is over writes nothing", async (t) => {
    const own = new Peppercorn({ schema: SCHEMA });
    const one = await serving(tokens(new Map([["own", own]])));
    t.after(() => one.close());
    const importing = stockClient(one.address, "own");
    t.after(() => importing.close());
    const before = own.token;
    const error = await new Promise((resolve) =>
      importing.importBulkRelationships(new Metadata(), { deadline: Date.now() + 300 }, resolve).write(message("late")),
    );
    assert.equal(error.code, status.DEADLINE_EXCEEDED);
    await sleep(50);
    assert.equal(own.token, before);
  });

  test("one with a bad message writes nothing, and one that ends writes all", async (t) => {
    const before = engine.token;
    const { error } = await asked(client, "ImportBulkRelationships", {
      requests: [I.toJson(message("x")), { relationships: [{ relation: "viewer" }] }, I.toJson(message("y"))],
    });
    assert.equal(error.code, "INVALID_ARGUMENT");
    assert.equal(engine.token, before);
    const { responses } = await asked(client, "ImportBulkRelationships", { requests: [I.toJson(message("x")), I.toJson(message("y"))] });
    assert.deepEqual(responses, [{ numLoaded: "2" }]);
    assert.ok(has(engine, "x") && has(engine, "y"));
  });
});
