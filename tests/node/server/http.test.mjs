// The HTTP gateway's own ways: paths, bodies, tokens, streams, health, metrics, its description of itself.

import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { createGateway } from "peppercorn/gateway";
import { compiled } from "../support.mjs";
import { CHECK, KEY, SCHEMA, ask, base, isWell, linesOf, post, require, server } from "./http.mjs";

const engine = () => new Peppercorn({ schema: SCHEMA, relationships: "document:readme#viewer@user:alice" });
const touch = (subject, resource = "readme") => ({
  updates: [
    {
      operation: "OPERATION_TOUCH",
      relationship: {
        resource: { objectType: "document", objectId: resource },
        relation: "viewer",
        subject: { object: { objectType: "user", objectId: subject } },
      },
    },
  ],
});
const LOOKUP = { resourceObjectType: "document", permission: "view", subject: CHECK.subject };

describe("paths", () => {
  test("every path of SpiceDB's annotations is served, and no other", async () => {
    const gateway = createGateway({ engine: engine(), presharedKeys: [KEY] });
    const { v1 } = require("@authzed/authzed-node");
    const services = [v1.PermissionsService, v1.SchemaService, v1.WatchService, v1.ExperimentalService];
    const methods = services.flatMap(({ methods: all }) => all);
    assert.equal(methods.length, 27);
    for (const { options, name } of methods) {
      const { post: path } = options["google.api.http"];
      const response = await gateway.request(path, { method: "POST", body: "{}" });
      assert.equal(response.status, 401, path);
      const described = JSON.parse(await (await gateway.request("/openapi.json")).text()).paths[path]?.post;
      assert.equal(described?.operationId, name);
    }
  });

  test("what is not there and what is asked otherwise is refused as by grpc-gateway", async (t) => {
    const running = await server(t, { engine: engine() });
    for (const path of ["/", "/v1", "/v1/permissions", "/v1/permissions/check/", "/v2/permissions/check", "/v1/permissions/%63heck%2f", "/metrics/x"]) {
      const { status, json } = await ask(running, path, CHECK);
      assert.deepEqual([status, json], [404, { code: 5, message: "Not Found", details: [] }], path);
    }
    for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const response = await fetch(`${base(running)}/v1/permissions/check`, { method, headers: { authorization: `Bearer ${KEY}` } });
      assert.deepEqual([response.status, await response.json()], [501, { code: 12, message: "Method Not Allowed", details: [] }], method);
      assert.equal(response.headers.get("allow"), "POST");
    }
  });
});

