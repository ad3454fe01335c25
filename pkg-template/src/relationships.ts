// Relationships of the v1 API as the texts that the rest of the API speaks in.

import type { v1 } from "../index.cjs";

/** The text of a relationship that the engine gave. */
export function relationshipText({ resource, relation, subject, optionalCaveat, optionalExpiresAt }: v1.Relationship): string {
  const set = subject.optionalRelation ? `#${subject.optionalRelation}` : "";
  return `${objectText(resource)}#${relation}@${objectText(subject.object)}${set}${caveatText(optionalCaveat)}${expirationText(optionalExpiresAt)}`;
}

/** The text of an object. */
export function objectText({ objectType, objectId }: v1.ObjectReference): string {
  return `${objectType}:${objectId}`;
}

function caveatText(caveat: v1.ContextualizedCaveat | null | undefined): string {
  if (caveat === null || caveat === undefined) {
    return "";
  }
  const { caveatName, context } = caveat;
  const isEmpty = context === null || context === undefined || Object.keys(context).length === 0;
  return `[${caveatName}${isEmpty ? "" : `:${JSON.stringify(context)}`}]`;
}

function expirationText(expiresAt: string | null | undefined): string {
  // Proto3's JSON has fractions of three, six or nine digits; texts have no more than they need.
  return expiresAt ? `[expiration:${expiresAt.replace(/(\.\d*[1-9])0+Z$/, "$1Z")}]` : "";
}
