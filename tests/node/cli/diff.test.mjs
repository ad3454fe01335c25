// `peppercorn diff`.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { filesIn, path } from "../support.mjs";
import { FILES, RELATIONSHIPS, SCHEMA, files, json, peppercorn } from "./commands.mjs";

const CHANGED = SCHEMA.replace("user | user:* | user with during_office_hours | group#member", "user | user with during_office_hours | group#member")
  .replace("permission edit = editor", "permission edit = editor + viewer\n  permission share = edit")
  .replace("hour < 17", "hour < 18")
  .replace("/** A text that people share. */", "")
  .replace("definition user {}", "definition user {}\n\ndefinition folder {}");

test("SpiceDB's words, each with what it is about", (t) => {
  const at = files(t, { "old.zed": SCHEMA, "new.zed": CHANGED });
  const { status, stdout } = peppercorn(["diff", at("old.zed"), at("new.zed")]);
  assert.deepEqual(stdout.trimEnd().split("\n").sort(), [
    "+ definition added  folder",
    "+ permission added  document#share",
    "- relation subject type removed  document#viewer: user:*",
    "~ caveat expr changed  during_office_hours",
    "~ definition doc comment changed  document",
    "~ permission expr changed  document#edit",
  ].sort());
  assert.equal(status, 1);
  const { value } = json(["diff", at("old.zed"), at("new.zed")]);
  assert.deepEqual(value, new Peppercorn({ schema: SCHEMA }).planSchema(CHANGED));
});

test("nothing different: nothing said, 0", (t) => {
  const at = files(t, { "old.zed": SCHEMA, "new.zed": SCHEMA.replaceAll("  ", "\t") });
  assert.deepEqual(peppercorn(["diff", at("old.zed"), at("new.zed")]), { status: 0, stdout: "", stderr: "" });
  assert.deepEqual(json(["diff", at("old.zed"), at("new.zed")]).value, { diffs: [], refusals: [] });
});

describe("with relationships: which of them stand against it", () => {
  const refused = (words) => {
    const { status, stdout } = peppercorn(words);
    assert.match(stdout, /^- relation subject type removed {2}document#viewer: user:\*$/m);
    assert.match(stdout, /^! refused {2}.*`user:\*`.*`document:readme#viewer@user:\*`.* \(1 relationship\)$/m);
    assert.equal(status, 3);
  };

  test("of a validation file, a saved engine, a file of their own", (t) => {
    const at = files(t, { ...FILES, "new.zed": CHANGED });
    writeFileSync(at("saved.bin"), new Peppercorn({ schema: SCHEMA, relationships: RELATIONSHIPS }).save());
    refused(["diff", at("data.yaml"), at("new.zed")]);
    refused(["diff", at("saved.bin"), at("new.zed")]);
    refused(["diff", at("schema.zed"), at("new.zed"), "--relationships", at("rows.txt")]);
  });

  test("none does", (t) => {
    const at = files(t, { ...FILES, "new.zed": SCHEMA.replace("definition user {}", "definition user {}\ndefinition robot {}") });
    assert.equal(peppercorn(["diff", at("data.yaml"), at("new.zed")]).status, 1);
  });
});

test("a file that cannot be used says where, on either side", (t) => {
  const at = files(t, { ...FILES, "bad.zed": `${SCHEMA}definition document {}\n` });
  for (const words of [[at("bad.zed"), at("schema.zed")], [at("schema.zed"), at("bad.zed")]]) {
    const { status, stdout, stderr } = peppercorn(["diff", ...words]);
    assert.match(stderr, /bad\.zed:\d+:\d+ {2}error /);
    assert.equal(stdout, "");
    assert.equal(status, 2);
  }
  const { status, stderr } = peppercorn(["diff", at("data.yaml"), at("schema.zed"), "-r", at("rows.txt")]);
  assert.match(stderr, /a validation file has its own/);
  assert.equal(status, 2);
});

describe("the corpus of schema changes", () => {
  for (const file of filesIn("tests/corpus/schema-changes", ".json")) {
    test(file, (t) => {
      const cases = JSON.parse(readFileSync(path(file), "utf8"));
      // One of each kind of answer: a process is started for each.
      const kinds = new Map(cases.map((one) => [one.spicedb.slice(0, 8), one]));
      assert.ok(kinds.size > 1, "changes that are refused, and others");
      for (const { name, old, relationships = [], new: after } of kinds.values()) {
        const at = files(t, { "old.zed": old, "rows.txt": relationships.join("\n"), "new.zed": after });
        const { status, value } = json(["diff", at("old.zed"), at("new.zed"), "-r", at("rows.txt")]);
        let plan;
        try {
          plan = new Peppercorn({ schema: old, relationships }).planSchema(after);
        } catch (error) {
          assert.equal(status, 2, name);
          assert.ok(error.diagnostics.length > 0 && value.error.diagnostics.length > 0, name);
          continue;
        }
        assert.deepEqual(value, plan, name);
        assert.equal(status, plan.refusals.length > 0 ? 3 : plan.diffs.length > 0 ? 1 : 0, name);
      }
    });
  }
});