describe("tokens", () => {
  test("a wrong one is forbidden, a missing one is unauthenticated, and neither gets an answer", async (t) => {
    const running = await server(t, { engine: engine(), presharedKeys: ["one key", "another key"] });
    for (const key of ["one key", "another key"]) assert.equal((await ask(running, "/v1/permissions/check", CHECK, { key })).status, 200);
    for (const key of ["one ke", "one keyy", "One key", "another", "one key,another key", "ONE KEY"]) {
      const { status, json } = await ask(running, "/v1/permissions/check", CHECK, { key });
      assert.deepEqual([status, json], [403, { code: 7, message: "invalid preshared key: invalid token", details: [] }], key);
    }
    const none = [{}, { authorization: "" }, { authorization: "one key" }, { authorization: "Basic b25lIGtleQ==" }, { authorization: "Bearer" }];
    for (const headers of none) {
      const { status, headers: answered, text } = await post(running, "/v1/permissions/check", CHECK, { key: null, headers });
      assert.equal(status, 401, JSON.stringify(headers));
      assert.equal(answered.get("www-authenticate"), "Bearer");
      assert.equal(JSON.parse(text).code, 16);
    }
    assert.equal((await post(running, "/v1/permissions/check", CHECK, { key: null, headers: { authorization: "bearer one key" } })).status, 200);
    // A stream says it as streams do.
    for (const path of ["/v1/permissions/resources", "/v1/watch"]) {
      assert.deepEqual(await ask(running, path, LOOKUP, { key: "another" }).then(({ status, json }) => [status, json.error?.code]), [403, 7], path);
      assert.deepEqual(await ask(running, path, LOOKUP, { key: null }).then(({ status, json }) => [status, json.error?.code]), [401, 16], path);
    }
  });

  test("who may ask has to be said", async () => {
    for (const options of [{}, { engine: engine() }, { presharedKeys: [KEY] }, ...[[], [""], ["a", ""], [" a"], ["a "], ["sch\u00fcssel"], ["a\nb"]].map((presharedKeys) => ({ engine: engine(), presharedKeys }))]) {
      assert.throws(() => createGateway(options), TypeError);
    }
    assert.throws(() => createGateway({ engine: engine(), presharedKeys: [KEY], testing: true }), TypeError);
  });

  test("options that mean nothing are refused: they may have been to close a door", () => {
    const fine = { engine: engine(), presharedKeys: [KEY] };
    createGateway({ ...fine, readonly: undefined, maxRequestBytes: undefined });
    for (const wrong of [{ readOnly: true }, { readonly: "yes" }, { testing: 0 }, { maxRequestBytes: NaN }, { maxRequestBytes: -1 }, { maxRequestBytes: "1000" }, { streamTimeout: Infinity }, { streamTimeout: 0 }, { file: "a.yaml" }, { presharedKeys: [undefined] }]) {
      assert.throws(() => createGateway({ ...fine, ...wrong }), TypeError, JSON.stringify(wrong));
    }
  });

  test("what `engineOf` refuses is told as it says, and what it says wrong is no answer", async () => {
    const refusing = (error) => createGateway({ engineOf: () => { throw Object.assign(new Error("no"), { name: "Refused", metadata: {} }, error); } });
    const asked = async (error) => {
      const response = await refusing(error).request("/v1/permissions/check", { method: "POST", body: JSON.stringify(CHECK) });
      return [response.status, await response.json()];
    };
    assert.deepEqual(await asked({ status: "PERMISSION_DENIED" }), [403, { code: 7, message: "no", details: [] }]);
    for (const error of [{ status: "OK" }, { status: "NONE" }, { status: "toString" }, {}, { status: "UNAUTHENTICATED", metadata: undefined }, { status: "UNAUTHENTICATED", metadata: null }]) {
      assert.deepEqual(await asked(error), [500, { code: 13, message: "the server failed to answer", details: [] }], JSON.stringify(error));
    }
  });

  test("for tests each token has a store of its own", async (t) => {
    const running = await server(t, { engine: engine(), testing: true });
    await ask(running, "/v1/relationships/write", touch("bob"), { key: "first" });
    const check = { ...CHECK, subject: { object: { objectType: "user", objectId: "bob" } } };
    const answers = await Promise.all(["first", "second", null].map((key) => ask(running, "/v1/permissions/check", check, { key })));
    assert.deepEqual(answers.map(({ json }) => json.permissionship), ["HAS", "NO", "NO"].map((word) => `PERMISSIONSHIP_${word}_PERMISSION`));
    const { status, json } = await ask(running, "/v1/permissions/check", CHECK, { key: null });
    assert.deepEqual([status, json.permissionship], [200, "PERMISSIONSHIP_HAS_PERMISSION"], "a store begins as the engine was");
    const { text } = await post(running, "/v1/permissions/check", CHECK);
    assert.match(text, /HAS/);
    assert.match(await (await fetch(`${base(running)}/metrics`)).text(), /^peppercorn_stores 4$/m);
  });

  test("a read-only server refuses every write and answers everything else", async (t) => {
    const running = await server(t, { engine: engine(), readonly: true });
    const writes = {
      "/v1/relationships/write": touch("bob"),
      "/v1/relationships/delete": { relationshipFilter: { resourceType: "document" } },
      "/v1/schema/write": { schema: "definition other {}" },
      "/v1/relationships/importbulk": {},
      "/v1/experimental/relationships/bulkimport": {},
      "/v1/experimental/registerrelationshipcounter": { name: "all", relationshipFilter: { resourceType: "document" } },
      "/v1/experimental/unregisterrelationshipcounter": { name: "all" },
    };
    for (const [path, body] of Object.entries(writes)) {
      const { status, json } = await ask(running, path, body);
      const info = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "ERROR_REASON_SERVICE_READ_ONLY", domain: "authzed.com", metadata: {} };
      assert.deepEqual([status, json], [503, { code: 14, message: "service read-only", details: [info] }], path);
    }
    assert.ok(await isWell(running));
    assert.equal((await ask(running, "/v1/schema/read", {})).json.schemaText, SCHEMA);
  });
});

