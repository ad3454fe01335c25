// Documents in folders: W2 (a drive: trees of folders, nested groups), W6 (many folders shared with one group), W14 (a long chain
// of folders), W15 (one very large group).

import { Graph, QUESTIONS, collect, question } from "./graph.mjs";

const SCHEMA = `definition user {}

definition group {
  relation member: user | group#member
}

definition folder {
  relation parent: folder
  relation viewer: user | group#member
  permission view = viewer + parent->view
}

definition document {
  relation parent: folder
  relation viewer: user | group#member
  permission view = viewer + parent->view
}
`;

/** Whether the user may view the object: whoever views it, or any folder above. */
const views = (graph, object, user) => graph.upwards(object).some((above) => graph.holds(above, "viewer", user));

const view = (graph, document, user) => question(document, "view", user, views(graph, document, user));

const ids = (subjects) => [...subjects].map((subject) => subject.slice(subject.indexOf(":") + 1)).sort();

/** The question who may view a document, with the answer. */
function viewersOf(graph, document) {
  const found = new Set(graph.upwards(document).flatMap((above) => [...graph.everyone(above, "viewer")]));
  return { resource: document, permission: "view", subjectType: "user", expectCount: found.size, expectIds: ids(found) };
}

/** 500 chains of 4 nested groups, 200 trees of folders shared with two of them each, documents in the leaves; 100,000 in all. */
export function W2(random) {
  const graph = new Graph();
  const [users, chains, trees, shares, size] = [10_000, 500, 200, 1_200, 100_000];
  const user = () => `user:u${random.below(users)}`;
  // The users of a chain are all different, so that those at its end have a long way up.
  for (let chain = 0; chain < chains; chain += 1) {
    const members = random.different(3 + 3 + 3 + 20, users);
    for (let level = 0; level < 4; level += 1) {
      const group = `group:g${chain}_${level}`;
      if (level < 3) graph.add(group, "member", `group:g${chain}_${level + 1}#member`);
      for (const member of members.splice(0, level < 3 ? 3 : 20)) graph.add(group, "member", `user:u${member}`);
    }
  }
  const leaves = [];
  for (let tree = 0; tree < trees; tree += 1) {
    for (const chain of random.different(2, chains)) graph.add(`folder:f${tree}`, "viewer", `group:g${chain}_0#member`);
    let level = [`folder:f${tree}`];
    for (let depth = 1; depth < 5; depth += 1) {
      level = level.flatMap((parent) =>
        [0, 1, 2].map((branch) => {
          const folder = `${parent}_${branch}`;
          graph.add(folder, "parent", parent);
          if (depth < 4 && random.below(5) === 0) graph.add(folder, "viewer", user());
          return folder;
        }),
      );
    }
    leaves.push(...level);
  }
  const documents = size - shares - graph.lines.length;
  const document = () => `document:d${random.below(documents)}`;
  for (let number = 0; number < documents; number += 1) graph.add(`document:d${number}`, "parent", random.of(leaves));
  while (graph.lines.length < size) graph.add(document(), "viewer", user());

  /** Someone of the last group of a chain that the document's tree is shared with. */
  const deepest = (document) => {
    const group = random.of([...graph.subjects(graph.upwards(document).at(-1), "viewer")]);
    const last = group.replace("_0#member", "_3");
    return random.of([...graph.subjects(last, "member")]);
  };
  const allow = collect(QUESTIONS, () => {
    const asked = document();
    return view(graph, asked, deepest(asked));
  });
  const deny = collect(QUESTIONS, () => [view(graph, document(), user())].find((one) => !one.expect));
  const bulkSame = Array.from({ length: 10 }, () => {
    const someone = deepest(document());
    return random.different(1000, documents).map((number) => view(graph, `document:d${number}`, someone));
  });
  const bulkMix = Array.from({ length: 10 }, () =>
    random.different(1000, documents).map((number, place) => {
      const asked = `document:d${number}`;
      return view(graph, asked, place % 2 === 0 ? deepest(asked) : user());
    }),
  );
  const lookupSubjects = Array.from({ length: 200 }, () => viewersOf(graph, document()));
  return { schema: SCHEMA, lines: graph.lines, queries: { allow, deny, bulkSame, bulkMix, lookupSubjects } };
}

/** 100,000 documents, ten in a folder; three groups see 1, 100 and 1,000 of the folders, a user each of the others. */
export function W6(random) {
  const graph = new Graph();
  const [folders, size] = [10_000, 10];
  for (let folder = 0; folder < folders; folder += 1) {
    for (let place = 0; place < size; place += 1) graph.add(`document:d${folder * size + place}`, "parent", `folder:f${folder}`);
  }
  const order = random.different(folders, folders);
  const lookupResources = [1, 100, 1000].map((count) => {
    const group = `group:sees${count * size}`;
    const subject = `user:member${count * size}`;
    graph.add(group, "member", subject);
    for (const folder of order.splice(0, count)) graph.add(`folder:f${folder}`, "viewer", `${group}#member`);
    return { resourceType: "document", permission: "view", subject };
  });
  for (const folder of order) graph.add(`folder:f${folder}`, "viewer", `user:u${random.below(10_000)}`);
  for (const asked of lookupResources) {
    const found = [];
    for (let document = 0; document < folders * size; document += 1) {
      if (views(graph, `document:d${document}`, asked.subject)) found.push(`document:d${document}`);
    }
    Object.assign(asked, { expectCount: found.length, expectIds: ids(found) });
  }
  return { schema: SCHEMA, lines: graph.lines, queries: { lookupResources } };
}

/** 500 documents, each below 40 folders of which the last is shared with one user. */
export function W14() {
  const graph = new Graph();
  const chains = 500;
  for (let chain = 0; chain < chains; chain += 1) {
    graph.add(`document:d${chain}`, "parent", `folder:c${chain}_1`);
    for (let level = 1; level < 40; level += 1) graph.add(`folder:c${chain}_${level}`, "parent", `folder:c${chain}_${level + 1}`);
    graph.add(`folder:c${chain}_40`, "viewer", `user:u${chain}`);
  }
  const asked = (distance) => Array.from({ length: chains }, (_, chain) => view(graph, `document:d${chain}`, `user:u${(chain + distance) % chains}`));
  return { schema: SCHEMA, lines: graph.lines, queries: { allow: asked(0), deny: asked(1) } };
}

/** A group of 100,000 and one of 10,000; a hundred documents shared with the first, one with the second. */
export function W15(random) {
  const graph = new Graph();
  const [large, small, documents] = [100_000, 10_000, 100];
  for (let number = 0; number < large; number += 1) graph.add("group:large", "member", `user:u${number}`);
  for (let number = 0; number < small; number += 1) graph.add("group:small", "member", `user:v${number}`);
  for (let number = 0; number < documents; number += 1) graph.add(`document:d${number}`, "viewer", "group:large#member");
  graph.add("document:small", "viewer", "group:small#member");
  const asked = (user) => collect(QUESTIONS, () => view(graph, `document:d${random.below(documents)}`, user()));
  const allow = asked(() => `user:u${random.below(large)}`);
  const deny = asked(() => `user:v${random.below(small)}`);
  return { schema: SCHEMA, lines: graph.lines, queries: { allow, deny, lookupSubjects: [viewersOf(graph, "document:small")] } };
}
