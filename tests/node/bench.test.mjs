// The benchmark: a wrong answer fails it, and other data sets can be measured.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { folder, node, path } from "./support.mjs";

const SCHEMA = "definition user {}\ndefinition document {\n  relation viewer: user\n  permission view = viewer\n}\n";
const question = (user, expect) => ({ resource: "document:readme", permission: "view", subject: `user:${user}`, expect });

/** Measures W1 on a data set of one relationship, with these questions. */
function measured(context, queries) {
  const data = folder(context);
  writeFileSync(join(data, "W1.zed"), SCHEMA);
  writeFileSync(join(data, "W1.rels"), "document:readme#viewer@user:alice\n");
  writeFileSync(join(data, "W1.queries.json"), JSON.stringify(queries));
  const out = join(data, "results.json");
  const ran = node([path("benches/node/run.mjs"), "--quick", "--only", "W1", "--data", data, "--out", out]);
  return { ...ran, results: JSON.parse(readFileSync(out, "utf8")) };
}

describe("the benchmark", () => {
  test("prints and writes a row for each list of questions", (context) => {
    const { status, stdout, stderr, results } = measured(context, { allow: [question("alice", true)], deny: [question("bob", false)] });
    assert.equal(stderr, "");
    assert.equal(status, 0);
    assert.match(stdout, /W1 direct check, allow +[\d.]+ µs/);
    assert.match(stdout, /W1 direct check, deny +[\d.]+ µs/);
    for (const key of ["W1.allow", "W1.deny"]) {
      const { figures } = results.rows.find((row) => row.key === key);
      assert.ok(figures.median > 0 && figures.least <= figures.median && figures.median <= figures.p99, key);
      assert.ok(figures.perSecond > 0 && figures.memory > 0, key);
    }
  });

  test("fails on a wrong answer, names the question, and gives no figure for it", (context) => {
    const { status, stderr, results } = measured(context, { allow: [question("alice", true), question("bob", true)], deny: [] });
    assert.equal(status, 1);
    assert.match(stderr, /W1: 1 of 2 answers are wrong: .*user:bob/);
    assert.ok(!results.rows.some((row) => row.key === "W1.allow"));
  });

  test("says what it cannot find", () => {
    for (const [words, message] of [
      [["--data", "no-such-folder"], /there is no folder .*no-such-folder/],
      [["--only", "W99"], /there is no workload `W99`/],
      [["--pkg", path("docs")], /holds no built package/],
    ]) {
      const { status, stderr } = node([path("benches/node/run.mjs"), "--only", "W1", ...words]);
      assert.equal(status, 2);
      assert.match(stderr, message);
    }
  });
});
