// Deno and Bun, with no flags.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { answered, output, printed } from "./installed.mjs";
import { EXPECTED } from "./apps/scenario.mjs";

const PROGRAMS = {
  // Their packages find these by a script at installation, which is not run here.
  Deno: `@deno/${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}/deno`,
  Bun: `@oven/bun-${process.platform === "win32" ? "windows" : process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}/bin/bun`,
};

function programOf(name) {
  const file = fileURLToPath(new URL(`node_modules/${PROGRAMS[name]}${process.platform === "win32" ? ".exe" : ""}`, import.meta.url));
  return existsSync(file) ? file : undefined;
}

for (const name of Object.keys(PROGRAMS)) {
  const program = programOf(name);
  describe(name, { skip: program === undefined && `there is no ${PROGRAMS[name]}` }, () => {
    test("the import is all it takes", async () => assert.deepEqual(await answered(program, "run", "plain.mjs"), EXPECTED));
    test("the gateway behind its server", async () => {
      // Deno says that a request's signal will mean something else one day, unless it may mean that already.
      const flags = name === "Deno" ? ["--allow-net", "--unstable-no-legacy-abort"] : [];
      assert.deepEqual(await answered(program, "run", ...flags, "gateway.mjs"), {
        check: "PERMISSIONSHIP_HAS_PERMISSION",
        refused: [400, 403, 413, 404],
        watched: ["first", "second"],
        listed: ["first", "plan", "second"],
      });
    });
    if (name === "Bun") {
      test("through require", async () => assert.deepEqual(await answered(program, "run", "common.cjs"), EXPECTED));
      test("bundled", async () => {
        const bundle = join(output("bun"), "bundle.mjs");
        await printed(program, "build", "plain.mjs", "--target=bun", `--outfile=${bundle}`);
        assert.deepEqual(await answered(program, "run", bundle), EXPECTED);
      });
    }
  });
}
