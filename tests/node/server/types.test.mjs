// The contracts of the server and the gateway hold for a user's compiler.

import assert from "node:assert/strict";
import { test } from "node:test";
import { node, path } from "../support.mjs";

test("what makes sense compiles, and what does not does not", () => {
  const { status, stdout } = node([path("tests/node_modules/typescript/bin/tsc"), "--project", path("tests/types/server")]);
  assert.equal(stdout, "");
  assert.equal(status, 0);
});
