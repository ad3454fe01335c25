// Filters of relationships, in the words of the contract and in those of the v1 API.

import type * as Contract from "../index.cjs";
import { record, text } from "./arguments.ts";
import { invalidArgument } from "./errors.ts";

const FIELDS = ["resourceType", "resourceId", "resourceIdPrefix", "relation", "subjectType", "subjectId", "subjectRelation"];

/** What stands for no relation: SpiceDB's ellipsis. */
const ELLIPSIS = "...";

/** The filter as the v1 API has it. A field that is there and says nothing would mean more than the caller did. */
export function filterOf(value: unknown, name: string): Contract.v1.RelationshipFilter {
  const given = record(value, name, FIELDS);
  const field = (key: string): string | undefined => {
    if (!(key in given)) {
      return undefined;
    }
    const value = text(given[key], `${name}.${key}`);
    if (value === "") {
      throw invalidArgument(`\`${name}.${key}\` is empty; leave it out where any will do`);
    }
    return value;
  };
  const subjectType = field("subjectType");
  const subjectId = field("subjectId");
  const subjectRelation = field("subjectRelation");
  if (subjectType === undefined && (subjectId ?? subjectRelation) !== undefined) {
    throw invalidArgument(`\`${name}.${subjectId === undefined ? "subjectRelation" : "subjectId"}\` needs a \`subjectType\` beside it`);
  }
  return {
    resourceType: field("resourceType"),
    optionalResourceId: field("resourceId"),
    optionalResourceIdPrefix: field("resourceIdPrefix"),
    optionalRelation: field("relation"),
    optionalSubjectFilter: subjectType === undefined ? undefined : {
      subjectType,
      optionalSubjectId: subjectId,
      optionalRelation: subjectRelation === undefined ? undefined : { relation: subjectRelation === ELLIPSIS ? "" : subjectRelation },
    },
  };
}
