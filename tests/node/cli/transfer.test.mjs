// `peppercorn import` and `export`, between files and a running server.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { FILES, RELATIONSHIPS, SCHEMA, VALIDATION, files, json, peppercorn, served } from "./commands.mjs";

const KEY = "a preshared key";
const to = ({ endpoint }) => ["--endpoint", endpoint, "--insecure", "--token", KEY];
const serving = (t, ...words) => served(t, words, { PEPPERCORN_KEYS: KEY });
const rows = (text) => text.trimEnd().split("\n").sort();

describe("between files", () => {
  test("each kind by the ending of its name, and there and back nothing is lost", (t) => {
    const at = files(t);
    const written = (...words) => {
      const { status, stdout, stderr } = peppercorn(["export", ...words]);
      assert.equal(status, 0, stderr);
      return stdout;
    };
    assert.match(written(at("data.yaml"), "--out", at("saved.bin")), /^6 relationships written to .*saved\.bin\n$/);
    written(at("saved.bin"), "--out", at("again.yaml"));
    written(at("again.yaml"), "--out", at("again.zed"));
    written(at("again.yaml"), "--out", at("again.txt"));
    assert.equal(readFileSync(at("again.zed"), "utf8"), SCHEMA);
    assert.deepEqual(rows(readFileSync(at("again.txt"), "utf8")), rows(RELATIONSHIPS));
    written(at("again.zed"), "-r", at("again.txt"), "-o", at("last.bin"));
    const engine = Peppercorn.load(readFileSync(at("last.bin")));
    assert.equal(engine.schema, SCHEMA);
    assert.deepEqual(engine.snapshot().relationships(), rows(RELATIONSHIPS));
    assert.equal(written(at("last.bin")), readFileSync(at("again.yaml"), "utf8"), "standard output is the same file");
    assert.equal(written(at("last.bin"), "--as", "relationships"), readFileSync(at("again.txt"), "utf8"));
  });

  test("texts that YAML would read otherwise", (t) => {
    const at = files(t);
    const schema = "  definition user {} // \u0085 \u2028 \ufeff é 😀 # no comment: \"'\\ \r\n\n\tdefinition thing {\n\t\trelation user: user\n\t}\n\n";
    writeFileSync(at("odd.bin"), new Peppercorn({ schema, relationships: "thing:a=b+c|d/e#user@user:*a".replace("*", "") }).save());
    assert.equal(peppercorn(["export", at("odd.bin"), "-o", at("odd.yaml")]).status, 0);
    peppercorn(["export", at("odd.yaml"), "-o", at("odder.bin")]);
    assert.equal(Peppercorn.load(readFileSync(at("odder.bin"))).schema, schema.trimEnd());
    assert.equal(peppercorn(["check", "user:a", "user", "thing:a=b+c|d/e", "-f", at("odd.yaml")]).status, 0);
  });

  test("a schema of several files becomes one", (t) => {
    const at = files(t, { "main.zed": 'use import\nimport "users.zed"\ndefinition document { relation viewer: user; }\n', "users.zed": "definition user {}\n" });
    assert.equal(peppercorn(["export", at("main.zed"), "--as", "schema"]).stdout, "definition user {}\n\ndefinition document { relation viewer: user; }\n");
  });

  test("what makes no sense", (t) => {
    const at = files(t);
    for (const [words, message] of [
      [[], /there is nothing to export/],
      [[at("data.yaml"), "--as", "saved"], /a saved engine is bytes/],
      [[at("data.yaml"), "--as", "toString"], /`--as` is one of/],
      [[at("data.yaml"), "--json"], /`--json` tells of a file/],
      [[at("data.yaml"), "-e", "localhost:1", "-t", "x"], /cannot go together/],
      [[at("data.yaml"), "-o", at("no/such/folder.yaml")], /cannot be written/],
    ]) {
      const { status, stderr } = peppercorn(["export", ...words]);
      assert.match(stderr, message);
      assert.equal(status, 2);
    }
  });
});

