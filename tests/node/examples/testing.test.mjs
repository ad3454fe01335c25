// The example whose tests have a store each: run as a reader would, and broken on purpose, because its tests are what it shows.

import assert from "node:assert/strict";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folder, node, path } from "../support.mjs";

/** Runs the example's tests, after a change to its files. */
function tested(context, change = () => {}) {
  const place = folder(context);
  cpSync(path("examples/testing"), place, { recursive: true, filter: (file) => !file.includes("node_modules") });
  symlinkSync(path("tests/node_modules"), join(place, "node_modules"));
  change((file, from, to) => {
    const text = readFileSync(join(place, file), "utf8");
    assert.ok(text.includes(from), `${file} holds ${from}`);
    writeFileSync(join(place, file), text.replace(from, to));
  });
  const { scripts } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
  const [command, ...words] = scripts.test.split(" ");
  assert.equal(command, "node");
  // Without what the runner around this tells those it starts.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const files = words.flatMap((word) => (word.includes("*") ? ["test/documents.test.js", "test/time.test.js"] : [word]));
  const { status, stdout } = node([...files.slice(0, 1), "--test-reporter=tap", ...files.slice(1)], { cwd: place, env });
  return { status, passed: Number(/^# pass (\d+)$/m.exec(stdout)?.[1]), failed: Number(/^# fail (\d+)$/m.exec(stdout)?.[1]), stdout };
}

test("its tests pass", (context) => {
  const { status, passed, failed, stdout } = tested(context);
  assert.deepEqual({ status, passed, failed }, { status: 0, passed: 5, failed: 0 }, stdout);
});

for (const [what, file, from, to] of [
  ["taking a grant back does nothing", "documents.js", "RelationshipUpdate_Operation.DELETE", "RelationshipUpdate_Operation.TOUCH"],
  ["every answer is a yes", "documents.js", "permissionship === v1.CheckPermissionResponse_Permissionship.HAS_PERMISSION", "true"],
  ["nothing expires", "documents.js", "until !== undefined", "false"],
  ["tests share a store", "test/store.js", "randomUUID()", '"one"'],
]) {
  test(`its tests fail where ${what}`, (context) => {
    const { status, failed, stdout } = tested(context, (replace) => replace(file, from, to));
    assert.ok(status === 1 && failed > 0, stdout);
  });
}
