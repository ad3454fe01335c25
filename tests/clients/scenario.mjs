// One scenario of every method of the v1 API, its streams and its errors, as data: what clients of several kinds ask servers of two kinds.
//
// A step has a `name`, a `method` and its `request` in proto3 JSON, or the `requests` of a method that takes a stream. A watch ends after `take`
// messages. `save` keeps values of the first response by their paths, and `${name}` in a later request stands for one. `node scenario.mjs`
// prints all steps as JSON, for clients in other languages.
// Revisions are named in every request: without one, SpiceDB answers from seconds ago.

import { fileURLToPath } from "node:url";

// As SpiceDB writes it: it gives back its own layout of a schema, and this engine the text that it was given.
const SCHEMA = `use expiration

caveat on_day(day string, wanted string) {
	wanted == day
}

definition document {
	relation parent: folder
	relation owner: user
	relation viewer: user | user:* | group#member | user with on_day | user with expiration
	relation banned: user
	permission view = viewer + owner + parent->read - banned
	permission edit = owner
}

definition folder {
	relation reader: user | group#member
	permission read = reader
}

definition group {
	relation member: user | group#member
}

/** someone */
definition user {}`;

const NEWER_SCHEMA = SCHEMA.replace("permission edit = owner", "permission edit = owner + parent->read\n\tpermission share = owner");

const object = (text) => {
  const [objectType, objectId] = text.split(":");
  return { objectType, objectId };
};
const subject = (text) => {
  const [of, optionalRelation] = text.split("#");
  return { object: object(of), ...(optionalRelation && { optionalRelation }) };
};
const relationship = (resource, relation, of, more = {}) => ({ resource: object(resource), relation, subject: subject(of), ...more });
const update = (operation, ...parts) => ({ operation: `OPERATION_${operation}`, relationship: relationship(...parts) });
const FRESH = { consistency: { fullyConsistent: true } };
const check = (resource, permission, of, more = {}) => ({ ...FRESH, resource: object(resource), permission, subject: subject(of), ...more });
const onDay = (day) => ({ optionalCaveat: { caveatName: "on_day", context: { wanted: day } } });

const DATA = [
  update("CREATE", "group:all", "member", "user:ann"),
  update("CREATE", "group:all", "member", "group:few#member"),
  update("CREATE", "group:few", "member", "user:bob"),
  update("CREATE", "folder:top", "reader", "group:all#member"),
  update("CREATE", "document:plan", "parent", "folder:top"),
  update("CREATE", "document:plan", "owner", "user:cid"),
  update("CREATE", "document:plan", "viewer", "user:dee", onDay("friday")),
  update("CREATE", "document:plan", "viewer", "user:eve", { optionalExpiresAt: "2999-01-01T00:00:00Z" }),
  update("CREATE", "document:plan", "banned", "user:bob"),
  update("CREATE", "document:open", "viewer", "user:*"),
  update("CREATE", "document:open", "banned", "user:ann"),
  update("CREATE", "document:own", "owner", "user:ann"),
];

/** Steps of the commonest methods. */
const checks = (name, ...of) => ({ name, method: "CheckPermission", request: check(...of) });
const writes = (name, updates, more = {}) => ({ name, method: "WriteRelationships", request: { updates, ...more } });
const deletes = (name, relationshipFilter, more = {}) => ({ name, method: "DeleteRelationships", request: { relationshipFilter, ...more } });
const reads = (name, relationshipFilter, more = {}) => ({ name, method: "ReadRelationships", request: { ...FRESH, relationshipFilter, ...more } });
const resources = (name, permission, of, more = {}) => ({
  name,
  method: "LookupResources",
  request: { ...FRESH, resourceObjectType: "document", permission, subject: subject(of), ...more },
});
const subjects = (name, resource, permission, subjectObjectType, more = {}) => ({
  name,
  method: "LookupSubjects",
  request: { ...FRESH, resource: object(resource), permission, subjectObjectType, ...more },
});
const only = (operation, filter) => ({ optionalPreconditions: [{ operation: `OPERATION_${operation}`, filter }] });
const ofDocument = (optionalResourceId) => ({ resourceType: "document", optionalResourceId });
const item = (resource, permission, of, more = {}) => ({ resource: object(resource), permission, subject: subject(of), ...more });
const since = (name, take, request) => ({ name, method: "Watch", request: { optionalStartCursor: { token: "${schema}" }, ...request }, take });

