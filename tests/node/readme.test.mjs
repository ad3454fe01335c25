// What the package's README says is so.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Peppercorn, PeppercornError } from "peppercorn";
import { path } from "./support.mjs";

const readme = readFileSync(path("pkg/README.md"), "utf8");
const blocks = Array.from(readme.matchAll(/^```js\n(.*?)^```/gms), ([, code]) => code.replaceAll(/^import .*$/gm, ""));

const AsyncFunction = (async () => {}).constructor;

test("the examples run, and give what stands beside them", async () => {
  let told = 0;
  const code = blocks.join("\n").replaceAll(/^(\S.*\)); \/\/ (?:still )?(true|false)\b.*$/gm, (_, asked, expected) => {
    told += 1;
    return `assert.equal(${asked}, ${expected}, ${JSON.stringify(asked)});`;
  });
  const logged = [];
  const run = new AsyncFunction("Peppercorn", "PeppercornError", "assert", "console", `${code}\nreturn { result, permissionship };`);
  const { result, permissionship } = await run(Peppercorn, PeppercornError, assert, { log: (...values) => logged.push(values) });
  assert.ok(told >= 14, `${told} answers`);
  const shown = /^\/\/ (\{ permissionship: .*\n\/\/.*\} \})$/m.exec(readme)[1].replaceAll("//", "");
  assert.deepEqual(result, new Function(`return ${shown}`)());
  assert.equal(permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
  assert.deepEqual(logged[0], ["plan"]);
  assert.equal(logged.at(-1)[0], "SCHEMA_TYPE_ERROR");
});
