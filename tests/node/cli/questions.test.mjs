// `check`, `lookup-resources`, `lookup-subjects`, `expand`.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { FILES, RELATIONSHIPS, SCHEMA, VALIDATION, files, json, peppercorn } from "./commands.mjs";

describe("check", () => {
  test("a yes, a no, and what depends: each its line and status", (t) => {
    const data = ["--file", files(t)("data.yaml")];
    assert.deepEqual(peppercorn(["check", "user:alice", "view", "document:plan", ...data]), { status: 0, stdout: "yes  document:plan#view@user:alice\n", stderr: "" });
    assert.deepEqual(peppercorn(["check", "user:dora", "view", "document:readme", ...data]), { status: 1, stdout: "no  document:readme#view@user:dora\n", stderr: "" });
    const { status, stdout } = peppercorn(["check", "user:bob", "view", "document:plan", ...data]);
    assert.equal(stdout, "it depends  document:plan#view@user:bob  (missing hour: hour >= 9 && hour < 17)\n");
    assert.equal(status, 3, "what depends is no yes");
  });

  test("as one text, and with context", (t) => {
    const data = ["-f", files(t)("data.yaml")];
    const question = "document:plan#view@user:bob";
    assert.equal(peppercorn(["check", question, ...data, "--context", '{"hour": 10}']).status, 0);
    assert.equal(peppercorn(["check", question, ...data, "-c", '{"hour": 20}']).status, 1);
    assert.equal(peppercorn(["check", "document:plan#view@group:eng#member", ...data]).status, 0);
  });

  test("--json", (t) => {
    const data = ["-f", files(t)("data.yaml")];
    const question = { subject: "user:alice", permission: "edit", resource: "document:plan" };
    assert.deepEqual(json(["check", "user:alice", "edit", "document:plan", ...data]), { status: 0, value: { ...question, permissionship: "HAS_PERMISSION" }, stderr: "" });
    const { value, status } = json(["check", "user:bob", "view", "document:plan", ...data, "--trace"]);
    assert.equal(status, 3);
    assert.deepEqual(value.partialCaveatInfo, { missingRequiredContext: ["hour"], residual: "hour >= 9 && hour < 17" });
    assert.equal(value.trace.check.resource, "document:plan");
    assert.equal(value.trace.check.result, "CONDITIONAL_PERMISSION");
  });

  test("--trace and --explain draw why", (t) => {
    const data = ["-f", files(t)("data.yaml")];
    const explained = peppercorn(["check", "user:carol", "view", "document:plan", ...data, "--explain"]);
    assert.equal(explained.status, 0);
    assert.match(explained.stdout, /^yes .*\n\nuser:carol\n✓ document:plan#view\n/);
    assert.match(explained.stdout, /group:eng#member/);
    assert.equal(peppercorn(["check", "user:carol", "view", "document:plan", ...data, "--trace"]).stdout, explained.stdout);
  });

  test("--now says when", (t) => {
    const at = files(t, { ...FILES, "rows.txt": `${RELATIONSHIPS}document:plan#editor@user:eve[expiration:2030-01-01T00:00:00Z]\n` });
    const question = ["check", "user:eve", "edit", "document:plan", "-s", at("schema.zed"), "-r", at("rows.txt"), "--now"];
    assert.equal(peppercorn([...question, "2029-12-31T23:59:59Z"]).status, 0);
    assert.equal(peppercorn([...question, "2030-01-01T00:00:01Z"]).status, 1);
    assert.equal(peppercorn([...question, String(Date.parse("2029-01-01T00:00:00Z"))]).status, 0);
    const { status, stderr } = peppercorn([...question, "yesterday"]);
    assert.equal(status, 2);
    assert.match(stderr, /RFC 3339/);
  });

  test("the same of a schema file with relationships, and of a saved engine", (t) => {
    const at = files(t);
    writeFileSync(at("saved.bin"), new Peppercorn({ schema: SCHEMA, relationships: RELATIONSHIPS }).save());
    for (const data of [["-s", at("schema.zed"), "-r", at("rows.txt")], ["-d", at("saved.bin")]]) {
      assert.equal(peppercorn(["check", "user:carol", "view", "document:plan", ...data]).status, 0);
      assert.equal(peppercorn(["check", "user:dora", "view", "document:readme", ...data]).status, 1);
    }
    assert.equal(peppercorn(["check", "user:carol", "view", "document:plan", "-s", at("schema.zed")]).status, 1, "no relationships, nobody may");
  });

  test("a schema that imports", (t) => {
    const at = files(t, { "main.zed": 'use import\nimport "parts/users.zed"\ndefinition document { relation viewer: user; }\n', "parts/users.zed": "definition user {}\n", "rows.txt": "document:a#viewer@user:b" });
    assert.equal(peppercorn(["check", "user:b", "viewer", "document:a", "-s", at("main.zed"), "-r", at("rows.txt")]).status, 0);
  });
});

describe("what cannot be answered is an error, never a no", () => {
  const refusals = [
    ["an unknown permission", ["user:alice", "veiw", "document:plan"], /`veiw` not found.* \(UNKNOWN_RELATION_OR_PERMISSION\)/, "UNKNOWN_RELATION_OR_PERMISSION"],
    ["an unknown type", ["usr:alice", "view", "document:plan"], /`usr` not found/, "UNKNOWN_DEFINITION"],
    ["no question", ["user:alice", "view"], /a question is SUBJECT PERMISSION RESOURCE/, "usage"],
    ["no reference", ["alice"], /a question is SUBJECT PERMISSION RESOURCE/, "usage"],
    ["context that is no JSON", ["document:plan#view@user:bob", "--context", "{hour: 1}"], /`--context` is no JSON/, "usage"],
    ["context that is no object", ["document:plan#view@user:bob", "--context", "[1]"], /must be a JSON object/, "usage"],
    ["a number that would be rounded", ["document:plan#view@user:bob", "--context", '{"hour": 9007199254740993}'], /too large to be exact/, "usage"],
    ["context of the wrong type", ["document:plan#view@user:bob", "--context", '{"hour": true}'], /`hour`/, "CAVEAT_PARAMETER_TYPE_ERROR"],
  ];
  for (const [name, words, message, code] of refusals) {
    test(name, (t) => {
      const { status, value, stderr } = json(["check", ...words, "-f", files(t)("data.yaml")]);
      assert.match(stderr, message);
      assert.equal(value.error.code, code);
      assert.equal(status, 2);
    });
  }

  test("files that cannot be used: the place of every problem", (t) => {
    const at = files(t, {
      ...FILES,
      "broken.yaml": VALIDATION.replace("relation banned: user", "relation banned: usr"),
      "broken.zed": SCHEMA.replace("definition user {}", "definition user {").replace("hour < 17", "hour < hours"),
      "bad.txt": `${RELATIONSHIPS}document:plan#nope@user:a\ndocument:plan#editor@usr:a\n`,
      "saved.bin": "not saved",
      "main.zed": 'use import\nimport "part.zed"\n',
      "part.zed": "definition thing { relation a_b: nobody; }\n",
    });
    const ask = (...data) => json(["check", "user:alice", "view", "document:plan", ...data]);
    const yaml = ask("-f", at("broken.yaml"));
    assert.equal(yaml.status, 2);
    assert.ok(yaml.stderr.includes(`${at("broken.yaml")}:${VALIDATION.split("\n").findIndex((line) => line.includes("relation banned")) + 1}:22  error types/`), yaml.stderr);
    const zed = ask("-s", at("broken.zed"));
    assert.ok(zed.stderr.includes(`${at("broken.zed")}:`) && !zed.stderr.includes("(schema)"), zed.stderr);
    const rows = ask("-s", at("schema.zed"), "-r", at("bad.txt"));
    assert.deepEqual(rows.value.error.diagnostics.map(({ line, code }) => [line, code]), [[7, "relationship/unknown-relation"], [8, "relationship/unknown-definition"]]);
    assert.ok(rows.stderr.includes(`${at("bad.txt")}:7:15  error relationship/unknown-relation: `), rows.stderr);
    assert.match(ask("-s", at("main.zed")).stderr, /part\.zed:1:34 {2}error types\//);
    assert.match(ask("-d", at("saved.bin")).stderr, /saved\.bin\n {2}.*saved/);
    assert.match(ask("-f", at("missing.yaml")).stderr, /missing\.yaml\n {2}cannot be read: there is no such file/);
    assert.match(ask("-s", at("schema.zed"), "-r", at("missing.txt")).stderr, /missing\.txt\n {2}cannot be read: there is no such file/);
  });

  test("data from nowhere, from two places, and options that belong elsewhere", (t) => {
    const at = files(t);
    const ask = (...words) => peppercorn(["check", "user:a", "view", "document:b", ...words]);
    for (const [words, message] of [
      [[], /nothing says where the data is/],
      [["-f", at("data.yaml"), "-s", at("schema.zed")], /`--file` and `--schema` cannot go together/],
      [["-f", at("data.yaml"), "-r", at("rows.txt")], /`--relationships` needs `--schema`/],
      [["-f", at("data.yaml"), "--token", "x"], /`--token` needs `--endpoint`/],
      [["--endpoint", "localhost:1"], /needs a token/],
    ]) {
      const { status, stdout, stderr } = ask(...words);
      assert.match(stderr, message);
      assert.equal(stdout, "");
      assert.equal(status, 2);
    }
  });
});

describe("lookups", () => {
  test("resources, a line each, conditions said", (t) => {
    const data = ["-f", files(t)("data.yaml")];
    assert.deepEqual(peppercorn(["lookup-resources", "user:bob", "view", "document", ...data]), { status: 0, stdout: "document:plan  it depends  (missing hour)\ndocument:readme\n", stderr: "" });
    assert.equal(peppercorn(["lookup-resources", "user:bob", "view", "document", ...data, "--context", '{"hour": 10}']).stdout, "document:plan\ndocument:readme\n");
    assert.deepEqual(peppercorn(["lookup-resources", "user:nobody", "edit", "document", ...data]), { status: 0, stdout: "", stderr: "" });
  });

  test("every set but some, by the names of sets, in a file with `zed`'s other ending", (t) => {
    const schema = "definition group {\n    relation viewer: group:*\n    relation banned: group#banned\n    permission view = viewer - banned\n  }";
    const at = files(t, { "sets.zaml": `schema: |-\n  ${schema}\nrelationships: |-\n  group:a#viewer@group:*\n  group:a#banned@group:b#banned\n` });
    assert.equal(peppercorn(["lookup-subjects", "group:a", "view", "group#banned", "-f", at("sets.zaml")]).stdout, "group:*#banned  but not group:a#banned, group:b#banned\n", "a set is in itself");
    assert.equal(peppercorn(["export", at("sets.zaml"), "--as", "relationships"]).stdout, "group:a#banned@group:b#banned\ngroup:a#viewer@group:*\n");
  });

  test("a set that is none is refused, rather than the set that it begins with asked for", (t) => {
    const data = ["-f", files(t)("data.yaml")];
    for (const wanted of ["group#member#nope", "group#", "#member"]) {
      const { status, stdout, stderr } = peppercorn(["lookup-subjects", "document:plan", "view", wanted, ...data]);
      assert.ok(stderr.includes(`not \`${wanted}\``), stderr);
      assert.equal(stdout, "");
      assert.equal(status, 2);
    }
  });

  test("page by page", (t) => {
    const data = ["-f", files(t)("data.yaml")];
    const question = ["lookup-resources", "user:alice", "view", "document", ...data, "--limit", "1"];
    const first = json(question);
    assert.deepEqual(first.value.results, [{ resourceObjectId: "plan", permissionship: "HAS_PERMISSION" }]);
    const second = json([...question, "--cursor", first.value.cursor]);
    assert.deepEqual(second.value, { results: [{ resourceObjectId: "readme", permissionship: "HAS_PERMISSION" }] });
    assert.match(peppercorn(question).stderr, /^there are more: --cursor \S+\n$/);
    for (const limit of ["0", "-1", "1.5", "many", "4294967296"]) {
      assert.match(peppercorn([...question.slice(0, -1), limit]).stderr, /`--limit` must be a whole number from 1/);
    }
    assert.equal(peppercorn([...question, "--cursor", "made-up"]).status, 2);
  });

  test("subjects, sets, and everyone but some", (t) => {
    const data = ["-f", files(t)("data.yaml")];
    assert.equal(peppercorn(["lookup-subjects", "document:plan", "view", "user", ...data]).stdout, "user:alice\nuser:bob  it depends  (missing hour)\nuser:carol\n");
    assert.equal(peppercorn(["lookup-subjects", "document:plan", "view", "group#member", ...data]).stdout, "group:eng#member\n");
    assert.equal(peppercorn(["lookup-subjects", "document:readme", "view", "user", ...data]).stdout, "user:*  but not user:dora\n");
    assert.equal(peppercorn(["lookup-subjects", "document:readme", "view", "user", ...data, "--no-wildcards"]).stdout, "");
    assert.deepEqual(json(["lookup-subjects", "document:readme", "view", "user", ...data]).value, {
      results: [{ subjectObjectId: "*", permissionship: "HAS_PERMISSION", excludedSubjects: [{ subjectObjectId: "dora", permissionship: "HAS_PERMISSION" }] }],
    });
  });
});

describe("expand", () => {
  test("a drawing", (t) => {
    const { status, stdout } = peppercorn(["expand", "view", "document:plan", "-f", files(t)("data.yaml")]);
    assert.equal(
      stdout,
      `document:plan#view  the first without the second
├── document:plan#view  any of
│   ├── document:plan#viewer
│   │   ├── user:bob  if during_office_hours
│   │   └── group:eng#member
│   └── document:plan#edit  any of
│       └── document:plan#editor
│           └── user:alice
└── document:plan#banned  nobody
`,
    );
    assert.equal(status, 0);
  });

  test("--json is the tree of the API", (t) => {
    const { value } = json(["expand", "edit", "document:plan", "-f", files(t)("data.yaml")]);
    const engine = new Peppercorn({ schema: SCHEMA, relationships: RELATIONSHIPS });
    assert.deepEqual(value, engine.expand("edit", "document:plan"));
  });

  test("as deep as the data is", (t) => {
    const schema = "definition user {}\ndefinition folder {\n  relation parent: folder\n  relation viewer: user\n  permission view = viewer + parent->view\n}\n";
    const rows = Array.from({ length: 2000 }, (_, place) => `folder:f${place}#parent@folder:f${place + 1}`).join("\n");
    const at = files(t, { "schema.zed": schema, "rows.txt": rows });
    const { status, stdout } = peppercorn(["expand", "view", "folder:f0", "-s", at("schema.zed"), "-r", at("rows.txt")]);
    assert.equal(status, 0);
    assert.match(stdout, /folder:f2000#view/);
  });
});

test("colours only on a terminal, or where they are forced", (t) => {
  const question = ["check", "user:alice", "view", "document:plan", "-f", files(t)("data.yaml")];
  assert.equal(peppercorn(question, { FORCE_COLOR: "1" }).stdout, "\u001b[32myes\u001b[0m  document:plan#view@user:alice\n");
  for (const env of [{}, { FORCE_COLOR: "0" }, { FORCE_COLOR: "1", NO_COLOR: "1" }]) {
    assert.equal(peppercorn(question, env).stdout, "yes  document:plan#view@user:alice\n");
  }
});

test("the examples of the help are commands that there are", () => {
  const help = (words) => peppercorn([...words, "--help"]).stdout;
  const commands = [...help([]).matchAll(/^ {2}([a-z-]+) +(?:[A-Z[]|serve )/gm)].map(([, name]) => name);
  assert.ok(commands.length >= 12, commands.join(" "));
  for (const command of commands.filter((name) => name !== "help")) {
    const text = help([command]);
    const options = new Set([...text.matchAll(/(?<=^ {2}|, )--?[a-z-]+/gm)].map(([flag]) => flag));
    const examples = [...text.matchAll(/^ {2}\$ (?:[A-Z_]+=\S+ )?peppercorn (.*)$/gm)].map(([, example]) => example);
    assert.ok(examples.length > 0, command);
    for (const example of examples) {
      assert.ok(example.startsWith(`${command} `) || example === command, example);
      for (const [flag] of example.matchAll(/(?<= )--?[a-z-]+/g)) assert.ok(options.has(flag), `${example}: ${flag}`);
    }
    assert.match(text, /Exit status:\n {2}0 {2}/);
  }
});
