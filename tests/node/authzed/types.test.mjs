// An application that compiles against the stock client compiles against ours, with its import changed and nothing else.

import assert from "node:assert/strict";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folder, node, path } from "../support.mjs";

const APPLICATION = readFileSync(path("tests/node/authzed/application.ts"), "utf8");
const OURS = APPLICATION.replace('"@authzed/authzed-node"', '"peppercorn/authzed"');

/** What only ours has; and mistakes, one a line, each of which must be found. */
const EXTRAS = `
import { clientOf, forget, storeOf, v1 } from "peppercorn/authzed";
import { Peppercorn } from "peppercorn";
const store: Peppercorn = storeOf("token");
const client: v1.ZedClientInterface = clientOf(new Peppercorn(), { "grpc.max_receive_message_length": -1 });
const forgotten: boolean = forget("token");
export default [store.schema, client.promises, forgotten];
`;
const MISTAKES = `
import { clientOf, storeOf, v1 } from "peppercorn/authzed";
storeOf(1);
clientOf({});
v1.NewClient();
v1.NewClient("token").promises.checkPermissions;
v1.CheckPermissionRequest.create({ permissions: "view" });
`;

const WAYS = [
  ["node16, ES modules", "ts", { module: "node16", moduleResolution: "node16", skipLibCheck: false }],
  // The stock client's own declarations for CommonJS hold only where libraries are not checked.
  ["node16, CommonJS", "cts", { module: "node16", moduleResolution: "node16", skipLibCheck: true }],
  ["bundler", "ts", { module: "esnext", moduleResolution: "bundler", skipLibCheck: false }],
];

for (const [name, ending, options] of WAYS) {
  test(`types: ${name}`, (context) => {
    const { wrong, errors } = compiled(context, ending, options, { stock: APPLICATION, ours: OURS, extras: EXTRAS });
    assert.deepEqual([wrong, errors], [[], ""]);
  });
}

test("types: mistakes are found", (context) => {
  const { wrong } = compiled(context, "ts", WAYS[0][2], { mistakes: MISTAKES });
  assert.deepEqual(wrong, [3, 4, 5, 6, 7].map((line) => `mistakes.ts:${line}`));
});

/** The lines that do not compile. */
function compiled(context, ending, options, files) {
  const place = folder(context);
  symlinkSync(path("tests/node_modules"), join(place, "node_modules"));
  writeFileSync(join(place, "package.json"), JSON.stringify({ type: "module" }));
  const compilerOptions = { ...options, target: "es2022", lib: ["es2022"], types: ["node"], strict: true, noEmit: true };
  writeFileSync(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions, files: Object.keys(files).map((file) => `${file}.${ending}`) }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(place, `${file}.${ending}`), text);
  const { stdout } = node([path("tests/node_modules/typescript/bin/tsc"), "--project", place, "--pretty", "false"], { cwd: place });
  return { wrong: [...stdout.matchAll(/^([^\s(]+)\((\d+),\d+\): error/gm)].map(([, file, line]) => `${file}:${line}`), errors: stdout };
}
