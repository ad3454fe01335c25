// CASL: rules over the attributes of what is asked about. The application finds the ids that a user may see and hands them over, so only
// direct shares can be compared, and finding the ids is not in the figure.

import { lines } from "../node/data.mjs";
import { measure } from "../node/measure.mjs";
import { budget, data, first, object, row, run, say } from "./peer.mjs";

const load = async () => {
  const { AbilityBuilder, createMongoAbility, subject } = await import("@casl/ability");
  const abilityFor = (ids) => {
    const { can, build } = new AbilityBuilder(createMongoAbility);
    can("view", "document", { id: { $in: ids } });
    return build();
  };
  return { abilityFor, subject };
};

await run({
  W1: async () => {
    say({ version: "7.0.1" });
    const { abilityFor, subject } = await load();
    const { relationships, queries } = data("W1");
    const ids = new Map();
    for (const line of lines(relationships)) {
      const [resource, user] = line.split("#viewer@");
      if (!ids.has(user)) ids.set(user, []);
      ids.get(user).push(object(resource).id);
    }
    for (const list of ["allow", "deny"]) {
      const questions = queries[list].map((question) => ({
        ability: abilityFor(ids.get(question.subject) ?? []),
        document: subject("document", { id: object(question.resource).id }),
        expect: question.expect,
      }));
      row(`W1.${list}`, measure(questions, ({ ability, document, expect }) => ability.can("view", document) === expect, budget));
    }
  },
  W12: () =>
    first(async () => {
      const { abilityFor, subject } = await load();
      return abilityFor(["readme"]).can("view", subject("document", { id: "readme" }));
    }),
});
