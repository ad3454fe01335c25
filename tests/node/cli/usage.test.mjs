// Command lines that make no sense, and help.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { json, peppercorn } from "./commands.mjs";

describe("near names are suggested", () => {
  for (const [words, message] of [
    [["chekc"], "error: unknown command `chekc`\n  help: did you mean `check`?\n  help: `peppercorn --help` says how it is used\n"],
    [["lookup-resource"], "error: unknown command `lookup-resource`\n  help: did you mean `lookup-resources`?\n  help: `peppercorn --help` says how it is used\n"],
    [["check", "--contxt", "{}"], "error: unknown option `--contxt`\n  help: did you mean `--context`?\n  help: `peppercorn check --help` says how it is used\n"],
    [["help", "chekc"], "error: unknown command `chekc`\n  help: did you mean `check`?\n  help: `peppercorn --help` says how it is used\n"],
    [["frobnicate", "--help"], "error: unknown command `frobnicate`\n  help: `peppercorn --help` says how it is used\n"],
    [["frobnicate"], "error: unknown command `frobnicate`\n  help: `peppercorn --help` says how it is used\n"],
  ]) {
    test(words.join(" "), () => assert.deepEqual(peppercorn(words), { status: 2, stdout: "", stderr: message }));
  }
});

test("too few and too many arguments, and options without their values", () => {
  for (const [words, message] of [
    [["diff", "one.zed"], /^error: missing required argument `NEW`\n/],
    [["diff", "1", "2", "3"], /^error: too many arguments/],
    [["types"], /^error: missing required argument `SCHEMA`\n/],
    [["check", "a", "b", "c", "--file"], /^error: option `-f, --file <FILE>` argument missing\n/],
  ]) {
    const { status, stdout, stderr } = peppercorn(words);
    assert.match(stderr, message);
    assert.equal(stdout, "");
    assert.equal(status, 2);
  }
});

test("--json tells programs too", () => {
  assert.deepEqual(json(["diff", "one.zed"]).value, { error: { code: "usage", message: "missing required argument `NEW`", diagnostics: [] } });
});

test("help, on standard output: of all, and of each command by three ways", () => {
  const all = peppercorn(["--help"]);
  assert.equal(all.status, 0);
  assert.equal(all.stderr, "");
  assert.deepEqual(peppercorn(["help"]), all);
  assert.deepEqual(peppercorn(["help", "help"]), all);
  const one = peppercorn(["diff", "--help"]);
  assert.match(one.stdout, /^Usage: peppercorn diff OLD NEW \[options\]\n/);
  assert.deepEqual(peppercorn(["diff", "-h"]), one);
  assert.deepEqual(peppercorn(["help", "diff"]), one);
});
