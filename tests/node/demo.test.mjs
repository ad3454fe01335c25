// The example runs and tells the truth.

import assert from "node:assert/strict";
import { test } from "node:test";
import { node, path, reports } from "./support.mjs";

test("the demo runs, its assertions hold, and every part is shown", () => {
  const { status, stdout, stderr } = node([path("examples/workspace/demo.mjs")]);
  assert.equal(stderr, "");
  assert.equal(status, 0, stdout);
  assert.match(stdout, /(\d+) of \1 hold/);
  assert.match(stdout, /mallory +·····/);
  assert.match(stdout, /can\("user:stranger", "view", "document:handbook"\) +true/);
  assert.match(stdout, /can\("user:mallory", "view", "document:handbook"\) +false/);
  assert.match(stdout, /lookupSubjects.*\n +\* but .*mallory/);
  assert.match(stdout, /if address\.in_cidr\("10\.0\.0\.0\/8"\) +missing: address/);
  assert.match(stdout, /from 10\.1\.2\.3 +true\n +from 192\.0\.2\.1 +false/);
  assert.match(stdout, /✗ document:salaries#audit[^]*minus document:salaries#excluded/);
  assert.match(stdout, /HAS_PERMISSION at revision/);
  assert.match(stdout, /UNKNOWN_RELATION_OR_PERMISSION/);
  assert.match(stdout, /before +mina on logo-drafts: view true, edit true/);
  assert.match(stdout, /now +mina on logo-drafts: view false, edit false/);
  assert.match(stdout, /[\d,]+ checks a second/);
  assert.doesNotMatch(stdout, /\u001b/, "no colours where nobody is looking");
});

test("the demo's file passes as a validation file, with as many assertions", () => {
  const { all, status } = reports(["examples/workspace/workspace.yaml"]);
  assert.equal(status, 0);
  assert.ok(all[0].assertions >= 40);
});
