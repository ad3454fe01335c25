// Lookups, each collected to the last result.

import { measure } from "./measure.mjs";

/** Of 10, 1,000 and 10,000 resources. */
export function resources(bench) {
  const { schema, relationships, queries } = bench.data("W6");
  const engine = new bench.Peppercorn({ schema, relationships });
  const ask = (question) => {
    const { subject, permission, resourceType } = question;
    const { results } = engine.lookupResources(subject, permission, resourceType);
    return expects(question, results, "resourceObjectId", (id) => engine.can(subject, permission, `${resourceType}:${id}`));
  };
  for (const question of queries.lookupResources) {
    bench.row(`W6.${question.expectCount}`, measure([question], ask, bench.budget));
  }
}

/** Of the subjects of documents in folders (58 or so), and of a group of 10,000. */
export function subjects(bench) {
  for (const [key, set] of [["W7.a", "W2"], ["W7.b", "W15"]]) {
    const { schema, relationships, queries } = bench.data(set);
    const engine = new bench.Peppercorn({ schema, relationships });
    const ask = (question) => {
      const { resource, permission, subjectType } = question;
      const { results } = engine.lookupSubjects(resource, permission, subjectType);
      return expects(question, results, "subjectObjectId", (id) => engine.can(`${subjectType}:${id}`, permission, resource));
    };
    bench.row(key, measure(queries.lookupSubjects, ask, bench.budget));
    engine.free();
  }
}

const compared = new WeakSet();

/**
 * Whether these are the expected results. Which they are is compared the first time they are asked for, how many there are every time:
 * comparing 10,000 texts would be measured with the lookup. Where nothing is said about them, each has to stand a check.
 */
function expects(question, results, field, check) {
  const { expectIds, expectCount } = question;
  if (expectCount !== undefined && results.length !== expectCount) return false;
  if (compared.has(question)) return true;
  compared.add(question);
  const found = results.map((result) => result[field]);
  const right = results.every((result) => result.permissionship === "HAS_PERMISSION");
  if (expectIds === undefined) return right && new Set(found).size === found.length && found.every(check);
  return right && found.sort().join() === [...expectIds].sort().join();
}
