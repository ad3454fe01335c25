// Documents shared with users directly: W1, W4 (some with everyone), W5 (on a condition), W10M (a million).

import { Graph, QUESTIONS, collect, question } from "./graph.mjs";

const SCHEMA = `definition user {}

definition document {
  relation viewer: user
  permission view = viewer
}
`;

const view = (document, user, expect, context) => question(`document:d${document}`, "view", `user:u${user}`, expect, context);

/** One viewer for each document. */
function shared(random, documents, users) {
  const graph = new Graph();
  const viewers = Array.from({ length: documents }, () => random.below(users));
  viewers.forEach((user, document) => graph.add(`document:d${document}`, "viewer", `user:u${user}`));
  const allow = collect(QUESTIONS, () => {
    const document = random.below(documents);
    return view(document, viewers[document], true);
  });
  const deny = collect(QUESTIONS, () => {
    const [document, user] = [random.below(documents), random.below(users)];
    return user === viewers[document] ? undefined : view(document, user, false);
  });
  return { schema: SCHEMA, lines: graph.lines, queries: { allow, deny } };
}

/** 100,000 documents, 10,000 users. */
export const W1 = (random) => shared(random, 100_000, 10_000);

/** A million documents, 100,000 users. */
export const W10M = (random) => shared(random, 1_000_000, 100_000);

/** As W1, but every tenth document is shared with everyone. */
export function W4(random) {
  const graph = new Graph();
  const [documents, users] = [100_000, 10_000];
  for (let document = 0; document < documents; document += 1) {
    graph.add(`document:d${document}`, "viewer", document % 10 === 0 ? "user:*" : `user:u${random.below(users)}`);
  }
  const asked = (document) => {
    const user = random.below(users);
    return view(document, user, graph.holds(`document:d${document}`, "viewer", `user:u${user}`));
  };
  const allow = collect(QUESTIONS, () => asked(random.below(documents / 10) * 10));
  const deny = collect(QUESTIONS, () => {
    const one = asked(random.below(documents));
    return one.expect ? undefined : one;
  });
  return { schema: SCHEMA.replace("viewer: user", "viewer: user | user:*"), lines: graph.lines, queries: { allow, deny } };
}

const REGIONS = ["north", "south", "east", "west", "centre"];

/** As W1, but each document with a condition on level and region, part of whose values are stored with it. */
export function W5(random) {
  const graph = new Graph();
  const [documents, users] = [100_000, 10_000];
  const rows = Array.from({ length: documents }, (_, document) => {
    const stored = { min_level: 1 + random.below(8), allowed_regions: random.different(2, REGIONS.length).map((place) => REGIONS[place]) };
    const user = random.below(users);
    graph.add(`document:d${document}`, "viewer", `user:u${user}`, `[clearance:${JSON.stringify(stored)}]`);
    return { ...stored, user };
  });
  const asked = (context) => {
    const document = random.below(documents);
    const { user, min_level, allowed_regions } = rows[document];
    const { level, region } = context;
    const expect = region === undefined ? (level >= min_level ? "conditional" : false) : level >= min_level && allowed_regions.includes(region);
    return view(document, user, expect, context);
  };
  const full = () => asked({ level: random.below(12), region: random.of(REGIONS) });
  const only = (expect, make) => collect(QUESTIONS, () => [make()].find((one) => one.expect === expect));
  return {
    schema: `caveat clearance(level int, min_level int, region string, allowed_regions list<string>) {
  level >= min_level && region in allowed_regions
}

definition user {}

definition document {
  relation viewer: user with clearance
  permission view = viewer
}
`,
    lines: graph.lines,
    queries: { allow: only(true, full), deny: only(false, full), partial: only("conditional", () => asked({ level: 9 + random.below(3) })) },
  };
}
