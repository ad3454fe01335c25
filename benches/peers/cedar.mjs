// Cedar: policies over entities, which the caller collects for each question. Here they are found beforehand, and only those that the
// question needs are passed: finding them is not in the figure.

import { lines } from "../node/data.mjs";
import { measure } from "../node/measure.mjs";
import { budget, data, first, object, row, run, say } from "./peer.mjs";

/** Whoever may view an object is below an entity `Viewers` of the same name; those of a folder are below those of what is in it. */
const POLICY = 'permit(principal, action == Action::"view", resource) when { principal in resource.viewers };';

const entity = (type, id) => ({ type, id });
const named = (text) => entity({ user: "User", group: "Group", document: "Document", folder: "Folder" }[object(text).type], object(text).id);
const viewers = (text) => entity("Viewers", text);

const load = async () => {
  const cedar = await import("@cedar-policy/cedar-wasm/nodejs");
  const parsed = cedar.preparsePolicySet("sharing", { staticPolicies: POLICY });
  if (parsed.type !== "success") throw new Error(JSON.stringify(parsed.errors));
  return (request) => {
    const answer = cedar.statefulIsAuthorized(request);
    if (answer.type !== "success") throw new Error(JSON.stringify(answer.errors));
    return answer.response.decision === "allow";
  };
};

const request = (subject, resource, entities) => ({
  principal: named(subject),
  action: entity("Action", "view"),
  resource: named(resource),
  context: {},
  preparsedPolicySetId: "sharing",
  entities,
});

/** Which sets a subject is written in, and what an object is in. */
function indexed(relationships) {
  const [sets, parents] = [new Map(), new Map()];
  for (const line of lines(relationships)) {
    const [, resource, relation, subject] = /^(.*)#(.*)@(.*?)(?:#member)?$/.exec(line);
    if (relation === "parent") parents.set(resource, subject);
    else sets.set(subject, [...(sets.get(subject) ?? []), [resource, relation]]);
  }
  return { sets, parents };
}

/** The entities that the question needs: what the subject is in, and what the resource is in. */
function slice({ sets, parents }, subject, resource) {
  const path = [resource];
  while (parents.has(path.at(-1))) path.push(parents.get(path.at(-1)));
  const members = new Set([subject]);
  const entities = [{ uid: named(resource), attrs: { viewers: { __entity: viewers(resource) } }, parents: [] }];
  path.forEach((above, place) => entities.push({ uid: viewers(above), attrs: {}, parents: place === 0 ? [] : [viewers(path[place - 1])] }));
  for (const member of members) {
    const within = [];
    for (const [set, relation] of sets.get(member) ?? []) {
      if (relation === "member") within.push(named(set)) && members.add(set);
      else if (path.includes(set)) within.push(viewers(set));
    }
    entities.push({ uid: named(member), attrs: {}, parents: within });
  }
  return entities;
}

async function checks(set, lists) {
  say({ version: "4.13.0" });
  const ask = await load();
  const { relationships, queries } = data(set);
  const index = indexed(relationships);
  for (const [key, list] of Object.entries(lists)) {
    const questions = queries[list].map(({ subject, resource, expect }) => ({
      request: request(subject, resource, slice(index, subject, resource)),
      expect,
    }));
    row(key, measure(questions, (question) => ask(question.request) === question.expect, budget));
  }
}

await run({
  W1: () => checks("W1", { "W1.allow": "allow", "W1.deny": "deny" }),
  W2: () => checks("W2", { "W2.allow": "allow" }),
  W13: () => checks("W2", { "W13.deny": "deny" }),
  W14: () => checks("W14", { "W14.allow": "allow", "W14.deny": "deny" }),
  W12: () =>
    first(async () => {
      const ask = await load();
      const index = indexed("document:readme#viewer@user:alice");
      return ask(request("user:alice", "document:readme", slice(index, "user:alice", "document:readme")));
    }),
});
