// The command line: lines, JSON and exit statuses.

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { SCHEMA, folder, peppercorn } from "./support.mjs";

const indented = SCHEMA.trim().replaceAll(/^/gm, "  ");
const yaml = (assertTrue, assertFalse = "document:1#view@user:nobody") => `schema: |-
${indented}
relationships: |-
  document:1#owner@user:alice
assertions:
  assertTrue:
    - "${assertTrue}"
  assertFalse:
    - "${assertFalse}"
`;
const PASSING = yaml("document:1#view@user:alice");
const FAILING = yaml("document:1#view@user:bob");

/** Writes the files into a new folder and gives a function from their names to their paths. */
function files(t, contents) {
  const made = folder(t);
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(join(made, name, ".."), { recursive: true });
    writeFileSync(join(made, name), content);
  }
  return (name) => join(made, name);
}

describe("validate", () => {
  test("all passed: one line, exit 0", (t) => {
    const at = files(t, { "good.yaml": PASSING });
    const { status, stdout, stderr } = peppercorn("validate", at("good.yaml"));
    assert.equal(stdout, `ok    ${at("good.yaml")}  2 assertions\n`);
    assert.equal(stderr, "");
    assert.equal(status, 0);
  });

  test("a failure: the place, what was expected and found, exit 1", (t) => {
    const at = files(t, { "bad.yaml": FAILING });
    const { status, stdout } = peppercorn("validate", at("bad.yaml"));
    const line = FAILING.split("\n").findIndex((text) => text.includes("user:bob")) + 1;
    assert.match(stdout, /^FAIL {2}.*bad\.yaml {2}1 failure in 2 assertions\n/);
    assert.ok(stdout.includes(`${at("bad.yaml")}:${line}:`), stdout);
    assert.match(stdout, /document:1#view@user:bob/);
    assert.match(stdout, /expected HAS_PERMISSION, found NO_PERMISSION/);
    assert.equal(status, 1);
  });

  test("unusable input: exit 2, which wins, and the other files are still run", (t) => {
    const at = files(t, { "good.yaml": PASSING, "bad.yaml": FAILING, "broken.yaml": "schema: [", "list.yaml": "- 1\n" });
    const given = ["broken.yaml", "bad.yaml", "list.yaml", "missing.yaml", "good.yaml"].map(at);
    const { status, stdout, stderr } = peppercorn("validate", ...given);
    const lines = stdout.split("\n").filter((line) => /^(ok|FAIL|ERROR) /.test(line));
    assert.deepEqual(lines.map((line) => line.split(/\s+/).slice(0, 2)), [
      ["ERROR", given[0]],
      ["FAIL", given[1]],
      ["ERROR", given[2]],
      ["ERROR", given[3]],
      ["ok", given[4]],
    ]);
    assert.equal(stderr, "5 files: 1 passed, 1 failed, 3 unusable\n");
    assert.equal(status, 2);
  });

  test("--json: an array of the reports", (t) => {
    const at = files(t, { "good.yaml": PASSING, "bad.yaml": FAILING });
    const { status, stdout } = peppercorn("validate", "--json", at("good.yaml"), at("bad.yaml"), at("missing.yaml"));
    const [good, bad, missing] = JSON.parse(stdout);
    assert.deepEqual(good, { file: at("good.yaml"), status: "passed", assertions: 2, expectedRelations: 0, failures: [], diagnostics: [] });
    assert.equal(bad.status, "failed");
    const [failure] = bad.failures;
    assert.equal(failure.code, "validation/assertion-failed");
    assert.equal(failure.assertion, "document:1#view@user:bob");
    assert.deepEqual([failure.expected, failure.found], ["HAS_PERMISSION", "NO_PERMISSION"]);
    assert.equal(typeof failure.line, "number");
    assert.equal(missing.status, "unusable");
    assert.equal(missing.diagnostics[0].code, "file/unreadable");
    assert.equal(status, 2);
  });

  describe("expected relations", () => {
    const RIGHT = `${PASSING}validation:\n  document:1#view:\n    - "[user:alice] is <document:1#owner>"\n`;
    const WRONG = RIGHT.replace("user:alice] is", "user:bob] is");

    test("that hold are counted", (t) => {
      const at = files(t, { "right.yaml": RIGHT });
      const { status, stdout } = peppercorn("validate", at("right.yaml"));
      assert.equal(stdout, `ok    ${at("right.yaml")}  2 assertions, 1 expected relation\n`);
      assert.equal(status, 0);
    });

    test("that do not are shown like assertions, each at its place", (t) => {
      const at = files(t, { "wrong.yaml": WRONG });
      const { status, stdout } = peppercorn("validate", at("wrong.yaml"));
      const line = WRONG.split("\n").findIndex((text) => text.includes("user:bob] is")) + 1;
      assert.match(stdout, /^FAIL .*wrong\.yaml {2}2 failures in 2 assertions, 1 expected relation\n/);
      assert.ok(stdout.includes(`wrong.yaml:${line}:7  [user:bob] is <document:1#owner>\n    validation/expected-relation-missing: `), stdout);
      assert.ok(stdout.includes(`wrong.yaml:${line - 1}:3  document:1#view\n    validation/expected-relation-extra: `), stdout);
      assert.equal(status, 1);
      const [report] = JSON.parse(peppercorn("validate", "--json", at("wrong.yaml")).stdout);
      assert.deepEqual([report.status, report.assertions, report.expectedRelations, report.failures.length], ["failed", 2, 1, 2]);
      assert.equal(readFileSync(at("wrong.yaml"), "utf8"), WRONG, "nothing is written unasked");
    });

    test("are written anew with --update, and nothing else in the file", (t) => {
      const at = files(t, { "wrong.yaml": WRONG, "none.yaml": PASSING, "failing.yaml": FAILING, "broken.yaml": "schema: [" });
      const { status, stdout } = peppercorn("validate", "--update", "--json", ...["wrong.yaml", "none.yaml", "failing.yaml", "broken.yaml"].map(at));
      assert.deepEqual(JSON.parse(stdout).map((report) => [report.status, report.expectedRelations]), [["passed", 1], ["passed", 2], ["failed", 2], ["unusable", 0]]);
      assert.equal(status, 2);
      assert.equal(readFileSync(at("wrong.yaml"), "utf8"), RIGHT);
      assert.ok(readFileSync(at("none.yaml"), "utf8").startsWith(`${PASSING}validation:\n`));
      assert.equal(readFileSync(at("broken.yaml"), "utf8"), "schema: [");
    });

    test("that have no answer are left as they are", (t) => {
      const unknown = RIGHT.replace("document:1#view:", "document:1#destroy:");
      const at = files(t, { "unknown.yaml": unknown });
      const { status, stdout } = peppercorn("validate", "--update", at("unknown.yaml"));
      assert.equal(status, 1);
      assert.match(stdout, /destroy/);
      assert.equal(readFileSync(at("unknown.yaml"), "utf8"), unknown);
    });
  });

  test("warnings are counted, and shown where they are asked for", (t) => {
    const at = files(t, { "doubtful.yaml": PASSING.replace("permission edit = owner", "permission edit = owner + viewer - banned") });
    assert.match(peppercorn("validate", at("doubtful.yaml")).stdout, /^ok .* {2}2 assertions, 1 warning\n$/);
    const { status, stdout } = peppercorn("validate", "--warnings", at("doubtful.yaml"));
    assert.match(stdout, /doubtful\.yaml:\d+:\d+ {2}warning lint\/mixed-operators-without-parentheses: /);
    assert.equal(status, 0);
  });

  test("a schema file is found beside the file that names it, wherever the command runs", (t) => {
    const at = files(t, { "deep/down/workspace.yaml": PASSING.replace(/schema: \|-\n(?: {2}.*\n|\n)*/, "schemaFile: ./parts/schema.zed\n"), "deep/down/parts/schema.zed": SCHEMA });
    const { status, stdout } = peppercorn("validate", at("deep/down/workspace.yaml"));
    assert.equal(status, 0, stdout);
  });

  test("a schema file that is not there is an error with its place", (t) => {
    const at = files(t, { "lost.yaml": 'schemaFile: "./lost.zed"\n' });
    const { status, stdout } = peppercorn("validate", at("lost.yaml"));
    assert.match(stdout, /lost\.yaml:1:\d+ {2}error validation\/schema-file: /);
    assert.equal(status, 2);
  });
});

describe("fmt", () => {
  const UGLY = "definition   user{}\ndefinition document {\nrelation owner:user\n}";

  test("formats in place, and a second time changes nothing", (t) => {
    const at = files(t, { "schema.zed": UGLY });
    assert.deepEqual(peppercorn("fmt", "--check", at("schema.zed")), { status: 1, stdout: `differs ${at("schema.zed")}\n`, stderr: "" });
    assert.equal(readFileSync(at("schema.zed"), "utf8"), UGLY);
    assert.deepEqual(peppercorn("fmt", at("schema.zed")), { status: 0, stdout: `changed ${at("schema.zed")}\n`, stderr: "" });
    assert.equal(readFileSync(at("schema.zed"), "utf8"), "definition user {}\n\ndefinition document {\n\trelation owner: user\n}\n");
    assert.deepEqual(peppercorn("fmt", "--check", at("schema.zed")), { status: 0, stdout: `ok      ${at("schema.zed")}\n`, stderr: "" });
  });

  test("what cannot be used stays as it is: exit 2", (t) => {
    const at = files(t, { "broken.zed": "definition {", "latin1.zed": Buffer.from([0x2f, 0x2f, 0xe9]), "ugly.zed": UGLY });
    const { status, stderr } = peppercorn("fmt", at("broken.zed"), at("latin1.zed"), at("missing.zed"), at("ugly.zed"));
    assert.equal(status, 2);
    assert.match(stderr, /broken\.zed:1:12 {2}error syntax\//);
    assert.match(stderr, /latin1\.zed\n {2}is not UTF-8/);
    assert.match(stderr, /missing\.zed\n {2}cannot be read: there is no such file/);
    assert.equal(readFileSync(at("broken.zed"), "utf8"), "definition {");
    assert.notEqual(readFileSync(at("ugly.zed"), "utf8"), UGLY);
  });

  test("a file that cannot be written is said so", { skip: process.getuid?.() === 0 ? "root may write anywhere" : false }, (t) => {
    const at = files(t, { "schema.zed": UGLY });
    chmodSync(at("schema.zed"), 0o444);
    const { status, stderr } = peppercorn("fmt", at("schema.zed"));
    assert.match(stderr, /cannot be written: permission denied/);
    assert.equal(status, 2);
  });
});

describe("the command itself", () => {
  test("--help and --version", () => {
    assert.match(peppercorn("--help").stdout, /validate FILE\.\.\. /);
    assert.equal(peppercorn("validate", "--help").status, 0);
    assert.match(peppercorn("--version").stdout, /^\d+\.\d+\.\d+\n$/);
  });

  for (const words of [[], ["--"], ["validate"], ["fmt"], ["frobnicate"], ["validate", "--frobnicate", "x.yaml"], ["--frobnicate"]]) {
    test(`\`peppercorn ${words.join(" ")}\` is explained on standard error: exit 2`, () => {
      const { status, stdout, stderr } = peppercorn(...words);
      assert.match(stderr, /^error: /);
      assert.equal(stdout, "");
      assert.equal(status, 2);
    });
  }
});