/** What both kinds of server are asked. */
export const STEPS = [
  { name: "no schema yet", method: "ReadSchema", request: {} },
  { name: "a schema with an error", method: "WriteSchema", request: { schema: "definition user {\n  relation a: missing\n}" } },
  { name: "a schema that cannot be read", method: "WriteSchema", request: { schema: "definition {" } },
  { name: "the schema", method: "WriteSchema", request: { schema: SCHEMA }, save: { schema: "writtenAt.token" } },
  { name: "the schema's text", method: "ReadSchema", request: {} },

  {
    name: "relationships",
    method: "WriteRelationships",
    request: { updates: DATA, optionalTransactionMetadata: { who: "ann", count: 12, nested: { list: [1, null, true] } } },
    save: { data: "writtenAt.token" },
  },
  writes("one that is there", [DATA[0]]),
  writes("an unknown definition", [update("TOUCH", "nothing:x", "viewer", "user:ann")]),
  writes("an unknown relation", [update("TOUCH", "document:x", "nothing", "user:ann")]),
  writes("a permission", [update("TOUCH", "document:x", "view", "user:ann")]),
  writes("a subject of the wrong type", [update("TOUCH", "document:x", "owner", "group:all#member")]),
  writes("an unknown caveat", [update("TOUCH", "document:x", "viewer", "user:ann", { optionalCaveat: { caveatName: "nothing" } })]),
  writes("one relationship twice", [update("TOUCH", "document:x", "owner", "user:ann"), update("DELETE", "document:x", "owner", "user:ann")]),
  writes("an id that is none", [update("TOUCH", "document:a b", "owner", "user:ann")]),
  writes("a condition that fails", [update("TOUCH", "document:x", "owner", "user:ann")], only("MUST_MATCH", ofDocument("nothing"))),
  writes("a condition that holds", [update("TOUCH", "document:late", "viewer", "user:ann")], only("MUST_NOT_MATCH", ofDocument("late"))),

  checks("has", "document:plan", "view", "user:ann"),
  checks("has not", "document:plan", "view", "user:bob"),
  checks("depends", "document:plan", "view", "user:dee"),
  checks("depends, and has", "document:plan", "view", "user:dee", { context: { day: "friday" } }),
  checks("depends, and has not", "document:plan", "view", "user:dee", { context: { day: "monday" } }),
  checks("everyone", "document:open", "view", "user:nobody"),
  checks("a userset", "folder:top", "read", "group:all#member"),
  checks("until a time", "document:plan", "view", "user:eve"),
  {
    name: "as fresh as the write",
    method: "CheckPermission",
    request: { ...check("document:own", "edit", "user:ann"), consistency: { atLeastAsFresh: { token: "${data}" } } },
  },
  {
    name: "at the write",
    method: "CheckPermission",
    request: { ...check("document:late", "view", "user:ann"), consistency: { atExactSnapshot: { token: "${data}" } } },
  },
  {
    name: "at a token that is none",
    method: "CheckPermission",
    request: { ...check("document:plan", "view", "user:ann"), consistency: { atExactSnapshot: { token: "nothing" } } },
  },
  checks("an unknown permission", "document:plan", "nothing", "user:ann"),
  checks("an unknown resource type", "nothing:plan", "view", "user:ann"),
  checks("an unknown subject type", "document:plan", "view", "nothing:ann"),
  checks("everyone as a subject", "document:open", "view", "user:*"),
  checks("a context of the wrong type", "document:plan", "view", "user:dee", { context: { day: 5 } }),
  { name: "nothing asked", method: "CheckPermission", request: {} },
  {
    name: "many checks",
    method: "CheckBulkPermissions",
    request: { ...FRESH, items: ["ann", "bob", "cid", "dee"].map((id) => item("document:plan", "view", `user:${id}`)) },
  },
  {
    name: "many checks, some of which fail",
    method: "CheckBulkPermissions",
    request: {
      ...FRESH,
      items: [
        item("document:plan", "view", "user:dee", { context: { day: "friday" } }),
        item("document:plan", "nothing", "user:ann"),
        item("nothing:plan", "view", "user:ann"),
        item("document:open", "view", "user:zoe"),
      ],
    },
  },
  { name: "no check", method: "CheckBulkPermissions", request: { ...FRESH } },
  { name: "a tree of a permission", method: "ExpandPermissionTree", request: { ...FRESH, resource: object("document:plan"), permission: "view" } },
  { name: "a tree of a relation", method: "ExpandPermissionTree", request: { ...FRESH, resource: object("group:all"), permission: "member" } },
  { name: "a tree of nothing", method: "ExpandPermissionTree", request: { ...FRESH, resource: object("document:plan"), permission: "nothing" } },

  resources("resources", "view", "user:ann"),
  resources("resources of everyone", "view", "user:zoe"),
  resources("resources that depend", "view", "user:dee"),
  resources("resources that depend, with context", "view", "user:dee", { context: { day: "friday" } }),
  resources("resources of a userset", "view", "group:few#member"),
  resources("no resources", "edit", "user:bob"),
  resources("resources with an unknown permission", "nothing", "user:ann"),
  resources("resources of an unknown type", "view", "user:ann", { resourceObjectType: "nothing" }),
  resources("resources with a cursor that is none", "view", "user:ann", { optionalLimit: 1, optionalCursor: { token: "nothing" } }),
  resources("too many resources", "view", "user:ann", { optionalLimit: 1001 }),

  subjects("subjects", "document:plan", "view", "user"),
  subjects("subjects with context", "document:plan", "view", "user", { context: { day: "friday" } }),
  subjects("subjects where everyone is one", "document:open", "view", "user"),
  subjects("usersets", "document:plan", "view", "group", { optionalSubjectRelation: "member" }),
  subjects("no subjects", "document:nothing", "view", "user"),
  subjects("subjects of an unknown type", "document:plan", "view", "nothing"),
  subjects("subjects with an unknown permission", "document:plan", "nothing", "user"),

  reads("all of a type", { resourceType: "document" }),
  reads("of a resource", { resourceType: "document", optionalResourceId: "plan", optionalRelation: "viewer" }),
  reads("of a prefix", { optionalResourceIdPrefix: "o" }),
  reads("of a subject", { optionalSubjectFilter: { subjectType: "user", optionalSubjectId: "ann" } }),
  reads("of a userset", { optionalSubjectFilter: { subjectType: "group", optionalRelation: { relation: "member" } } }),
  {
    name: "at the first write",
    method: "ReadRelationships",
    request: { consistency: { atExactSnapshot: { token: "${data}" } }, relationshipFilter: ofDocument("late") },
  },
  reads("by no filter", {}),
  reads("of an unknown definition", { resourceType: "nothing" }),
  reads("too many", { resourceType: "document" }, { optionalLimit: 1001 }),

  deletes("a condition for a deletion that fails", ofDocument("open"), only("MUST_NOT_MATCH", ofDocument("open"))),
  deletes("more than the limit of a deletion", ofDocument("plan"), { optionalLimit: 1 }),
  deletes("a deletion of a part", ofDocument("open"), { optionalLimit: 1, optionalAllowPartialDeletions: true }),
  deletes("a deletion of the rest", ofDocument("open"), { optionalTransactionMetadata: { why: "done" } }),
  deletes("a deletion of nothing", ofDocument("nothing")),
  deletes("a deletion by an unknown relation", { resourceType: "document", optionalRelation: "nothing" }),
  checks("deleted", "document:open", "view", "user:nobody"),

  since("what was written", 2),
  since("what was written to groups", 1, { optionalObjectTypes: ["group"] }),
  since("what was written of a subject", 1, {
    optionalRelationshipFilters: [{ optionalSubjectFilter: { subjectType: "user", optionalSubjectId: "cid" } }],
  }),
  {
    name: "both filters",
    method: "Watch",
    request: { optionalObjectTypes: ["group"], optionalRelationshipFilters: [{ resourceType: "group" }] },
    take: 1,
  },
  { name: "since a token that is none", method: "Watch", request: { optionalStartCursor: { token: "nothing" } }, take: 1 },

  {
    name: "a schema without what is in use",
    method: "WriteSchema",
    request: { schema: SCHEMA.replace("\trelation banned: user\n", "").replace(" - banned", "") },
  },
];

