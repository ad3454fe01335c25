// Contexts: every type of parameter from JavaScript's values, exactly or not at all.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { Peppercorn } from "peppercorn";
import { refusal } from "./support.mjs";

/** Whether a caveat of one parameter holds for a value. */
function holds(type, expression, value) {
  const schema = `caveat holds(value ${type}) { ${expression} }\ndefinition user {}\ndefinition document { relation viewer: user with holds; }`;
  const engine = new Peppercorn({ schema, relationships: ["document:a#viewer@user:a[holds]"] });
  return engine.checkPermission("user:a", "viewer", "document:a", { context: { value } }).permissionship;
}

describe("values of every type", () => {
  const cases = [
    ["bool", "value", true],
    ["string", 'value == "é🌶️"', "é🌶️"],
    ["string", "value.size() == 5", '\n"\\\u0000\u2028'],
    ["string", 'value == ""', ""],
    ["int", "value == -3", -3],
    ["int", "value == 9007199254740993", 9007199254740993n],
    ["int", "value == 9223372036854775807", "9223372036854775807"],
    ["int", "value == 0", -0],
    ["int", "value == -9223372036854775808", -(2n ** 63n)],
    ["int", "value == 7", 7n],
    ["uint", "value == 9007199254740993", 2n ** 53n + 1n],
    ["any", "value == 9007199254740991", 2n ** 53n - 1n],
    ["double", "value == 2.5", 2.5],
    ["double", "value == 1e300", 1e300],
    ["double", "value == 5e-324", 5e-324],
    ["bytes", 'value == b"\\xff\\x00a"', new Uint8Array([255, 0, 97])],
    ["bytes", 'value == b"abc"', Buffer.from("abc")],
    ["bytes", "value.size() == 100000", new Uint8Array(100_000)],
    ["duration", 'value == duration("90m")', "1h30m"],
    ["timestamp", 'value == timestamp("2030-01-01T00:00:00.500Z")', new Date(Date.UTC(2030, 0, 1, 0, 0, 0, 500))],
    ["timestamp", 'value < timestamp("2030-01-01T00:00:00Z")', "2029-01-01T00:00:00Z"],
    ["ipaddress", 'value.in_cidr("10.0.0.0/8")', "10.1.2.3"],
    ["list<int>", "value == [1, 2, 3]", [1, 2, 3]],
    ["map<int>", 'value.a == 1 && value["b c"] == 2', { a: 1, "b c": 2 }],
    ["map<any>", 'value.a[1].b == "x"', { a: [null, { b: "x" }] }],
    ["any", "value == true", true],
    ["map<int>", "value.a == 1", Object.assign(Object.create(null), { a: 1 })],
    ["map<int>", "value.a == 1", runInNewContext("({ a: 1 })")],
    ["map<int>", 'value["__proto__"] == 1', JSON.parse('{"__proto__": 1}')],
  ];
  for (const [type, expression, value] of cases) {
    test(`${type}: ${expression}`, () => assert.equal(holds(type, expression, value), "HAS_PERMISSION"));
  }

  test("of the wrong type", () => {
    for (const [type, value] of [["int", 1.5], ["bool", "true"], ["bytes", "not base64!"], ["timestamp", "yesterday"], ["list<int>", ["a"]], ["ipaddress", "10.0.0"]]) {
      assert.equal(refusal(() => holds(type, "value == value", value)).code, "CAVEAT_PARAMETER_TYPE_ERROR", type);
    }
  });
});

describe("what cannot be passed on is refused with its place", () => {
  class Point {}
  const circle = { inner: {} };
  circle.inner.circle = circle;
  const cases = [
    ["`options.context.value` is undefined", undefined],
    ["`options.context.value` is NaN", Number.NaN],
    ["`options.context.value` is -Infinity", -Infinity],
    ["`options.context.value` is a function", () => 1],
    ["`options.context.value` is a symbol", Symbol("x")],
    ["`options.context.value[1].deep` is undefined", [0, { deep: undefined }]],
    ["`options.context.value[1]` is undefined", [0, , 2]],
    ["an instance of Map", new Map()],
    ["an instance of Set", new Set()],
    ["an instance of Point", new Point()],
    ["an instance of String", new String("a")],
    ["a date without a time", new Date(Number.NaN)],
    ["a date without a time", new Date(Date.UTC(12_000, 0))],
    ["half of a surrogate pair", "\ud800"],
    ["half of a surrogate pair", { "\udfff": 1 }],
    ["nested deeper than 100 levels, or holds itself", circle],
  ];
  for (const [says, value] of cases) {
    test(says, () => {
      const error = refusal(() => holds("any", "value == value", value));
      assert.equal(error.code, "INVALID_ARGUMENT");
      assert.ok(error.message.includes(says), error.message);
      assert.ok(error.message.length < 1000);
    });
  }

  test("the context itself", () => {
    const engine = new Peppercorn({ schema: "definition user {}" });
    for (const context of [null, [], "{}", 1, new Map(), new Date()]) {
      assert.match(refusal(() => engine.can("user:a", "x", "user:a", { context })).message, /`options\.context` must be an object/);
    }
  });

  test("as deep as the engine reads, and no deeper", () => {
    const nested = (depth) => (depth === 0 ? 1 : [nested(depth - 1)]);
    assert.equal(holds("any", "value == value", nested(90)), "HAS_PERMISSION");
    assert.equal(refusal(() => holds("any", "value == value", nested(1000))).code, "INVALID_ARGUMENT");
  });
});
