// Node: as an ES module, through `require`, and bundled for it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answered } from "./installed.mjs";
import { EXPECTED } from "./apps/scenario.mjs";

describe("Node", () => {
  test("an ES module", async () => assert.deepEqual(await answered(process.execPath, "plain.mjs"), EXPECTED));
  test("through require, which gives the same copy", async () => assert.deepEqual(await answered(process.execPath, "common.cjs"), EXPECTED));
});
