// Input that nobody should send: a clear error each, the engine still answering, nothing half-loaded.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { SCHEMA, folder, peppercorn, refusal } from "./support.mjs";

const witness = new Peppercorn({ schema: SCHEMA, relationships: ["document:1#owner@user:a"] });

/** The engine that was there before, and a new one, answer as if nothing had happened. */
function stillAnswers() {
  assert.equal(witness.can("user:a", "edit", "document:1"), true);
  assert.equal(witness.can("user:b", "edit", "document:1"), false);
  assert.deepEqual(witness.snapshot().relationships(), ["document:1#owner@user:a"]);
  const fresh = new Peppercorn({ schema: SCHEMA, relationships: ["document:2#owner@user:b"] });
  assert.equal(fresh.can("user:b", "edit", "document:2"), true);
  fresh.free();
}
after(stillAnswers);

const limit = 4 * 1024 * 1024;
const nested = (depth) => `definition user {}\ndefinition document {\n  relation viewer: user\n  permission view = ${"(".repeat(depth)}viewer${")".repeat(depth)}\n}\n`;

describe("schemas", () => {
  const cases = {
    "longer than 4 MiB": ["schema/too-large", `${SCHEMA}// ${"x".repeat(limit)}`],
    "100,000 nested parentheses": ["syntax/nesting-too-deep", nested(100_000)],
    "100,000 parentheses that are never closed": ["syntax/nesting-too-deep", `definition user {}\ndefinition document {\n  permission view = ${"(".repeat(100_000)}`],
    "a comment that is never closed": ["syntax/unterminated-comment", `${SCHEMA}/* `],
    "a NUL": ["syntax/unrecognized-character", `${SCHEMA}\u0000`],
  };
  for (const [name, [code, schema]] of Object.entries(cases)) {
    test(name, () => {
      const error = refusal(() => new Peppercorn({ schema }));
      assert.equal(error.code, "SCHEMA_PARSE_ERROR");
      assert.ok(error.diagnostics.some((diagnostic) => diagnostic.code === code), JSON.stringify(error.diagnostics.slice(0, 3)));
      assert.ok(error.message.length < 1000, "the message does not repeat the input");
      stillAnswers();
    });
  }

  test("a schema of 100,000 small mistakes is answered in bounded space", () => {
    const error = refusal(() => new Peppercorn({ schema: "definition !\n".repeat(100_000) }));
    assert.ok(error.diagnostics.length > 0);
    stillAnswers();
  });

  test("as many parentheses as a person writes are fine", () => {
    const engine = new Peppercorn({ schema: nested(20), relationships: ["document:1#viewer@user:a"] });
    assert.equal(engine.can("user:a", "view", "document:1"), true);
  });
});

describe("relationships", () => {
  const good = "document:2#owner@user:b";
  const cases = {
    "an unknown type": ["UNKNOWN_DEFINITION", "relationship/unknown-definition", `${good}\nfolder:1#owner@user:a`],
    "no relationship at all": ["INVALID_ARGUMENT", "relationship/syntax", `${good}\nthis is no relationship`],
    "an id of 2,000 characters": ["INVALID_ARGUMENT", "relationship/syntax", `${good}\ndocument:${"x".repeat(2000)}#owner@user:a`],
  };
  for (const [name, [code, place, relationships]] of Object.entries(cases)) {
    test(name, () => {
      const error = refusal(() => new Peppercorn({ schema: SCHEMA, relationships }));
      assert.equal(error.code, code);
      assert.equal(error.diagnostics[0]?.code, place);
      assert.equal(error.diagnostics[0]?.line, 2);
      stillAnswers();
    });
  }

  test("a duplicate", () => {
    const error = refusal(() => new Peppercorn({ schema: SCHEMA, relationships: `${good}\n${good}` }));
    assert.equal(error.diagnostics[0]?.code, "relationship/duplicate");
    assert.equal(error.diagnostics[0]?.line, 2);
    stillAnswers();
  });

  test("a refused write leaves the engine whole", () => {
    const updates = [{ operation: "CREATE", relationship: good }, { operation: "CREATE", relationship: "folder:1#owner@user:a" }];
    assert.equal(refusal(() => witness.write(updates)).code, "UNKNOWN_DEFINITION");
    stillAnswers();
  });
});

