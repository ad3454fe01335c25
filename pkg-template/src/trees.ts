// Trees, put together from the lists of nodes that the engine gives. Never by recursion: they are as deep as the data is.

import type * as Contract from "../index.cjs";
import type { RawAnswer } from "./answers.ts";
import type { Refusal } from "./errors.ts";

/** A node before the nodes below it, which are given by their places. */
export type RawTreeNode = Pick<Contract.PermissionTree, "expandedObject" | "expandedRelation" | "optionalCaveat"> &
  ({ readonly subjects: readonly Contract.DirectSubject[] } | { readonly operation: Contract.SetOperation; readonly children: readonly number[] });

/** The tree of a permission; its root is the first node. */
export function permissionTree(raw: readonly RawTreeNode[]): Contract.PermissionTree {
  const children: Contract.PermissionTree[][] = raw.map(() => []);
  const nodes = raw.map((node, place): Contract.PermissionTree => {
    if ("subjects" in node) {
      const { subjects, ...expanded } = node;
      return { ...expanded, leaf: { subjects } };
    }
    const { operation, children: _, ...expanded } = node;
    return { ...expanded, intermediate: { operation, children: children[place] ?? [] } };
  });
  raw.forEach((node, place) => {
    for (const child of "children" in node ? node.children : []) {
      children[place]?.push(...nodes.slice(child, child + 1));
    }
  });
  return root(nodes);
}

/** What the engine says of a trace: an answer or the error that there is in its place. */
export type RawTrace = { readonly nodes: readonly RawCheckTrace[]; readonly text: string } & (
  | { readonly answer: RawAnswer; readonly error?: never }
  | { readonly error: Refusal }
);

/** A place that was looked at, and the place of the one above. */
type RawCheckTrace = Omit<Contract.CheckTrace, "subProblems"> & { readonly parent?: number };

/** Why an answer is what it is. */
export function traceOf(raw: RawTrace): Contract.Trace {
  type Growing = Omit<Contract.CheckTrace, "subProblems"> & { subProblems?: Contract.CheckTrace[] };
  const nodes: Growing[] = [];
  for (const { parent, ...check } of raw.nodes) {
    nodes.push(check);
    // Every node comes after the one above it.
    const above = parent === undefined ? undefined : nodes[parent];
    if (above !== undefined) {
      (above.subProblems ??= []).push(check);
    }
  }
  return { check: root(nodes), text: raw.text };
}

function root<Node>(nodes: readonly Node[]): Node {
  const [first] = nodes;
  if (first === undefined) {
    throw new TypeError("the engine gave a tree without a root");
  }
  return first;
}
