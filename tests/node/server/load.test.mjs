// A few seconds of the load of tests/load: what it judges is judged here too, but for memory, which takes longer to show.

import assert from "node:assert/strict";
import { test } from "node:test";
import { node, path } from "../support.mjs";

test("checks, lookups and writes at once, with watchers who miss nothing", { timeout: 120_000 }, () => {
  const { status, stdout, stderr } = node([path("tests/load/run.mjs"), "--seconds", "3"]);
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  const [, written, events] = /100 watchers, (\d+) writes, (\d+) events told, 0 failures/.exec(stdout) ?? assert.fail(stdout);
  assert.ok(Number(written) > 0);
  assert.equal(Number(events), 100 * Number(written));
});
