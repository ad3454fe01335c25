// Checks one at a time, with strings and with handles, and in bulk.

import { measure } from "./measure.mjs";

/** Asks lists of questions of a data set; `lists` says which list is which row. */
export function run(bench, set, lists) {
  const { schema, relationships, queries } = bench.data(set);
  const engine = new bench.Peppercorn({ schema, relationships });
  for (const [key, list] of Object.entries(lists)) {
    const questions = queries[list];
    bench.row(key, measure(questions, asking(engine, questions), bench.budget));
    if (typeof engine.id === "function" && questions.every((question) => question.context === undefined)) {
      bench.row(`${key}.handles`, measure(byHandle(engine, questions), asking(engine, questions), bench.budget));
    }
  }
}

/** How a question of the list is asked: says whether the answer was the expected one. */
function asking(engine, questions) {
  if (questions.some((question) => question.expect === "conditional")) {
    const names = { true: "HAS_PERMISSION", false: "NO_PERMISSION", conditional: "CONDITIONAL_PERMISSION" };
    return ({ subject, permission, resource, context, expect }) =>
      engine.checkPermission(subject, permission, resource, { context }).permissionship === names[expect];
  }
  if (questions.some((question) => question.context !== undefined)) {
    return ({ subject, permission, resource, context, expect }) => engine.can(subject, permission, resource, { context }) === expect;
  }
  return ({ subject, permission, resource, expect }) => engine.can(subject, permission, resource) === expect;
}

/** The questions with the engine's handles in place of texts. */
function byHandle(engine, questions) {
  return questions.map(({ subject, permission, resource, expect }) => ({
    subject: engine.id(subject),
    permission,
    resource: engine.id(resource),
    expect,
  }));
}

/** A thousand checks in a call: of one user, and of pairs that have nothing in common. */
export function bulk(bench) {
  const { schema, relationships, queries } = bench.data("W2");
  const engine = new bench.Peppercorn({ schema, relationships });
  for (const [key, list] of [["W8.same", "bulkSame"], ["W8.mix", "bulkMix"]]) {
    const requests = queries[list].map((questions) => ({
      items: questions.map(({ subject, permission, resource }) => ({ subject, permission, resource })),
      expect: questions.map((question) => (question.expect ? "HAS_PERMISSION" : "NO_PERMISSION")),
    }));
    const many = ({ items, expect }) => same(engine.checkMany(items).map((result) => result.permissionship), expect);
    bench.row(key, measure(requests, many, bench.budget));
    if (typeof engine.canMany === "function") {
      const handles = queries[list].map((questions) => ({
        subjects: list === "bulkSame" ? engine.id(questions[0].subject) : Uint32Array.from(questions, (question) => engine.id(question.subject)),
        resources: Uint32Array.from(questions, (question) => engine.id(question.resource)),
        expect: Uint8Array.from(questions, (question) => (question.expect ? 1 : 0)),
      }));
      const can = ({ subjects, resources, expect }) => same(engine.canMany(subjects, "view", resources), expect);
      bench.row(`${key}.handles`, measure(handles, can, bench.budget));
    }
  }
}

const same = (found, expected) => found.length === expected.length && found.every((one, place) => one === expected[place]);
