// The project's own corpus, and others' files where they are, through the built package.

import assert from "node:assert/strict";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { Peppercorn, PeppercornError } from "peppercorn";
import { filesIn, folder, path, peppercorn, reports, underlined } from "./support.mjs";

const read = (file) => readFileSync(path(file), "utf8");

/** The lines of a file that say what to expect. */
const expectations = (text, mark) => Array.from(text.matchAll(new RegExp(`^(?://|#) ${mark}: (.*)$`, "gm")), ([, rest]) => rest);

/** What is wrong with a report that should be a pass. */
const wrong = (report) =>
  report.status === "passed"
    ? []
    : [...report.failures, ...report.diagnostics].map((found) => `${report.file}:${found.line}:${found.column} ${found.code} ${found.message} ${found.assertion ?? ""}`);

describe("validation files", () => {
  for (const where of ["validation", "beyond-spicedb"]) {
    test(`every file of ${where} passes`, () => {
      const files = filesIn(`tests/corpus/${where}`, ".yaml");
      assert.ok(files.length >= 10, `${files.length} files`);
      const { status, all } = reports(files);
      assert.deepEqual(all.flatMap(wrong), []);
      assert.ok(all.every((report) => report.assertions > 0));
      assert.equal(status, 0);
    });
  }

  test("every file of invalid is refused, at its place", () => {
    const files = filesIn("tests/corpus/invalid", ".yaml");
    assert.ok(files.length >= 20, `${files.length} files`);
    const { status, all } = reports(files);
    assert.equal(status, 2);
    for (const report of all) {
      assert.equal(report.status, "unusable", report.file);
      const found = report.diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`);
      assert.deepEqual([report.file, ...found], [report.file, ...expectations(read(report.file), "expect")]);
    }
  });
});

describe("schemas", () => {
  const compiled = (schema) => {
    try {
      new Peppercorn({ schema }).free();
      return [];
    } catch (error) {
      if (!(error instanceof PeppercornError)) throw error;
      return error.diagnostics.filter((found) => found.severity === "error");
    }
  };

  test("every file of accepted compiles", () => {
    const files = filesIn("tests/corpus/schemas/accepted", ".zed");
    assert.ok(files.length >= 50, `${files.length} files`);
    const refused = files.flatMap((file) => compiled(read(file)).map((found) => `${file}:${found.line} ${found.code} ${found.message}`));
    assert.deepEqual(refused, []);
  });

  test("every file of refused is refused: the same codes, the same text underlined", () => {
    const files = filesIn("tests/corpus/schemas/refused", ".zed");
    assert.ok(files.length >= 70, `${files.length} files`);
    for (const file of files) {
      const text = read(file);
      // Where a newline or the end of the file was found, there is no text to underline.
      const found = compiled(text).map((problem) => {
        const underline = underlined(text, problem);
        return /^[\r\n]*$/.test(underline) ? problem.code : `${problem.code} ${underline}`;
      });
      const expected = expectations(text, "expect").map((line) => {
        const [, code, quoted] = /^(\S+) (.*)$/.exec(line);
        const underline = quoted.startsWith("`` ") ? quoted.slice(3, -3) : quoted.slice(1, -1);
        return ["newline", "end of file"].includes(underline) ? code : `${code} ${underline}`;
      });
      assert.deepEqual([file, ...found], [file, ...expected]);
    }
  });

  test("formatting gives the formatted file, and formatting that changes nothing", (t) => {
    const made = folder(t);
    const sources = filesIn("tests/corpus/format", ".zed").filter((file) => !file.endsWith(".formatted.zed"));
    assert.ok(sources.length >= 12, `${sources.length} files`);
    const copies = sources.map((file) => join(made, basename(file)));
    sources.forEach((file, index) => copyFileSync(path(file), copies[index]));
    const { status, stderr } = peppercorn("fmt", ...copies);
    assert.equal(stderr, "");
    assert.equal(status, 0);
    sources.forEach((file, index) => assert.equal(readFileSync(copies[index], "utf8"), read(file.replace(/\.zed$/, ".formatted.zed")), file));
    assert.equal(peppercorn("fmt", "--check", ...copies).status, 0);
  });
});

// Files that SpiceDB and others publish are no part of this project: run where they are.
const skip = existsSync(path("../shared/conformance")) ? false : "../shared/conformance is not there";
describe("conformance files", { skip }, () => {
  test("all pass whole", () => {
    const { all } = reports(filesIn("../shared/conformance", ".yaml"));
    assert.deepEqual(all.filter((report) => report.status !== "passed").flatMap(wrong), []);
    assert.ok(all.length >= 55, `${all.length} files`);
  });
});
