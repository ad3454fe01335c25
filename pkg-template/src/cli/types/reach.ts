// Who may have a permission, and which caveats may decide it: everything that a schema says, and no relationships.

import type { FileData } from "#files";

type Row = FileData["members"][number];

/** A relation or permission, by its definition. */
export interface Member {
  readonly kind: "relation" | "permission";
  readonly name: string;
  /** The types that a relation allows, as written; none of a permission. */
  readonly allows: readonly string[];
  readonly expression: string;
}

/** What may come of a relation or permission. */
export interface Reach {
  /** `user`, `group#member`; sorted. */
  readonly subjects: readonly string[];
  readonly caveats: readonly string[];
}

/** The members of a schema by definition and name, in the order of the schema. */
export type Members = ReadonlyMap<string, ReadonlyMap<string, Member>>;

export function membersOf(rows: readonly Row[]): Members {
  const members = new Map<string, Map<string, Member>>();
  for (const [definition, kind, name, holds] of rows) {
    const own = members.get(definition) ?? new Map<string, Member>();
    members.set(definition, own);
    const isRelation = kind === "relation";
    own.set(name, { kind, name, allows: isRelation ? holds.split(" | ") : [], expression: isRelation ? "" : holds });
  }
  return members;
}

/** `group#member with only_on and expiration` in its parts. */
const ALLOWED = /^([^:# ]+)(:\*|#\S+)?(?: with (.+))?$/;

interface Allowed {
  readonly type: string;
  readonly relation: string | undefined;
  readonly caveat: string | undefined;
}

function allowed(text: string): Allowed {
  const [, type = "", of = "", traits = ""] = ALLOWED.exec(text) ?? [];
  const [caveat = ""] = traits.split(" and ");
  return { type, relation: of.startsWith("#") ? of.slice(1) : undefined, caveat: caveat === "" || caveat === "expiration" ? undefined : caveat };
}

/** An arrow with its target, or a name alone. */
const OPERAND = /(\w+)(?:->|\.all\()(\w+)|\w+/g;

/** What may come of a member: whoever its operands may hold, what is taken away included. */
export function reach(members: Members, definition: string, name: string): Reach {
  const subjects = new Set<string>();
  const caveats = new Set<string>();
  const seen = new Set<string>();
  const open: [definition: string, name: string][] = [];
  const visit = (type: string, member: string): void => {
    const key = `${type}#${member}`;
    if (!seen.has(key)) {
      seen.add(key);
      open.push([type, member]);
    }
  };
  visit(definition, name);
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const [type, of] = place;
    const member = members.get(type)?.get(of);
    for (const each of (member?.allows ?? []).map(allowed)) {
      if (each.caveat !== undefined) caveats.add(each.caveat);
      subjects.add(each.relation === undefined ? each.type : `${each.type}#${each.relation}`);
      if (each.relation !== undefined) visit(each.type, each.relation);
    }
    for (const [operand, arrow, target] of (member?.expression ?? "").matchAll(OPERAND)) {
      if (arrow !== undefined && target !== undefined) {
        for (const each of (members.get(type)?.get(arrow)?.allows ?? []).map(allowed)) {
          if (each.caveat !== undefined) caveats.add(each.caveat);
          visit(each.type, target);
        }
      } else if (members.get(type)?.has(operand) === true) {
        visit(type, operand);
      } else if (operand === "self") {
        subjects.add(type);
      }
    }
  }
  return { subjects: [...subjects].sort(), caveats: [...caveats].sort() };
}