describe("bodies", () => {
  test("a message comes under any name that SpiceDB takes it under", async (t) => {
    const running = await server(t, { engine: engine() });
    for (const type of ["application/json", "application/json; charset=utf-8", "application/json; charset=UTF8", "Application/JSON;charset=\"UTF-8\"", "text/plain", "application/x-www-form-urlencoded"]) {
      assert.equal((await ask(running, "/v1/permissions/check", CHECK, { headers: { "content-type": type } })).status, 200, type);
    }
    for (const type of ["application/xml", "application/grpc", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "application/octet-stream"]) {
      const { status, json } = await ask(running, "/v1/permissions/check", CHECK, { headers: { "content-type": type } });
      assert.deepEqual([status, json.code], [415, 3], type);
    }
    const { status } = await ask(running, "/v1/permissions/check", CHECK, { headers: { "content-encoding": "gzip" } });
    assert.equal(status, 415);
  });

  test("an empty body is an empty message", async (t) => {
    const running = await server(t, { engine: engine() });
    for (const body of ["", " \r\n\t"]) assert.equal((await ask(running, "/v1/schema/read", body)).json.schemaText, SCHEMA);
    assert.equal((await ask(running, "/v1/permissions/check", "")).status, 400);
  });

  test("a message that comes a letter at a time costs as much as one that comes at once", () => {
    // Put together anew with each letter, this takes minutes.
    const { Objects } = compiled("pkg-template/src/server/json.ts");
    const objects = new Objects(1_000_000);
    const text = '{"a":"\\"}{\\\\"}';
    const found = [];
    const start = performance.now();
    for (const letter of ` ${text}\n{"b":[${" ".repeat(300_000)}]}`) found.push(...objects.add(letter));
    objects.end();
    assert.deepEqual(found, [{ a: '"}{\\' }, { b: [] }]);
    assert.ok(performance.now() - start < 5000);
  });

  test("an import is as many messages as stand there, however they are cut", async (t) => {
    const running = await server(t, { engine: engine() });
    const rows = (...names) => ({ relationships: names.map((name) => touch(name, 'a"\\{}'.slice(0, 1)).updates[0].relationship) });
    const all = await ask(running, "/v1/relationships/importbulk", `${JSON.stringify(rows("u1", "u2"))} \n${JSON.stringify(rows("u3"))}${JSON.stringify({})}`);
    assert.deepEqual([all.status, all.json], [200, { numLoaded: "3" }]);
    const text = `${JSON.stringify({ ...rows("v1"), relationships: rows("v1").relationships.map((one) => ({ ...one, optionalCaveat: null })) })}\r\n${JSON.stringify(rows("v2"))}`;
    const body = new ReadableStream({
      async pull(controller) {
        // One byte at a time, each by itself.
        for (const byte of new TextEncoder().encode(text)) {
          controller.enqueue(Uint8Array.of(byte));
          if (byte % 16 === 0) await wait(0);
        }
        controller.close();
      },
    });
    const response = await fetch(`${base(running)}/v1/relationships/importbulk`, { method: "POST", duplex: "half", body, headers: { authorization: `Bearer ${KEY}` } });
    assert.deepEqual(await response.json(), { numLoaded: "2" });
    for (const wrong of ["[]", "null", '{"relationships":[]},{}', '{"relationships":[', '{} "x"', '{"relationships":[]} x']) {
      const { status, json } = await ask(running, "/v1/relationships/importbulk", wrong);
      assert.deepEqual([status, json.code], [400, 3], wrong);
    }
    const failing = await ask(running, "/v1/relationships/importbulk", `${JSON.stringify(rows("w1"))}${JSON.stringify(rows("u1"))}`);
    assert.deepEqual([failing.status, failing.json.details[0].reason], [409, "ERROR_REASON_ATTEMPT_TO_RECREATE_RELATIONSHIP"]);
    const read = await ask(running, "/v1/relationships/read", { relationshipFilter: { resourceType: "document" }, consistency: { fullyConsistent: true } });
    assert.deepEqual(read.lines.map(({ result }) => result.relationship.subject.object.objectId).sort(), ["alice", "u1", "u2", "u3", "v1", "v2"]);
  });
});

