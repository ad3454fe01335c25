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

const EXPIRING = /^(.*)\[expiration:([^\]"]*)\]\s*$/gm;

/** The relationships of a text, one a line, that expire, and when. */
export function expiring(lines: string): [row: string, expiresAt: string][] {
  return Array.from(lines.matchAll(EXPIRING), ([, row = "", expiresAt = ""]) => [row, expiresAt]);
}

/** The first millisecond at which a relationship that expires then is no more. */
export function endOf(expiresAt: string): number {
  // What is finer than a millisecond is cut off by `Date.parse`: the end is never told too early.
  return Date.parse(expiresAt) + (/\.\d{4}/.test(expiresAt) ? 1 : 0);
}