describe("what all objects inherit", () => {
  const inherited = (properties, work) => {
    Object.assign(Object.prototype, properties);
    try {
      return work();
    } finally {
      for (const name of Object.keys(properties)) delete Object.prototype[name];
    }
  };
  const ROW = { relationships: ["document:1#owner@user:evil"] };
  const question = ["user:evil", "edit", "document:1"];

  test("changes no answer where there are no options", () => {
    inherited({ ...ROW, now: 0, context: {}, limit: 1, cursor: "x", after: "x" }, () => {
      assert.equal(witness.can(...question), false);
      assert.equal(witness.checkPermission(...question).permissionship, "NO_PERMISSION");
      assert.deepEqual(witness.lookupResources("user:evil", "edit", "document").results, []);
      assert.deepEqual(witness.expand("edit", "document:1").intermediate.children[0].leaf.subjects.map((one) => one.subject), ["user:a"]);
      assert.deepEqual([...witness.read({ resourceType: "document" })], ["document:1#owner@user:a"]);
      witness.watch().return();
    });
  });

  test("is refused where there are some", () => {
    const inherits = (properties, work) => assert.match(refusal(() => inherited(properties, work)).message, /is inherited; it must be a property of its own$/);
    inherits(ROW, () => witness.can(...question, {}));
    inherits(ROW, () => new Peppercorn({ schema: SCHEMA }));
    inherits({ now: 0 }, () => witness.can(...question, { context: {} }));
    inherits({ context: {} }, () => witness.checkMany([{ subject: "user:a", permission: "edit", resource: "document:1" }]));
    inherits({ resourceId: "2" }, () => witness.delete({ resourceType: "document" }));
    inherits({ operation: "DELETE" }, () => witness.write([{ relationship: "document:1#owner@user:a" }]));
    inherits({ seconds: 0 }, () => new Peppercorn({ schema: SCHEMA, retention: {} }));
  });

  test("and so is what a class gives its objects, and what is still to come", () => {
    class Options {
      get relationships() {
        return ROW.relationships;
      }
    }
    assert.match(refusal(() => witness.can(...question, new Options())).message, /^`options` must be a plain object, not an instance of Options$/);
    for (const call of ["can", "checkPermission", "permissions", "expand", "read", "watch", "countSubjects"]) {
      const count = { permissions: 2, expand: 2, read: 1, watch: 0 }[call] ?? 3;
      const given = { expand: ["edit", "document:1"], read: [{ resourceType: "document" }], countSubjects: ["document:1", "edit", "user"], permissions: ["user:a", "document:1"] }[call] ?? question;
      assert.match(refusal(() => witness[call](...given.slice(0, count), Promise.resolve({}))).message, /^`options` must be a plain object, not an instance of Promise$/, call);
    }
    assert.equal(refusal(() => new Peppercorn(Promise.resolve({}))).code, "INVALID_ARGUMENT");
    assert.equal(refusal(() => witness.can(...question, new Map([["relationships", ROW.relationships]]))).code, "INVALID_ARGUMENT");
  });
});

test("requests that are no text", async () => {
  const requests = { "still to come": Promise.resolve({}), "told otherwise": { toJSON: () => undefined }, "holding itself": {} };
  requests["holding itself"].own = requests["holding itself"];
  for (const [name, request] of Object.entries(requests)) {
    for (const call of [
      () => witness.v1.writeRelationships(request),
      () => witness.v1.exportBulkRelationships(request),
      () => witness.v1.importBulkRelationships([request]),
      () => witness.v1.watch(request),
    ]) {
      assert.equal(refusal(call).code, "INVALID_ARGUMENT", name);
    }
    await assert.rejects(witness.v1.async.writeRelationships(request), { code: "INVALID_ARGUMENT" }, name);
  }
  stillAnswers();
});