const page = (...relationships) => ({ afterResultCursor: { token: "TOKEN" }, relationships });
const refused = (code, reason, metadata = "*") => ({ error: { code, reason: `ERROR_REASON_${reason}`, metadata } });
const PART = { ...FRESH, optionalFilters: [{ optionalDefinitionNameFilter: "gr" }, { optionalCaveatNameFilter: "on" }] };
const OF_RELATION = { ...FRESH, definitionName: "folder", relationName: "reader" };
const OF_PERMISSION = { ...FRESH, definitionName: "document", permissionName: "view" };

/**
 * The methods that the SpiceDB at hand does not answer. `expect` is what must come by its documentation and sources, with `"*"` for any metadata;
 * steps of one `same` must have the same outcome.
 */
export const OTHER_STEPS = [
  {
    name: "import",
    method: "ImportBulkRelationships",
    requests: [
      { relationships: [relationship("folder:a", "reader", "user:ann"), relationship("folder:b", "reader", "user:ann")] },
      { relationships: [relationship("folder:c", "reader", "user:bob")] },
    ],
    expect: { responses: [{ numLoaded: "3" }] },
  },
  {
    name: "import of what is there",
    method: "ImportBulkRelationships",
    requests: [{ relationships: [relationship("folder:a", "reader", "user:ann")] }],
    expect: refused("ALREADY_EXISTS", "ATTEMPT_TO_RECREATE_RELATIONSHIP", {
      relationship: "folder:a#reader@user:ann",
      resource_type: "folder",
      resource_object_id: "a",
      resource_relation: "reader",
      subject_type: "user",
      subject_object_id: "ann",
      subject_relation: "",
    }),
  },
  {
    name: "export",
    method: "ExportBulkRelationships",
    request: { ...FRESH, optionalLimit: 2, optionalRelationshipFilter: { resourceType: "folder" } },
    expect: {
      responses: [
        page(relationship("folder:a", "reader", "user:ann"), relationship("folder:b", "reader", "user:ann")),
        page(relationship("folder:c", "reader", "user:bob"), relationship("folder:top", "reader", "group:all#member")),
      ],
    },
  },
  { name: "a part of the schema", method: "ReflectSchema", request: PART, same: "reflect" },
  { name: "the same, by its older name", method: "ExperimentalReflectSchema", request: PART, same: "reflect" },
  {
    name: "a filter that is none",
    method: "ReflectSchema",
    request: { ...FRESH, optionalFilters: [{ optionalRelationNameFilter: "member" }] },
    expect: refused("INVALID_ARGUMENT", "INVALID_FILTER"),
  },
  { name: "permissions that a relation gives", method: "ComputablePermissions", request: OF_RELATION, same: "computable" },
  { name: "the same, by its older name, too", method: "ExperimentalComputablePermissions", request: OF_RELATION, same: "computable" },
  { name: "relations that give a permission", method: "DependentRelations", request: OF_PERMISSION, same: "dependent" },
  { name: "the same, by its older name, again", method: "ExperimentalDependentRelations", request: OF_PERMISSION, same: "dependent" },
  {
    name: "relations that give a relation",
    method: "DependentRelations",
    request: { ...FRESH, definitionName: "document", permissionName: "owner" },
    expect: refused("INVALID_ARGUMENT", "UNKNOWN_RELATION_OR_PERMISSION"),
  },
  { name: "what another schema would change", method: "DiffSchema", request: { ...FRESH, comparisonSchema: NEWER_SCHEMA }, same: "diff" },
  {
    name: "the same, by its older name, once more",
    method: "ExperimentalDiffSchema",
    request: { ...FRESH, comparisonSchema: NEWER_SCHEMA },
    same: "diff",
  },
  {
    name: "checks by their older name",
    method: "BulkCheckPermission",
    request: { ...FRESH, items: [item("document:plan", "edit", "user:cid")] },
    expect: {
      responses: [
        {
          checkedAt: { token: "TOKEN" },
          pairs: [{ request: item("document:plan", "edit", "user:cid"), item: { permissionship: "PERMISSIONSHIP_HAS_PERMISSION" } }],
        },
      ],
    },
  },
  {
    name: "an import by its older name",
    method: "BulkImportRelationships",
    requests: [{ relationships: [relationship("folder:d", "reader", "user:ann")] }],
    expect: { responses: [{ numLoaded: "1" }] },
  },
  {
    name: "an export by its older name",
    method: "BulkExportRelationships",
    request: { ...FRESH, optionalRelationshipFilter: { resourceType: "folder", optionalResourceId: "d" } },
    expect: { responses: [page(relationship("folder:d", "reader", "user:ann"))] },
  },
  {
    name: "a counter",
    method: "ExperimentalRegisterRelationshipCounter",
    request: { name: "folders", relationshipFilter: { resourceType: "folder" } },
    expect: { responses: [{}] },
  },
  {
    name: "a counter that is there",
    method: "ExperimentalRegisterRelationshipCounter",
    request: { name: "folders", relationshipFilter: { resourceType: "folder" } },
    expect: refused("FAILED_PRECONDITION", "COUNTER_ALREADY_REGISTERED"),
  },
  {
    name: "its count",
    method: "ExperimentalCountRelationships",
    request: { name: "folders" },
    expect: { responses: [{ readCounterValue: { relationshipCount: "5", readAt: { token: "TOKEN" } } }] },
  },
  { name: "no counter any more", method: "ExperimentalUnregisterRelationshipCounter", request: { name: "folders" }, expect: { responses: [{}] } },
  {
    name: "its count, then",
    method: "ExperimentalCountRelationships",
    request: { name: "folders" },
    expect: refused("FAILED_PRECONDITION", "COUNTER_NOT_REGISTERED", { counter_name: "folders" }),
  },
];

/** Replaces `${name}` by what was saved under it. */
export function filled(json, saved) {
  if (typeof json === "string") return json.replace(/\$\{(\w+)\}/g, (whole, name) => saved.get(name) ?? whole);
  if (Array.isArray(json)) return json.map((item) => filled(item, saved));
  return json && typeof json === "object" ? Object.fromEntries(Object.entries(json).map(([key, value]) => [key, filled(value, saved)])) : json;
}

/** Keeps what a step saves of its first response. */
export function keep({ save = {} }, { responses }, saved) {
  for (const [name, path] of Object.entries(save))
    saved.set(
      name,
      path.split(".").reduce((value, key) => value?.[key], responses?.[0]),
    );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify([...STEPS, ...OTHER_STEPS]));
