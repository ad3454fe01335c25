// What every runtime is asked: a yes, a no, an "it depends", errors, a write, and bytes that become an engine again.

const SCHEMA = `
caveat in_office(hour int) { hour >= 9 && hour < 17 }
definition user {}
definition document {
  relation editor: user
  relation viewer: user | user:* | user with in_office
  permission edit = editor
  permission view = viewer + edit
}`;

const RELATIONSHIPS = ["document:open#viewer@user:*", "document:plan#editor@user:alice", "document:plan#viewer@user:bob[in_office]"];

/** The answers of the package, as data. */
export function answers(peppercorn) {
  const { Peppercorn, PeppercornError } = peppercorn;
  const code = (work) => {
    try {
      return `not refused: ${work()}`;
    } catch (error) {
      return error instanceof PeppercornError ? error.code : String(error);
    }
  };
  const engine = new Peppercorn({ schema: SCHEMA, relationships: RELATIONSHIPS });
  const before = engine.token;
  engine.write([{ operation: "TOUCH", relationship: "document:plan#viewer@user:dora" }]);
  return {
    names: Object.keys(peppercorn).filter((name) => name !== "default" && name !== "module.exports").sort(),
    yes: engine.can("user:alice", "edit", "document:plan"),
    no: engine.can("user:alice", "edit", "document:open"),
    conditional: engine.checkPermission("user:bob", "view", "document:plan").permissionship,
    decided: [10, 20].map((hour) => engine.can("user:bob", "view", "document:plan", { context: { hour } })),
    unknown: code(() => engine.can("user:alice", "destroy", "document:plan")),
    schema: code(() => new Peppercorn({ schema: "definition" })),
    found: engine.lookupResources("user:dora", "view", "document").results.map(({ resourceObjectId }) => resourceObjectId),
    then: engine.at(before).can("user:dora", "view", "document:plan"),
    saved: Peppercorn.load(engine.save()).can("user:dora", "view", "document:plan"),
    v1: engine.v1.readSchema({}).schemaText === SCHEMA,
  };
}

/** What they have to be. */
export const EXPECTED = {
  names: ["Peppercorn", "PeppercornError", "load"],
  yes: true,
  no: false,
  conditional: "CONDITIONAL_PERMISSION",
  decided: [true, false],
  unknown: "UNKNOWN_RELATION_OR_PERMISSION",
  schema: "SCHEMA_PARSE_ERROR",
  found: ["open", "plan"],
  then: false,
  saved: true,
  v1: true,
};