describe("streams", () => {
  test("results are lines; a refusal has its status and the form that streams have", async (t) => {
    const running = await server(t, { engine: engine() });
    await ask(running, "/v1/relationships/write", touch("alice", "other"));
    const { status, lines } = await ask(running, "/v1/permissions/resources", LOOKUP);
    assert.deepEqual([status, lines.map(({ result }) => result.resourceObjectId)], [200, ["other", "readme"]]);
    const refused = await ask(running, "/v1/permissions/resources", { ...LOOKUP, resourceObjectType: "folder" });
    assert.deepEqual([refused.status, refused.lines.length], [400, 1]);
    const { code, details } = refused.json.error;
    assert.deepEqual([code, details[0].reason, details[0].metadata], [9, "ERROR_REASON_UNKNOWN_DEFINITION", { definition_name: "folder" }]);
    const empty = await post(running, "/v1/permissions/resources", { ...LOOKUP, subject: { object: { objectType: "user", objectId: "nobody" } } });
    assert.deepEqual([empty.status, empty.text], [200, ""]);
  });

  test("a watch tells each write as it happens, and ends when its reader goes", async (t) => {
    const running = await server(t, { engine: engine() });
    const controller = new AbortController();
    const lines = linesOf(running, "/v1/watch", {}, { signal: controller.signal });
    const first = lines.next();
    await wait(50);
    for (const name of ["one", "two", "three"]) await ask(running, "/v1/relationships/write", touch(name));
    const told = [(await first).value, (await lines.next()).value, (await lines.next()).value];
    assert.deepEqual(told.map(({ result }) => result.updates[0].relationship.subject.object.objectId), ["one", "two", "three"]);
    controller.abort();
    await assert.rejects(lines.next());
    const counted = /grpc_server_handled_total\{grpc_code="Canceled",grpc_method="Watch",/;
    const metrics = async () => (await fetch(`${base(running)}/metrics`)).text();
    let text = await metrics();
    for (let tries = 0; tries < 100 && !counted.test(text); tries += 1) {
      await wait(20);
      text = await metrics();
    }
    assert.match(text, counted, "the server noticed");
    // With a cursor, from there on.
    const [after] = [told[0].result.changesThrough];
    const again = linesOf(running, "/v1/watch", { optionalStartCursor: after });
    assert.equal((await again.next()).value.result.updates[0].relationship.subject.object.objectId, "two");
    await again.return();
    const wrong = await ask(running, "/v1/watch", { optionalStartCursor: { token: "nonsense" } });
    assert.deepEqual([wrong.status, wrong.json.error.code], [400, 3]);
  });

  test("a long list lets everyone else have their turn", async () => {
    let made = 0;
    let turns = 0;
    const long = {
      v1: {
        *readRelationships() {
          for (; made < 50; made += 1) {
            const start = performance.now();
            while (performance.now() - start < 2);
            yield { text: "x".repeat(20_000) };
          }
        },
      },
    };
    const response = await createGateway({ engineOf: () => long }).request("/v1/relationships/read", { method: "POST", body: "{}" });
    let isOver = false;
    const others = () => void ((turns += 1), isOver || setImmediate(others));
    setImmediate(others);
    for await (const part of response.body) assert.ok(part.length > 20_000);
    isOver = true;
    assert.equal(made, 50);
    assert.ok(turns >= 5, `${turns} turns`);
  });

  test("a timeout ends what waits", async (t) => {
    const running = await server(t, { engine: engine() });
    const watch = await post(running, "/v1/watch", {}, { headers: { "grpc-timeout": "50m" }, signal: AbortSignal.timeout(5000) });
    assert.deepEqual([watch.status, JSON.parse(watch.text).error.code], [200, 4]);
    assert.equal((await post(running, "/v1/permissions/check", CHECK, { headers: { "grpc-timeout": "5S" } })).status, 200);
    assert.equal((await post(running, "/v1/permissions/check", CHECK, { headers: { "grpc-timeout": "0n" } })).status, 504);
    assert.equal((await post(running, "/v1/permissions/check", CHECK, { headers: { "grpc-timeout": "soon" } })).status, 400);
  });
});

describe("besides", () => {
  test("the description resolves, and names every field that is answered", async () => {
    const gateway = createGateway({ engine: engine(), presharedKeys: [KEY] });
    const document = await (await gateway.request("/openapi.json")).json();
    assert.equal(document.openapi, "3.1.0");
    let references = 0;
    const resolve = (value) => {
      if (value === null || typeof value !== "object") return;
      if ("$ref" in value) {
        references += 1;
        const found = value.$ref.slice(2).split("/").reduce((at, name) => at?.[name], document);
        assert.ok(value.$ref.startsWith("#/") && found !== undefined, `${value.$ref} does not resolve`);
      }
      Object.values(value).forEach(resolve);
    };
    resolve(document);
    assert.ok(references > 150, `only ${references}`);
    // An answer holds no field that its schema has not.
    const conforms = (value, schema, place) => {
      const { $ref, type, properties, items, additionalProperties } = schema;
      if ($ref !== undefined) return conforms(value, document.components.schemas[$ref.split("/").at(-1)], place);
      if (value === null) return;
      assert.equal(Array.isArray(value) ? "array" : typeof value, type === "integer" ? "number" : type, place);
      if (type === "array") value.forEach((one, at) => conforms(one, items, `${place}[${at}]`));
      if (type !== "object" || additionalProperties !== undefined) return;
      for (const [name, field] of Object.entries(value)) {
        assert.ok(name in properties, `${place}.${name} is not described`);
        conforms(field, properties[name], `${place}.${name}`);
      }
    };
    const answered = async (path, body) => {
      const response = await gateway.request(path, { method: "POST", headers: { authorization: `Bearer ${KEY}` }, body: JSON.stringify(body) });
      const { responses } = document.paths[path].post;
      const { schema } = responses[response.status === 200 ? "200" : "default"].content["application/json"];
      for (const line of (await response.text()).trim().split("\n")) conforms(JSON.parse(line), schema, path);
    };
    await answered("/v1/permissions/check", { ...CHECK, withTracing: true });
    await answered("/v1/permissions/checkbulk", { items: [CHECK, { ...CHECK, permission: "none" }].map(({ consistency, ...item }) => item) });
    await answered("/v1/permissions/expand", { resource: CHECK.resource, permission: "view" });
    await answered("/v1/permissions/resources", LOOKUP);
    await answered("/v1/permissions/resources", {});
    await answered("/v1/relationships/read", { relationshipFilter: { resourceType: "document" } });
    await answered("/v1/schema/reflectschema", {});
    await answered("/v1/schema/diffschema", { comparisonSchema: "definition user {}" });
    await answered("/v1/relationships/write", touch("carol"));
    await answered("/v1/relationships/write", {});
    await answered("/v1/relationships/write", { updates: [{}] });
  });

  test("health, metrics and the description need no key; what is counted is counted", async (t) => {
    const running = await server(t, { engine: engine() });
    const get = async (path) => {
      const response = await fetch(`${base(running)}${path}`);
      return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
    };
    assert.deepEqual(await get("/healthz"), { status: 200, type: "application/json", text: '{"status":"SERVING"}' });
    const freed = engine();
    const gateways = [createGateway({ engine: freed, presharedKeys: [KEY] }), createGateway({ engine: freed, testing: true })];
    for (const gateway of gateways) assert.equal((await gateway.request("/healthz")).status, 200);
    freed.free();
    for (const gateway of gateways) {
      const response = await gateway.request("/healthz");
      assert.deepEqual([response.status, await response.json()], [503, { status: "NOT_SERVING" }], "an engine that cannot be asked is no service");
    }
    for (let count = 0; count < 3; count += 1) await ask(running, "/v1/permissions/check", CHECK);
    await ask(running, "/v1/permissions/check", {});
    await ask(running, "/v1/permissions/resources", LOOKUP);
    const { text, type } = await get("/metrics");
    assert.equal(type, "text/plain; version=0.0.4; charset=utf-8");
    const labels = 'grpc_method="CheckPermission",grpc_service="authzed.api.v1.PermissionsService",grpc_type="unary"';
    for (const line of [
      `grpc_server_handled_total{grpc_code="OK",${labels}} 3`,
      `grpc_server_handled_total{grpc_code="InvalidArgument",${labels}} 1`,
      `grpc_server_handling_seconds_count{${labels}} 4`,
      `grpc_server_handling_seconds_bucket{${labels},le="+Inf"} 4`,
      'spicedb_rest_gateway_request_duration_seconds_count{method="post"} 5',
      "peppercorn_stores 1",
    ]) assert.ok(text.split("\n").includes(line), `${line} is not in\n${text}`);
    // Every line is one that Prometheus can read, and what a family is said once and before its values.
    const families = new Map();
    for (const line of text.trimEnd().split("\n")) {
      const [, comment, family, said] = /^# (HELP|TYPE) (\w+) (.+)$/.exec(line) ?? [];
      if (comment !== undefined) {
        assert.ok(!families.get(family)?.includes(comment), line);
        families.set(family, [...(families.get(family) ?? []), comment, said]);
        continue;
      }
      const [, name] = /^(\w+)(?:\{(?:\w+="[^"\\]*",?)+\})? -?[0-9.e+-]+$/.exec(line) ?? assert.fail(line);
      assert.ok(families.has(name) || families.has(name.replace(/_(bucket|sum|count)$/, "")), line);
    }
  });

  test("the client's id of a request comes back, if it is one", async (t) => {
    const running = await server(t, { engine: engine() });
    const id = async (headers) => (await post(running, "/v1/permissions/check", CHECK, { headers })).headers.get("x-request-id");
    assert.equal(await id({ "x-request-id": "abc-123" }), "abc-123");
    assert.match(await id({}), /^[0-9a-f-]{36}$/);
    assert.notEqual(await id({ "x-request-id": "a".repeat(200) }), "a".repeat(200));
  });
});
