// An expanded permission as a drawing. Not by recursion: it is as deep as the data is.

import type { DirectSubject, PermissionTree } from "../../index.cjs";
import { styleText } from "./style.ts";

const OPERATIONS = { UNION: "any of", INTERSECTION: "all of", EXCLUSION: "the first without the second" } as const;

interface Open {
  readonly node: PermissionTree | DirectSubject;
  /** What stands before its line, and before those of what is below it. */
  readonly before: string;
  readonly below: string;
}

/** The lines of a tree. */
export function draw(tree: PermissionTree): string[] {
  const lines: string[] = [];
  const open: Open[] = [{ node: tree, before: "", below: "" }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, before, below } = next;
    lines.push(`${styleText("dim", before)}${"subject" in node ? node.subject : head(node)}${caveat(node)}`);
    const children = "subject" in node ? [] : (node.intermediate?.children ?? node.leaf?.subjects ?? []);
    // The last is drawn first from a stack.
    for (const [place, child] of [...children.entries()].reverse()) {
      const isLast = place === children.length - 1;
      open.push({ node: child, before: `${below}${isLast ? "└── " : "├── "}`, below: `${below}${isLast ? "    " : "│   "}` });
    }
  }
  return lines;
}

function head(node: PermissionTree): string {
  const name = styleText("bold", `${node.expandedObject}#${node.expandedRelation}`);
  if (node.intermediate !== undefined) return `${name}  ${OPERATIONS[node.intermediate.operation]}`;
  return node.leaf.subjects.length === 0 ? `${name}  nobody` : name;
}

function caveat({ optionalCaveat }: PermissionTree | DirectSubject): string {
  if (optionalCaveat === undefined) return "";
  const { caveatName, context } = optionalCaveat;
  return styleText("yellow", `  if ${caveatName}${context === undefined ? "" : ` ${JSON.stringify(context)}`}`);
}
