// `peppercorn types`: what it writes compiles, takes every question and relationship that makes sense, and refuses those that do not.
// `tests/types/typed.ts` says line by line what must not compile.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { filesIn, folder, node, path } from "../support.mjs";
import { SCHEMA, files, json, peppercorn } from "./commands.mjs";

/** What the compiler says of the files of a folder. */
function compiled(made, options = {}) {
  const compilerOptions = {
    target: "es2023",
    lib: ["es2023"],
    module: "nodenext",
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    paths: { peppercorn: [path("pkg/index.d.cts")] },
    ...options,
  };
  writeFileSync(join(made, "package.json"), '{ "type": "module" }');
  writeFileSync(join(made, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const { status, stdout } = node([path("tests/node_modules/typescript/bin/tsc"), "--project", made]);
  return { status, stdout };
}

function written(schema, out) {
  const { status, stderr } = peppercorn(["types", schema, "--out", out]);
  assert.equal(status, 0, stderr);
  return readFileSync(out, "utf8");
}

test("to standard output or a file, the same each time; --check says whether it is", (t) => {
  const at = files(t, { "schema.zed": SCHEMA });
  const first = peppercorn(["types", at("schema.zed")]);
  assert.equal(first.status, 0);
  assert.match(first.stdout, /^\/\/ Written by `peppercorn types schema\.zed`\. Do not edit/);
  const out = at("schema.d.ts");
  assert.deepEqual(json(["types", at("schema.zed"), "--out", out, "--check"]), { status: 1, value: { file: out, status: "differs" }, stderr: "" });
  assert.equal(peppercorn(["types", at("schema.zed"), "--out", out]).stdout, `changed ${out}\n`);
  assert.equal(readFileSync(out, "utf8"), first.stdout);
  assert.equal(peppercorn(["types", at("schema.zed"), "--out", out]).stdout, `ok      ${out}\n`);
  assert.equal(peppercorn(["types", at("schema.zed"), "--out", out, "--check"]).status, 0);
  writeFileSync(at("schema.zed"), SCHEMA.replace("relation banned: user", "relation banned: user | group#member"));
  assert.equal(peppercorn(["types", at("schema.zed"), "--out", out, "--check"]).status, 1);
  assert.equal(readFileSync(out, "utf8"), first.stdout, "--check writes nothing");
});

test("comments are carried over, and end where they should", (t) => {
  const schema = '/** one */\ndefinition user {}\n// */ export const evil = 1; /*\ndefinition document {\n\t/*\n\t * first\n\t *\n\t * second `x`\n\t */\n\t// spicedb-ignore-warning: relation-name-references-parent\n\trelation owner: user // after\n}\n';
  const at = files(t, { "schema.zed": schema });
  const text = written(at("schema.zed"), at("schema.d.ts"));
  assert.match(text, /^ {4}\/\*\* one \*\/\n {4}readonly user: \{$/m);
  assert.match(text, /^ {8}\/\*\*\n {9}\* first\n {9}\*\n {9}\* second `x`\n {9}\*\/\n {8}readonly owner: \{$/m);
  assert.ok(!text.includes("spicedb-ignore-warning"));
  writeFileSync(at("use.ts"), 'import * as all from "./schema.js";\n// @ts-expect-error a comment stays one\nall.evil;\n');
  assert.deepEqual(compiled(at("."), { skipLibCheck: false }), { status: 0, stdout: "" });
});

test("the name of a file is no code", { skip: process.platform === "win32" ? "no such names there" : false }, (t) => {
  const name = "a\nexport const evil = 1;\u2028.zed";
  const { stdout } = peppercorn(["types", files(t, { [name]: "definition user {}\n" })(name)]);
  assert.match(stdout, /^\/\/ Written by `peppercorn types a export const evil = 1; \.zed`\. Do not edit: .*\n\n/);
});

test("--name, and names that TypeScript has to quote", (t) => {
  const at = files(t, { "schema.zed": "definition some/user {}\ndefinition some/class { relation constructor: some/user; }\n" });
  const { stdout } = peppercorn(["types", at("schema.zed"), "--name", "Permissions"]);
  writeFileSync(at("permissions.d.ts"), stdout);
  writeFileSync(at("use.ts"), 'import type { Typed } from "peppercorn";\nimport type { Permissions } from "./permissions.js";\nexport const may = (engine: Typed<Permissions>): boolean => engine.can("some/user:a", "constructor", "some/class:b");\n');
  assert.deepEqual(compiled(at(".")), { status: 0, stdout: "" });
  for (const name of ["my types", "class", "string", "await", ""]) {
    const { status, stderr } = peppercorn(["types", at("schema.zed"), "--name", name]);
    assert.ok(stderr.includes(`\`--name\` must be a name in TypeScript, not \`${name}\``), stderr);
    assert.equal(status, 2);
  }
});

test("a schema that cannot be used, and options without their file", (t) => {
  const at = files(t, { "bad.zed": "definition document { relation viewer: usr; }", "good.zed": "definition user {}" });
  for (const [words, message] of [
    [[at("bad.zed")], /bad\.zed:1:40 {2}error types\//],
    [[at("missing.zed")], /there is no such file/],
    [[at("good.zed"), "--check"], /`--check` needs `--out`/],
    [[at("good.zed"), "--out", at("no/folder.d.ts")], /cannot be written/],
  ]) {
    const { status, stdout, stderr } = peppercorn(["types", ...words]);
    assert.match(stderr, message);
    assert.equal(stdout, "");
    assert.equal(status, 2);
  }
});

test("the types that typed.ts is compiled with are those of its schema", () => {
  const { status, stdout } = peppercorn(["types", path("tests/types/schema/sample.zed"), "--out", path("tests/types/schema/sample.d.ts"), "--check"]);
  assert.equal(status, 0, `${stdout}write them anew: node pkg/bin/peppercorn.js types tests/types/schema/sample.zed --out tests/types/schema/sample.d.ts`);
});

test("what the README says does not compile does not, and the rest does", (t) => {
  const readme = readFileSync(path("pkg/README.md"), "utf8");
  const [, schema] = /schema: `\n(.*?)`,/s.exec(readme);
  const [, code] = /```ts\n(import .*?typed?.*?)```/is.exec(readme.slice(readme.indexOf("## Types from your schema")));
  const at = files(t, { "schema.zed": schema, "use.ts": `declare const schema: string;\n${code}` });
  written(at("schema.zed"), at("schema.d.ts"));
  const lines = `\n${code}`.split("\n");
  const wrong = lines.flatMap((line, place) => (/\/\/ (?:does not compile|nor )/.test(line) ? [place + 1] : []));
  assert.equal(wrong.length, 6);
  const { stdout } = compiled(at("."));
  assert.deepEqual([...stdout.matchAll(/use\.ts\((\d+),/g)].map(([, line]) => Number(line)), wrong, stdout);
});

describe("of the corpus", () => {
  /** What a validation file says that somebody has, perhaps on a condition: these questions must compile. */
  function assertions(yaml) {
    const found = [];
    let isYes = false;
    for (const line of yaml.split("\n")) {
      const [, key] = /^ {2}(assert\w+):/.exec(line) ?? [];
      if (key !== undefined) isYes = key !== "assertFalse";
      else if (/^\S/.test(line)) isYes = false;
      const [, text] = /^ +- (?:"((?:[^"\\]|\\.)*)"|'(?:[^']*)'|[^"'].*)$/.exec(line) ?? [];
      const [, resource, permission, subject] = /^([^#@ ]+)#([^@ ]+)@([^ ]+)$/.exec(text ?? "") ?? [];
      if (isYes && subject !== undefined) found.push([subject, permission, resource]);
    }
    return found;
  }

  test("every yes of validation files is a question that compiles, and so is every relationship", (t) => {
    const made = folder(t);
    // Not all: each is a process.
    const chosen = filesIn("tests/corpus/validation", ".yaml").filter((file, place) => place % 6 === 0 || /arrow|self|import|identity/.test(file));
    let asked = 0;
    let related = 0;
    for (const [place, file] of chosen.entries()) {
      written(path(file), join(made, `schema${place}.d.ts`));
      const yaml = readFileSync(path(file), "utf8");
      const [, block = ""] = /^relationships: \|-?\n((?:(?: .*)?\n)*)/m.exec(yaml) ?? [];
      const rows = block.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("//"));
      // That a set is in itself is not said by the schema: of sets, those count that a relation may hold.
      const questions = assertions(yaml).filter(([subject]) => !subject.includes("#") || yaml.includes(subject.replace(/:.*#/, "#")));
      const code = [
        'import type { RelationshipOf, Typed } from "peppercorn";',
        `import type { Schema } from "./schema${place}.js";`,
        "declare const engine: Typed<Schema>;",
        ...questions.map((words) => `engine.can(${words.map((word) => JSON.stringify(word)).join(", ")});`),
        `export const rows: RelationshipOf<Schema>[] = ${JSON.stringify(rows, null, 1)};`,
      ];
      writeFileSync(join(made, `use${place}.ts`), code.join("\n"));
      asked += questions.length;
      related += rows.length;
    }
    assert.ok(chosen.length >= 25 && asked >= 100 && related >= 100, `${chosen.length} files, ${asked} questions, ${related} relationships`);
    assert.deepEqual(compiled(made), { status: 0, stdout: "" });
  });

  test("schemas that are accepted", (t) => {
    const made = folder(t);
    const chosen = filesIn("tests/corpus/schemas/accepted", ".zed").filter((_, place) => place % 8 === 0);
    for (const [place, file] of chosen.entries()) {
      written(path(file), join(made, `schema${place}.d.ts`));
      writeFileSync(join(made, `use${place}.ts`), `import type { Typed } from "peppercorn";\nimport type { Schema } from "./schema${place}.js";\nexport declare const engine: Typed<Schema>;\nengine.fork().snapshot();\n`);
    }
    assert.ok(chosen.length >= 10);
    assert.deepEqual(compiled(made, { skipLibCheck: false }), { status: 0, stdout: "" });
  });

  test("hundreds of definitions", (t) => {
    const many = Array.from({ length: 400 }, (_, place) => {
      const parent = place === 0 ? "" : `  relation parent: thing_${Math.floor(place / 2)}\n`;
      return `definition thing_${place} {\n${parent}  relation viewer: user | user:* | group#member | user with only\n  relation editor: user | user with only and expiration\n  permission edit = editor\n  permission view = viewer + edit${place === 0 ? "" : " + parent->view"}\n}\n`;
    });
    const schema = `use expiration\ncaveat only(day int) { day == 1 }\ndefinition user {}\ndefinition group { relation member: user; }\n${many.join("\n")}`;
    const at = files(t, { "schema.zed": schema });
    written(at("schema.zed"), at("schema.d.ts"));
    const uses = Array.from({ length: 200 }, (_, place) => [
      `engine.can("user:a", "view", "thing_${place}:b", { context: { day: 1 } });`,
      `engine.write([{ operation: "TOUCH", relationship: "thing_${place}:b#viewer@group:c#member" }]);`,
      `// @ts-expect-error misspelt\nengine.can("user:a", "veiw", "thing_${place}:b");`,
      `// @ts-expect-error misspelt\nengine.write([{ operation: "TOUCH", relationship: "thing_${place}:b#veiwer@group:c#member" }]);`,
      `engine.delete({ resourceType: "thing_${place}", relation: "viewer", subjectType: "group" });`,
      `// @ts-expect-error misspelt\nengine.delete({ resourceType: "thing_${place}", relation: "veiwer" });`,
      `engine.subscribe(["can", "user:a", "view", "thing_${place}:b", { context: { day: 1 } }], () => {});`,
      `// @ts-expect-error misspelt\nengine.subscribe(["can", "user:a", "veiw", "thing_${place}:b"], () => {});`,
    ]).flat();
    writeFileSync(at("use.ts"), ['import type { Typed } from "peppercorn";', 'import type { Schema } from "./schema.js";', "declare const engine: Typed<Schema>;", ...uses].join("\n"));
    const began = performance.now();
    assert.deepEqual(compiled(at(".")), { status: 0, stdout: "" });
    t.diagnostic(`402 definitions, 1600 uses: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  });
});
