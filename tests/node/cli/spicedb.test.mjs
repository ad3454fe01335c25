// The command line asks a real SpiceDB, and gets of it what it gets of its own files.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { path } from "../support.mjs";
import { VALIDATION, files, peppercorn } from "./commands.mjs";

describe("a real SpiceDB", () => {
  let server;
  let options;

  before(async () => {
    server = spawn(process.execPath, [path("tests/clients/spicedb.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
    const [port] = await new Promise((resolve, reject) => server.once("exit", reject).stdout.once("data", (data) => resolve(String(data).split("\n"))));
    options = ["--endpoint", `127.0.0.1:${port}`, "--insecure", "--token", "key"];
  });

  after(() => server.stdin.end());

  test("takes a file, answers as the file does, and refuses as it refuses", (t) => {
    // SpiceDB finds these twice, once on a condition.
    const twice = ["document:old#viewer@user:eve[during_office_hours]", "document:old#editor@user:eve", "document:a#viewer@user:*", "document:b#viewer@user:eve[during_office_hours]"];
    const file = files(t, { "data.yaml": `${VALIDATION}${twice.map((row) => `  ${row}\n`).join("")}` })("data.yaml");
    const imported = peppercorn(["import", file, "--touch", ...options]);
    assert.equal(imported.status, 0, imported.stderr);
    const questions = [
      ["check", "user:alice", "view", "document:plan"],
      ["check", "user:dora", "view", "document:readme"],
      ["check", "user:bob", "view", "document:plan", "--context", '{"hour": 10}'],
      ["lookup-resources", "user:alice", "view", "document"],
      ["lookup-resources", "user:eve", "view", "document"],
      ["lookup-subjects", "document:readme", "view", "user"],
      ["lookup-subjects", "document:plan", "edit", "user", "--json"],
      ["expand", "edit", "document:plan"],
      ["check", "user:alice", "veiw", "document:plan"],
      ["lookup-resources", "user:alice", "view", "documnt"],
    ];
    for (const question of questions) {
      const here = peppercorn([...question, "--file", file]);
      const there = peppercorn([...question, ...options]);
      // Function calls of the embedded build say no reason, and SpiceDB suggests no names.
      const plain = ({ stderr, ...rest }) => ({ ...rest, stderr: stderr.replace(/ \([A-Z_]+\)\n$/, "\n").replace(/ \(did you mean .*\)/, "") });
      assert.deepEqual(plain(there), plain(here), question.join(" "));
    }
    // What is missing is all that a server says of a condition.
    const depends = peppercorn(["check", "user:bob", "view", "document:plan", ...options]);
    assert.equal(depends.stdout, "it depends  document:plan#view@user:bob  (missing hour)\n");
    assert.equal(depends.status, 3);
  });
});
