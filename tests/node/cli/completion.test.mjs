// `peppercorn completion`, by the shells that are there.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { files, peppercorn } from "./commands.mjs";

const has = (shell) => spawnSync(shell, ["--version"]).status === 0;
const without = (shell) => ({ skip: has(shell) ? false : `${shell} is not there` });

function script(t, shell) {
  const { status, stdout, stderr } = peppercorn(["completion", shell]);
  assert.equal(status, 0, stderr);
  const at = files(t, {});
  writeFileSync(at("script"), stdout);
  return { text: stdout, file: at("script") };
}

/** What bash offers after these words. */
function offered(file, ...words) {
  const code = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _peppercorn; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", code, "bash", file, "peppercorn", ...words], { encoding: "utf8" });
  assert.equal(stderr, "");
  assert.equal(status, 0);
  return stdout.trim().split("\n");
}

test("bash", without("bash"), (t) => {
  const { file } = script(t, "bash");
  assert.deepEqual(spawnSync("bash", ["-n", file], { encoding: "utf8" }).stderr, "");
  assert.deepEqual(offered(file, "loo"), ["lookup-resources", "lookup-subjects"]);
  assert.deepEqual(offered(file, "lookup-subjects", "--no"), ["--now", "--no-wildcards"]);
  assert.deepEqual(offered(file, "check", "--tr"), ["--trace"]);
  assert.deepEqual(offered(file, "types", "--"), ["--out", "--check", "--name", "--json", "--help"]);
  assert.deepEqual(offered(file, "completion", ""), ["bash", "zsh", "fish"]);
  assert.deepEqual(offered(file, "validate", ""), [""], "files are bash's own to offer");
});

test("bash as old as that of macOS", (t) => assert.ok(!/mapfile|readarray/.test(script(t, "bash").text)));

test("zsh", without("zsh"), (t) => {
  assert.deepEqual(spawnSync("zsh", ["-n", script(t, "zsh").file], { encoding: "utf8" }).stderr, "");
});

test("fish", without("fish"), (t) => {
  assert.deepEqual(spawnSync("fish", ["-n", script(t, "fish").file], { encoding: "utf8" }).stderr, "");
});

test("every shell is offered every command and its options", (t) => {
  const commands = ["validate", "fmt", "check", "lookup-resources", "lookup-subjects", "expand", "diff", "types", "serve", "import", "export", "completion"];
  for (const shell of ["bash", "zsh", "fish"]) {
    const { text } = script(t, shell);
    for (const command of commands) assert.match(text, new RegExp(`\\b${command}\\b`), `${shell}: ${command}`);
    for (const option of ["endpoint", "no-schema", "tls-cert"]) assert.ok(text.includes(option), `${shell}: ${option}`);
  }
});

test("another shell is refused", () => {
  const { status, stderr } = peppercorn(["completion", "csh"]);
  assert.match(stderr, /the shells are `bash`, `zsh`, `fish`, not `csh`/);
  assert.equal(status, 2);
});