test("half of a surrogate pair, which would be stored as another character", () => {
  const schema = SCHEMA.replace("definition user {}", 'caveat named(name string) { name == "x" }\ndefinition user {}').replace("relation owner: user", "relation owner: user with named");
  const engine = new Peppercorn({ schema });
  const row = 'document:1#owner@user:a[named:{"name":"\ud800"}]';
  for (const work of [
    () => engine.write([{ operation: "TOUCH", relationship: row }]),
    () => new Peppercorn({ schema, relationships: row }),
    () => new Peppercorn({ schema, relationships: [row] }),
    () => engine.can("user:a", "edit", "document:1", { relationships: row }),
    () => engine.can("user:a", "edit", "document:1", { relationships: [row] }),
    () => engine.writeSchema(schema.replace('"x"', '"\udfff"')),
    () => engine.planSchema(schema.replace('"x"', '"\udfff"')),
    () => new Peppercorn({ schema: schema.replace('"x"', '"\udfff"') }),
  ]) {
    const { code, message } = refusal(work);
    assert.deepEqual([code, /holds half of a surrogate pair, which is no character$/.test(message)], ["INVALID_ARGUMENT", true], message);
  }
  assert.deepEqual(engine.snapshot().relationships(), []);
});

test("arrays of numbers that cannot be read", () => {
  const transferred = (array) => {
    structuredClone(array.buffer, { transfer: [array.buffer] });
    return array;
  };
  const [who, what] = [witness.id("user:a"), witness.id("document:1")];
  for (const work of [
    () => Peppercorn.load(transferred(witness.save())),
    () => Peppercorn.load(new Proxy(witness.save(), {})),
    () => witness.canMany(who, "edit", transferred(Uint32Array.of(what))),
    () => witness.canMany(transferred(Uint32Array.of(who)), "edit", what),
    () => witness.canMany(who, "edit", Object.create(Uint32Array.prototype)),
  ]) {
    assert.match(refusal(work).message, /cannot be read: its buffer was transferred/);
  }
  class Longer extends Uint32Array {
    get length() {
      return 2 ** 31;
    }
  }
  assert.equal(refusal(() => witness.canMany(who, "edit", Longer.of(what))).code, "INVALID_ARGUMENT");
  assert.deepEqual(witness.canMany(who, "edit", Uint32Array.of(0, what).subarray(1)), Uint8Array.of(1));
  assert.equal(Peppercorn.load(Buffer.from(witness.save())).can("user:a", "edit", "document:1"), true);
});

test("a list with nothing in a place", () => {
  const relationships = [, "document:2#owner@user:b"];
  assert.match(refusal(() => new Peppercorn({ schema: SCHEMA, relationships })).message, /`options.relationships\[0\]` must be a string, not undefined/);
  assert.match(refusal(() => witness.can("user:b", "edit", "document:2", { relationships })).message, /`options.relationships\[0\]`/);
});

describe("files", () => {
  const yaml = 'schema: "definition user {}"\nrelationships: ""\n';
  const cases = {
    "one that is not there": [null, "file/unreadable"],
    "a folder": ["folder", "file/unreadable"],
    "UTF-16": [Buffer.from(`\ufeff${yaml}`, "utf16le"), "validation/encoding"],
    "Latin-1": [Buffer.from(`# caf\u00e9\n${yaml}`, "latin1"), "validation/encoding"],
    "a picture": [Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0xff]), "validation/encoding"],
    "an empty file": ["", "validation/"],
    "YAML that nests 10,000 deep": ["[".repeat(10_000), "validation/"],
    "an alias bomb": [
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n`,
      "validation/",
    ],
  };
  for (const [name, [content, code]] of Object.entries(cases)) {
    test(`${name}: ${code}`, (t) => {
      const made = folder(t);
      const bad = join(made, "bad.yaml");
      const good = join(made, "good.yaml");
      if (content === "folder") mkdirSync(bad);
      else if (content !== null) writeFileSync(bad, content);
      writeFileSync(good, yaml);
      const { status, stdout } = peppercorn("validate", "--json", bad, good);
      assert.equal(status, 2);
      const [refused, used] = JSON.parse(stdout);
      assert.equal(refused.status, "unusable");
      assert.ok(refused.diagnostics[0].code.startsWith(code), JSON.stringify(refused.diagnostics));
      assert.equal(used.status, "passed", "the file after it is still run");
    });
  }
});
