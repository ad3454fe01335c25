// casbin: a policy for each share. It looks through all of them, so it gets a tenth of W1's and few questions.

import { lines } from "../node/data.mjs";
import { data, first, measureSlow, row, run, say } from "./peer.mjs";

const MODEL = `
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.sub == p.sub && r.obj == p.obj && r.act == p.act
`;

const POLICIES = 10_000;

const load = async (policies) => {
  const { newEnforcer, newModelFromString } = await import("casbin");
  const enforcer = await newEnforcer(newModelFromString(MODEL));
  await enforcer.addPolicies(policies);
  return enforcer;
};

await run({
  W1: async () => {
    say({ version: "5.51.1" });
    const { relationships, queries } = data("W1");
    const shares = lines(relationships).slice(0, POLICIES).map((line) => line.split("#viewer@"));
    const enforcer = await load(shares.map(([resource, user]) => [user, resource, "view"]));
    const known = new Set(shares.map(([resource]) => resource));
    for (const list of ["allow", "deny"]) {
      const questions = queries[list].filter((question) => known.has(question.resource));
      const ask = ({ subject, resource, expect }) => enforcer.enforceSync(subject, resource, "view") === expect;
      row(`W1.${list}`, await measureSlow(questions, ask));
    }
  },
  W12: () => first(async () => (await load([["user:alice", "document:readme", "view"]])).enforceSync("user:alice", "document:readme", "view")),
});
