// Relationships as far as a subscription looks at them.

import type { v1 } from "../../index.cjs";

/** Which relationship is meant. */
export interface Row {
  readonly type: string;
  readonly id: string;
  readonly relation: string;
  readonly subjectType: string;
  readonly subjectId: string;
  /** Empty for what is no set. */
  readonly subjectRelation: string;
}

/** The row of a relationship of the v1 API. */
export function rowOf({ resource, relation, subject }: v1.Relationship): Row {
  return {
    type: resource.objectType,
    id: resource.objectId,
    relation,
    subjectType: subject.object.objectType,
    subjectId: subject.object.objectId,
    subjectRelation: subject.optionalRelation ?? "",
  };
}

const TEXT = /^([^:]+):([^#]+)#([^@]+)@([^:]+):([^#[]+)(?:#([^[]+))?/;

/** The row of a relationship as text. */
export function rowOfText(text: string): Row {
  const [, type = "", id = "", relation = "", subjectType = "", subjectId = "", subjectRelation = ""] = TEXT.exec(text) ?? [];
  return { type, id, relation, subjectType, subjectId, subjectRelation };
}

const EXPIRING = /^(.*)\[expiration:([^\]"]*)\]$/s;

/** A relationship of a list that expires, and when; nothing for one that does not. */
export function expiring(line: string): { readonly text: string; readonly at: number } | undefined {
  // Most end otherwise: they are told apart without looking through them.
  const [, text = "", expiresAt = ""] = (line.endsWith("]") && EXPIRING.exec(line)) || [];
  return expiresAt === "" ? undefined : { text, at: endOf(expiresAt) };
}

/** The first millisecond at which a relationship that expires then is no more. */
export function endOf(expiresAt: string): number {
  // What is finer than a millisecond is cut off by `Date.parse`: the end is never told too early.
  return Date.parse(expiresAt) + (/\.\d{4}/.test(expiresAt) ? 1 : 0);
}
