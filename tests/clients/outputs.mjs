// What came of the scenario, made comparable: tokens are masked, lists without an order sorted, defaults left out.

import { withoutDefaults } from "../contract/compare.mjs";

/** Methods whose errors come from the embedded SpiceDB without a reason. */
const BARE = new Set(["CheckPermission", "CheckBulkPermissions", "ExpandPermissionTree", "WriteRelationships", "DeleteRelationships", "ReadSchema", "WriteSchema"]);
/** Lists whose order nobody promises; of an export, this engine does. */
const UNORDERED = new Set(["ReadRelationships", "LookupResources", "LookupSubjects"]);

/** The outcome of a step as text; `beside` SpiceDB, as much of it as both can tell. */
export function comparable({ method }, { responses, error }, { beside = false } = {}) {
  if (error !== undefined) {
    const { code, reason, metadata } = error;
    return shown({ error: { code, ...(!(beside && BARE.has(method)) && reason && !reason.endsWith("_UNSPECIFIED") && { reason }), ...(!(beside && BARE.has(method)) && reason && { metadata }) } });
  }
  const found = responses.map((response) => sorted(masked(withoutDefaults(response), beside), method));
  return shown({ responses: UNORDERED.has(method) ? found.sort(byText) : found });
}

/** The steps of one kind of outcome whose outcomes differ. */
export function differences(steps, ours, theirs, options) {
  return steps.flatMap((step, at) => {
    const [one, other] = [ours, theirs].map((found) => (found[at] === undefined ? "nothing" : comparable(step, found[at], options)));
    return one === other ? [] : [{ step: step.name, method: step.method, one, other }];
  });
}

export function shown(value) {
  return JSON.stringify(value, (_, of) => (of && typeof of === "object" && !Array.isArray(of) ? Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1))) : of));
}

/** Tokens are each server's own. SpiceDB gives no cursor with subjects; messages in answers are for people. */
function masked(value, beside) {
  if (Array.isArray(value)) return value.map((item) => masked(item, beside));
  if (!value || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, of]) => [key, key === "token" ? "TOKEN" : key === "error" ? { ...of, message: "MESSAGE" } : masked(of, beside)]);
  return Object.fromEntries(entries);
}

const byText = (a, b) => (shown(a) < shown(b) ? -1 : 1);

/** Orders what is a set: the updates of a revision, the subjects of a leaf, the excluded ones, the children of a union. */
function sorted(value, method) {
  if (Array.isArray(value)) return value.map((item) => sorted(item, method));
  if (!value || typeof value !== "object") return value;
  const of = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item, method)]));
  for (const key of ["updates", "subjects", "excludedSubjects", "excludedSubjectIds"]) of[key]?.sort(byText);
  if (method === "LookupSubjects") delete of.afterResultCursor;
  return of;
}
