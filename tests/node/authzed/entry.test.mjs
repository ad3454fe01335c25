// The entry itself: what it exports, by `import` and by `require`, and what it says where the stock client is missing.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as stock from "@authzed/authzed-node";
import * as ours from "peppercorn/authzed";
import { alone, node, path } from "../support.mjs";

const required = createRequire(import.meta.url)("peppercorn/authzed");
const OURS = ["clientOf", "forget", "storeOf"];
const namesOf = (exported) => Object.keys(exported).filter((name) => name !== "module.exports").sort();

test("everything that the stock client exports is exported", () => {
  assert.deepEqual(namesOf(ours), [...namesOf(stock), ...OURS].sort());
  assert.deepEqual(namesOf(required), namesOf(ours));
  assert.deepEqual(namesOf(ours.v1), namesOf(stock.v1));
  assert.deepEqual(namesOf(ours.protobuf), namesOf(stock.protobuf));
});

test("all but what makes clients is the stock client's own", () => {
  const { v1 } = createRequire(import.meta.url)("@authzed/authzed-node");
  const other = Object.keys(v1).filter((name) => ours.v1[name] !== v1[name]);
  const clients = ["Experimental", "Permissions", "Schema", "Watch", "WatchPermissions", "WatchPermissionSets"].map((name) => `${name}ServiceClient`);
  assert.deepEqual(other.sort(), ["NewClient", "NewClientWithChannelCredentials", "NewClientWithCustomCert", "default", ...clients].sort());
  for (const name of clients) assert.equal(ours.v1[name].name, name);
});

test("`import` and `require` share everything", () => {
  for (const name of namesOf(ours)) assert.equal(required[name], ours[name], name);
});

for (const [how, load] of [
  ["require", 'createRequire(import.meta.url)("peppercorn/authzed")'],
  ["import", 'await import("peppercorn/authzed")'],
]) {
  test(`without the stock client, \`${how}\` says what to install`, () => {
    const message = "`peppercorn/authzed` needs the package `@authzed/authzed-node`, which is not installed: `npm install @authzed/authzed-node`";
    assert.match(without("@authzed/authzed-node", load), new RegExp(`^Error: ${message}$`, "m"));
    // What it needs itself is another matter.
    assert.match(without("@protobuf-ts/runtime", load), /^Error: Cannot find module '@protobuf-ts\/runtime'$/m);
  });
}

/** What a process that loads the entry says where a package cannot be found. */
function without(name, load) {
  const code = `
    import Module, { createRequire } from "node:module";
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (request, ...rest) {
      if (request === ${JSON.stringify(name)}) throw Object.assign(new Error("Cannot find module '" + request + "'"), { code: "MODULE_NOT_FOUND" });
      return resolve.call(this, request, ...rest);
    };
    ${load};
  `;
  const { status, stderr } = node(["--input-type=module", "-e", code], { cwd: path("tests/node") });
  assert.equal(status, 1);
  return stderr;
}

test("the core entry loads nothing of it", () => {
  const loaded = alone(`
    import { createRequire } from "node:module";
    await import("peppercorn");
    console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache).filter((path) => /authzed|grpc/.test(path.replace(/.*node_modules/, "")))));
  `);
  assert.deepEqual(loaded, []);
});

test("with a copy of `@grpc/grpc-js` that is not the stock client's, nothing goes elsewhere, and metadata is of the class that it knows", () => {
  const told = alone(`
    import Module, { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    const { Metadata, credentials } = require("@grpc/grpc-js");
    require("@authzed/authzed-node");
    const load = Module._load;
    let copy;
    Module._load = function (request, parent, ...rest) {
      if (request !== "@grpc/grpc-js" || !/authzed\\.cjs$/.test(parent?.filename)) return load.call(this, request, parent, ...rest);
      for (const file of Object.keys(require.cache)) if (file.includes("grpc-js")) delete require.cache[file];
      return (copy = load.call(this, request, parent, ...rest));
    };
    const { v1 } = require("peppercorn/authzed");
    const client = new v1.SchemaServiceClient("127.0.0.1:1", credentials.createInsecure());
    client.readSchema(v1.ReadSchemaRequest.create(), ({ code, metadata }) => {
      console.log(JSON.stringify([copy.Metadata !== Metadata, client.getChannel().getTarget(), code, metadata instanceof Metadata]));
    });
  `);
  assert.deepEqual(told, [true, "in-process:127.0.0.1:1", 5, true]);
});

test("in the place of the stock client, as test runners put it there by its name, it finds that client all the same", () => {
  const told = alone(`
    import Module, { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (request, ...rest) {
      return resolve.call(this, request === "@authzed/authzed-node" ? "peppercorn/authzed" : request, ...rest);
    };
    const { v1 } = require("@authzed/authzed-node");
    const client = v1.NewClient("token");
    console.log(JSON.stringify(await client.promises.readSchema(v1.ReadSchemaRequest.create()).catch(({ code }) => code)));
  `);
  assert.equal(told, 5);
});

test("where the stock client's file is replaced too, it says so", () => {
  const code = `
    import Module, { createRequire } from "node:module";
    const load = Module._load;
    Module._load = function (request, ...rest) {
      return load.call(this, /authzed-node(?!.*json)/.test(request) ? "peppercorn/authzed" : request, ...rest);
    };
    createRequire(import.meta.url)("peppercorn/authzed");
  `;
  const { status, stderr } = node(["--input-type=module", "-e", code], { cwd: path("tests/node") });
  assert.equal(status, 1);
  assert.match(stderr, /^Error: `peppercorn\/authzed` finds itself in the place of `@authzed\/authzed-node`/m);
});
