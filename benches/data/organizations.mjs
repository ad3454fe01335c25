// Repositories of organisations, with teams, an intersection and an exclusion: W3.

import { Graph, QUESTIONS, question } from "./graph.mjs";

const SCHEMA = `definition user {}

definition team {
  relation member: user | team#member
}

definition organization {
  relation member: user
  relation admin: user
  relation banned: user
  permission active = (member + admin) - banned
}

definition repository {
  relation organization: organization
  relation reader: user | team#member
  relation writer: user | team#member
  relation maintainer: user
  relation blocked: user
  permission push = (writer + maintainer) & organization->active
  permission read = (((reader + writer + maintainer) & organization->active) - blocked) + organization->admin
}
`;

/** 50 organisations with 400 members, 5 admins, 10 banned and 20 teams of 20 each; 14,000 repositories; 100,000 relationships. */
export function W3(random) {
  const graph = new Graph();
  const [organizations, members, admins, teams, repositories, size] = [50, 400, 5, 20, 14_000, 100_000];
  const member = (organization, number) => `user:u${organization * 1000 + number}`;
  const team = (organization, number) => `team:t${organization}_${number}`;
  for (let organization = 0; organization < organizations; organization += 1) {
    const name = `organization:o${organization}`;
    for (let number = 0; number < members; number += 1) graph.add(name, "member", member(organization, number));
    for (let number = 0; number < admins; number += 1) graph.add(name, "admin", member(organization, members + number));
    for (const number of random.different(10, members)) graph.add(name, "banned", member(organization, number));
    for (let number = 0; number < teams; number += 1) {
      for (const one of random.different(20, members)) graph.add(team(organization, number), "member", member(organization, one));
      if (number % 2 === 0) graph.add(team(organization, number), "member", `${team(organization, number + 1)}#member`);
    }
  }
  for (let number = 0; number < repositories; number += 1) {
    const [name, organization] = [`repository:r${number}`, number % organizations];
    graph.add(name, "organization", `organization:o${organization}`);
    graph.add(name, "reader", `${team(organization, random.below(teams))}#member`);
    graph.add(name, "writer", `${team(organization, random.below(teams))}#member`);
    graph.add(name, "maintainer", member(organization, random.below(members)));
  }
  const anyOf = (name, relation) => random.of([...graph.everyone(name, relation)]);
  while (graph.lines.length < size) {
    const name = `repository:r${random.below(repositories)}`;
    graph.add(name, "blocked", anyOf(name, "reader"));
  }

  const has = (name, permission, user) => {
    const organization = graph.subject(name, "organization");
    const on = (relation) => graph.holds(name, relation, user);
    const inside = (relation) => graph.holds(organization, relation, user);
    const active = (inside("member") || inside("admin")) && !inside("banned");
    const push = (on("writer") || on("maintainer")) && active;
    return permission === "push" ? push : ((push || (on("reader") && active)) && !on("blocked")) || inside("admin");
  };
  const allow = [];
  const deny = [];
  // Half of the questions are about each permission, and people who may be refused for every reason there is are among those asked.
  while (allow.length < QUESTIONS || deny.length < QUESTIONS) {
    const number = random.below(repositories);
    const name = `repository:r${number}`;
    const relation = random.of(["reader", "writer", "writer", "maintainer", "member"]);
    const user = relation === "member" ? member(number % organizations, random.below(members + admins)) : anyOf(name, relation);
    for (const permission of ["push", "read"]) {
      const expect = has(name, permission, user);
      const list = expect ? allow : deny;
      const share = list.filter((one) => one.permission === permission).length;
      if (share < QUESTIONS / 2) list.push(question(name, permission, user, expect));
    }
  }
  return { schema: SCHEMA, lines: graph.lines, queries: { allow, deny } };
}