describe("with a server", () => {
  test("in, asked, and out again", async (t) => {
    const at = files(t);
    const server = await serving(t);
    const imported = peppercorn(["import", at("data.yaml"), ...to(server)]);
    assert.equal(imported.stdout, `the schema and 6 relationships written to ${server.endpoint}\n`, imported.stderr);
    assert.equal(imported.stderr, "", "no progress where there is no terminal");
    assert.equal(imported.status, 0);

    const asked = (...words) => peppercorn([...words, ...to(server)]);
    assert.deepEqual(asked("check", "user:alice", "view", "document:plan"), { status: 0, stdout: "yes  document:plan#view@user:alice\n", stderr: "" });
    assert.equal(asked("check", "user:dora", "view", "document:readme").status, 1);
    assert.equal(asked("check", "user:bob", "view", "document:plan").status, 3);
    assert.equal(asked("check", "user:bob", "view", "document:plan", "-c", '{"hour": 10}').status, 0);
    assert.equal(asked("lookup-resources", "user:bob", "view", "document").stdout, "document:plan  it depends  (missing hour)\ndocument:readme\n");
    assert.equal(asked("lookup-subjects", "document:readme", "view", "user").stdout, "user:*  but not user:dora\n");
    assert.equal(asked("lookup-subjects", "document:plan", "view", "group#member").stdout, "group:eng#member\n");
    assert.match(asked("expand", "view", "document:plan").stdout, /└── document:plan#editor\n.*user:alice/s);
    const first = json(["lookup-resources", "user:alice", "view", "document", "--limit", "1", ...to(server)]);
    assert.deepEqual(first.value.results, [{ resourceObjectId: "plan", permissionship: "HAS_PERMISSION" }]);
    const second = json(["lookup-resources", "user:alice", "view", "document", "--limit", "1", "--cursor", first.value.cursor, ...to(server)]);
    assert.deepEqual(second.value.results, [{ resourceObjectId: "readme", permissionship: "HAS_PERMISSION" }]);

    assert.deepEqual(json(["export", "--out", at("back.yaml"), ...to(server)]).value, { file: at("back.yaml"), as: "yaml", relationships: 6 });
    assert.equal(peppercorn(["export", at("back.yaml"), "--as", "schema"]).stdout, SCHEMA);
    assert.deepEqual(rows(peppercorn(["export", at("back.yaml"), "--as", "relationships"]).stdout), rows(RELATIONSHIPS));
  });

  test("what is there already: refused whole, or touched", async (t) => {
    const at = files(t, { ...FILES, "more.txt": `document:new#editor@user:alice\n${RELATIONSHIPS}` });
    const server = await serving(t, "--file", at("data.yaml"));
    const again = json(["import", "-r", at("more.txt"), ...to(server)]);
    assert.equal(again.value.error.code, "ATTEMPT_TO_RECREATE_RELATIONSHIP");
    assert.match(again.value.error.message, /`--touch` also writes/);
    assert.equal(again.status, 2);
    assert.equal(peppercorn(["check", "user:alice", "edit", "document:new", ...to(server)]).status, 1, "nothing was written");
    assert.deepEqual(json(["import", "-r", at("more.txt"), "--touch", ...to(server)]).value, { schema: false, relationships: 7 });
    assert.equal(peppercorn(["check", "user:alice", "edit", "document:new", ...to(server)]).status, 0);
    assert.deepEqual(json(["import", at("data.yaml"), "--touch", "--no-schema", ...to(server)]).value, { schema: false, relationships: 6 });
  });

  test("thousands, in several messages", async (t) => {
    const many = Array.from({ length: 5432 }, (_, place) => `document:d${place}#editor@user:u${place % 7}`).join("\n");
    const at = files(t, { ...FILES, "many.txt": many });
    const server = await serving(t);
    for (const more of [[], ["--touch"]]) {
      assert.deepEqual(json(["import", at("schema.zed"), "-r", at("many.txt"), ...more, ...to(server)]), { status: 0, value: { schema: true, relationships: 5432 }, stderr: "" });
    }
    assert.deepEqual(rows(peppercorn(["export", "--as", "relationships", ...to(server)]).stdout), rows(many));
  });

  test("contexts that make messages too large for a thousand in one", async (t) => {
    const schema = "caveat only(a string) { a == \"a\" }\ndefinition user {}\ndefinition document { relation viewer: user with only; }\n";
    const many = Array.from({ length: 300 }, (_, place) => `document:d${place}#viewer@user:a[only:{"a":"${"é".repeat(10_000)}"}]`).join("\n");
    const at = files(t, { "schema.zed": schema, "many.txt": many });
    const server = await serving(t);
    const { value, stderr } = json(["import", at("schema.zed"), "-r", at("many.txt"), ...to(server)]);
    assert.deepEqual(value, { schema: true, relationships: 300 }, stderr);
    assert.equal(json(["import", "-r", at("many.txt"), "--touch", ...to(server)]).value.relationships, 300);
    assert.deepEqual(rows(peppercorn(["export", "--as", "relationships", ...to(server)]).stdout), rows(many));
  });

  test("a file that cannot be used writes nothing; a schema that is refused says why", async (t) => {
    const at = files(t, { ...FILES, "broken.yaml": VALIDATION.replace("user:carol", "usr:carol"), "less.zed": SCHEMA.replace("user:* | ", "") });
    const server = await serving(t, "--file", at("data.yaml"));
    const broken = peppercorn(["import", at("broken.yaml"), ...to(server)]);
    assert.match(broken.stderr, /broken\.yaml:\d+:\d+ {2}error relationship\//);
    assert.equal(broken.status, 2);
    const less = peppercorn(["import", at("less.zed"), ...to(server)]);
    assert.match(less.stderr, /error: .*user:\*.*\(SCHEMA_TYPE_ERROR\)/);
    assert.equal(less.status, 2);
    assert.equal(peppercorn(["export", "--as", "schema", ...to(server)]).stdout, SCHEMA);
  });

  test("the wrong key, no server, a question without an answer, options of files: 2", async (t) => {
    const server = await serving(t, "--file", files(t)("data.yaml"));
    const ask = (words, env) => peppercorn(["check", "user:alice", "view", "document:plan", ...words], env);
    const address = ["--endpoint", server.endpoint, "--insecure"];
    for (const [{ status, stdout, stderr }, message] of [
      [ask([...address, "--token", "wrong"]), /\(PERMISSION_DENIED\)/],
      [ask(address), /`--endpoint` needs a token/],
      [ask(["--endpoint", "127.0.0.1:1", "--insecure", "--token", KEY]), /\(UNAVAILABLE\)/],
      [ask(["--endpoint", server.endpoint, "--token", KEY]), /\(UNAVAILABLE\)/],
      [ask([...address, "--token", KEY, "--now", "0"]), /a server goes by its own clock/],
      [ask([...address, "--token", KEY, "--trace"]), /`--trace` needs the data in files/],
      [ask([...address, "--token", KEY, "--ca", "x"]), /`--ca` and `--insecure` cannot go together/],
      [peppercorn(["check", "user:alice", "veiw", "document:plan", ...to(server)]), /`veiw` not found.*\(UNKNOWN_RELATION_OR_PERMISSION\)/],
      [peppercorn(["check", "user", "view", "document:plan", ...to(server)]), /the subject is `type:id`/],
      // Not the set that its beginning names, which may.
      [peppercorn(["check", "group:eng#member#nope", "view", "document:plan", ...to(server)]), /not `group:eng#member#nope`/],
      [peppercorn(["check", "group:eng#", "view", "document:plan", ...to(server)]), /not `group:eng#`/],
      [peppercorn(["check", "user:alice", "view", "document:plan#view", ...to(server)]), /a resource has no relation/],
      [ask([...address, "--token", "key\n"]), /^error: the token has characters that no header can have.*\n  help: .*\n$/],
      [ask(["--endpoint", `http://${server.endpoint}`, "--insecure", "--token", KEY]), /`--endpoint` is the server's gRPC address as HOST:PORT/],
      [ask(["--endpoint", "", "--insecure", "--token", KEY]), /`--endpoint` is the server's gRPC address as HOST:PORT/],
      [peppercorn(["import", ...to(server)]), /there is no FILE to import/],
      [peppercorn(["import", "x.yaml"]), /`import` needs `--endpoint`/],
    ]) {
      assert.match(stderr, message);
      assert.equal(stdout, "");
      assert.equal(status, 2);
    }
    assert.equal(ask(address, { PEPPERCORN_TOKEN: KEY }).status, 0, "the token from the environment");
  });
});
