// `peppercorn serve`.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { connect } from "node:http2";
import { test } from "node:test";
import { v1 } from "@authzed/authzed-node";
import { files, peppercorn, served } from "./commands.mjs";

const question = {
  resource: { objectType: "document", objectId: "plan" },
  permission: "view",
  subject: { object: { objectType: "user", objectId: "alice" } },
};

async function asked(server, token, path = "/v1/permissions/check", body = { ...question, consistency: { fullyConsistent: true } }) {
  const headers = { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const response = await fetch(server.http + path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, ...(await response.json()) };
}

test("both ports answer of the file, to who has a key; SIGTERM ends it with 0", async (t) => {
  const server = await served(t, ["--file", files(t)("data.yaml")], { PEPPERCORN_KEYS: "first, second" });
  assert.equal((await asked(server, "first")).permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
  assert.equal((await asked(server, "second")).permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
  for (const token of [undefined, "", "first, second", "third", "first ,"]) {
    const { status, permissionship } = await asked(server, token);
    assert.ok(status === 401 || status === 403, `${token}: ${status}`);
    assert.equal(permissionship, undefined);
  }
  const client = v1.NewClient("first", server.endpoint, v1.ClientSecurity.INSECURE_PLAINTEXT_CREDENTIALS);
  const request = v1.CheckPermissionRequest.fromJson({ ...question, consistency: { fullyConsistent: true } });
  assert.equal((await client.promises.checkPermission(request)).permissionship, v1.CheckPermissionResponse_Permissionship.HAS_PERMISSION);
  client.close();
  server.child.kill("SIGTERM");
  const [status] = await server.exited;
  assert.equal(status, 0);
  assert.match(server.complaints(), /^SIGTERM: finishing what runs\n$/);
  await assert.rejects(fetch(`${server.http}/healthz`));
});

test("SIGINT too, though somebody watches", async (t) => {
  // SpiceDB's name of the option, and its commas.
  const server = await served(t, ["--grpc-preshared-key", "another,key"]);
  const client = v1.NewClient("key", server.endpoint, v1.ClientSecurity.INSECURE_PLAINTEXT_CREDENTIALS);
  const watch = client.watch(v1.WatchRequest.create({}));
  const ended = new Promise((resolve) => watch.on("error", resolve).on("end", resolve));
  await new Promise((resolve) => watch.on("metadata", resolve));
  server.child.kill("SIGINT");
  const [status] = await server.exited;
  assert.equal(status, 0);
  await ended;
  client.close();
});

test("--testing: a store for each token", async (t) => {
  const server = await served(t, ["--testing"]);
  const schema = "definition user {}\ndefinition document {\n\trelation viewer: user\n\tpermission view = viewer\n}";
  assert.equal((await asked(server, "one", "/v1/schema/write", { schema })).status, 200);
  assert.equal((await asked(server, "one", "/v1/schema/read", {})).schemaText, schema);
  assert.equal((await asked(server, "two", "/v1/schema/read", {})).status, 404);
});

test("--readonly refuses what writes", async (t) => {
  const server = await served(t, ["--readonly", "--file", files(t)("data.yaml")], { PEPPERCORN_KEYS: "key" });
  assert.equal((await asked(server, "key")).status, 200);
  const refused = await asked(server, "key", "/v1/schema/write", { schema: "" });
  assert.equal(refused.status, 503);
  assert.equal((await asked(server, "key", "/v1/schema/read", {})).status, 200);
});

test("TLS, for those who trust its certificate", async (t) => {
  const at = files(t);
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at("key.pem"), "-out", at("cert.pem"), "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const { status: made } = spawnSync("openssl", request, { stdio: "ignore" });
  if (made !== 0) return t.skip("openssl is not there");
  const server = await served(t, ["--file", at("data.yaml"), "--tls-cert", at("cert.pem"), "--tls-key", at("key.pem")], { PEPPERCORN_KEYS: "key" });
  assert.equal(server.tls, true);
  const ask = (...words) => peppercorn(["check", "user:alice", "view", "document:plan", "-e", server.endpoint.replace("127.0.0.1", "localhost"), ...words], { PEPPERCORN_TOKEN: "key" });
  assert.deepEqual(ask("--ca", at("cert.pem")), { status: 0, stdout: "yes  document:plan#view@user:alice\n", stderr: "" });
  for (const words of [[], ["--insecure"], ["--ca", at("data.yaml")], ["--ca", at("missing.pem")]]) {
    const { status, stdout, stderr } = ask(...words);
    assert.match(stderr, words.at(-1)?.endsWith("missing.pem") ? /there is no such file/ : /^error: /);
    assert.doesNotMatch(stderr, /^ +at /m, "no stack");
    assert.equal(stdout, "");
    assert.equal(status, 2);
  }
});

test("a port that is taken is told in one line, and what strangers send is not written anywhere", async (t) => {
  const server = await served(t, ["--testing"]);
  const [port] = server.endpoint.split(":").slice(-1);
  const { status, stderr } = peppercorn(["serve", "--testing", "--grpc-port", port, "--http-port", "0"]);
  assert.match(stderr, /^error: the server cannot start: [^\n]*EADDRINUSE[^\n]*\n$/);
  assert.equal(status, 2);
  const session = connect(`http://${server.endpoint}`);
  const request = session.request({ ":method": "POST", ":path": "/grpc.health.v1.Health/Check", "content-type": "application/grpc", authorization: "Bearer sécret" });
  request.on("error", () => {}).resume().end(Buffer.alloc(5));
  await new Promise((resolve) => request.on("close", resolve));
  session.destroy();
  assert.equal(server.complaints(), "");
});

test("what cannot start says why: 2", (t) => {
  const at = files(t, { "broken.yaml": "schema: |-\n  definition user {\n", "cert.pem": "no certificate" });
  for (const [words, message, env] of [
    [[], /a server needs a key/],
    [["--key", " ,"], /a server needs a key/],
    [["--key", "schl\u00fcssel"], /error: the server cannot start: .*printable ASCII/],
    [["--testing"], /`--testing` takes any token/, { PEPPERCORN_KEYS: "key" }],
    [["--key", "a", "--file", at("broken.yaml")], /broken\.yaml:\d+:\d+ {2}error syntax\//],
    [["--key", "a", "--file", at("missing.yaml")], /there is no such file/],
    [["--key", "a", "--grpc-port", "70000"], /`--grpc-port` must be a whole number from 0 to 65535/],
    [["--key", "a", "--tls-cert", at("cert.pem")], /`--tls-cert` and `--tls-key` go together/],
    [["--key", "a", "--tls-cert", at("cert.pem"), "--tls-key", at("cert.pem"), "--grpc-port", "0", "--http-port", "0"], /error: the server cannot start: .*\(CANNOT_START\)/],
    [["--key", "a", "--host", "256.0.0.1", "--grpc-port", "0", "--http-port", "0"], /error: the server cannot start: .*256\.0\.0\.1/],
  ]) {
    const { status, stdout, stderr } = peppercorn(["serve", ...words], env);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /^ +at /m, "no stack");
    assert.equal(stdout, "");
    assert.equal(status, 2);
  }
});
