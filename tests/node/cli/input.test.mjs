// What a command line is fed and what becomes of what it says: standard input, files as other systems write them, and outputs that break off.

import assert from "node:assert/strict";
import { existsSync, openSync } from "node:fs";
import { test } from "node:test";
import { path } from "../support.mjs";
import { FILES, RELATIONSHIPS, SCHEMA, VALIDATION, files, peppercorn } from "./commands.mjs";

const fed = (input, ...words) => peppercorn(words, {}, { input });
const QUESTION = ["check", "user:alice", "view", "document:plan"];

test("`-` is standard input", (t) => {
  const at = files(t);
  assert.equal(fed(VALIDATION, ...QUESTION, "--file", "-").stdout, "yes  document:plan#view@user:alice\n");
  assert.equal(fed(RELATIONSHIPS, ...QUESTION, "--schema", at("schema.zed"), "--relationships", "-").status, 0);
  assert.equal(fed("", ...QUESTION, "--schema", at("schema.zed"), "--relationships", "-").status, 1);
  assert.deepEqual(fed(VALIDATION, "validate", "-"), { status: 0, stdout: "ok    -  0 assertions\n", stderr: "" });
  // A schema and a validation file are told from each other without a name.
  assert.equal(fed(SCHEMA, "export", "-", "--as", "schema").stdout, SCHEMA);
  assert.equal(fed(VALIDATION, "export", "-", "--as", "schema").stdout, SCHEMA);
  assert.equal(fed(SCHEMA, "diff", "-", at("schema.zed")).status, 0);
  // The same text is not two things.
  const both = fed(SCHEMA, ...QUESTION, "--schema", "-", "--relationships", "-");
  assert.match(both.stderr, /-:1:1 {2}error relationship\/syntax/);
  assert.equal(both.status, 2);
});

test("`fmt -` prints what becomes of it", () => {
  const ugly = "definition   user{}";
  assert.deepEqual(fed(ugly, "fmt", "-"), { status: 0, stdout: "definition user {}\n", stderr: "" });
  assert.deepEqual(fed("definition user {}\n", "fmt", "-"), { status: 0, stdout: "definition user {}\n", stderr: "" });
  assert.deepEqual(fed(ugly, "fmt", "-", "--check"), { status: 1, stdout: "differs -\n", stderr: "" });
  const broken = fed("definition {", "fmt", "-");
  assert.match(broken.stderr, /-:1:12 {2}error syntax\//);
  assert.deepEqual([broken.stdout, broken.status], ["", 2]);
  assert.equal(fed(ugly, "fmt", "-", "--json").status, 2);
});

test("what cannot be written to is not updated", () => {
  const { status, stdout } = fed(VALIDATION, "validate", "--update", "-");
  assert.match(stdout, /standard input cannot be updated/);
  assert.equal(status, 2);
  assert.ok(!existsSync(path("-")));
});

test("`validate` takes schemas too, which assert nothing", (t) => {
  const at = files(t, {
    "good.zed": SCHEMA,
    "importing.zed": 'use import\nimport "parts/bad.zed"\n',
    "parts/bad.zed": "definition document { relation viewer: usr; }\n",
    "doubtful.zed": "definition user {}\ndefinition document {\n  relation viewer: user\n  permission view_document = viewer\n}\n",
    "bad.zed": "definition user {",
    "latin1.zed": Buffer.from([0x2f, 0x2f, 0xe9]),
  });
  assert.deepEqual(peppercorn(["validate", at("good.zed")]), { status: 0, stdout: `ok    ${at("good.zed")}  0 assertions\n`, stderr: "" });
  assert.equal(peppercorn(["validate", "--update", at("good.zed")]).status, 0);
  assert.match(peppercorn(["validate", "--warnings", at("doubtful.zed")]).stdout, /doubtful\.zed:4:\d+ {2}warning lint\//);
  for (const [file, message] of [["importing.zed", /parts\/bad\.zed:1:40 {2}error types\//], ["bad.zed", /\/bad\.zed:1:18 {2}error syntax\//], ["latin1.zed", /latin1\.zed:1:1 {2}error file\/encoding: is not UTF-8/]]) {
    const { status, stdout } = peppercorn(["validate", at(file)]);
    assert.match(stdout, message);
    assert.equal(status, 2);
  }
});

test("relationships as Windows writes them", (t) => {
  const at = files(t, { ...FILES, "rows.txt": `\ufeff${RELATIONSHIPS.replaceAll("\n", "\r\n")}` });
  assert.equal(peppercorn([...QUESTION, "-s", at("schema.zed"), "-r", at("rows.txt")]).status, 0);
});

test("an answer that cannot be written is no answer", { skip: existsSync("/dev/full") ? false : "there is no full disk" }, (t) => {
  const full = openSync("/dev/full", "w");
  const { status } = peppercorn([...QUESTION, "--file", files(t)("data.yaml")], {}, { stdio: ["ignore", full, "pipe"] });
  assert.equal(status, 2);
});
