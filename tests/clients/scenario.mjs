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

const lookup = (permission, of, more = {}) => ({ ...FRESH, resourceObjectType: "document", permission, subject: subject(of), ...more });
const subjects = (resource, permission, type, more = {}) => ({ ...FRESH, resource: object(resource), permission, subjectObjectType: type, ...more });

/** What both kinds of server are asked. */
export const STEPS = [
  { name: "no schema yet", method: "ReadSchema", request: {} },
  { name: "a schema with an error", method: "WriteSchema", request: { schema: "definition user {\n  relation a: missing\n}" } },
  { name: "a schema that cannot be read", method: "WriteSchema", request: { schema: "definition {" } },
  { name: "the schema", method: "WriteSchema", request: { schema: SCHEMA }, save: { schema: "writtenAt.token" } },
  { name: "the schema's text", method: "ReadSchema", request: {} },

  { name: "relationships", method: "WriteRelationships", request: { updates: DATA, optionalTransactionMetadata: { who: "ann", count: 12, nested: { list: [1, null, true] } } }, save: { data: "writtenAt.token" } },
  { name: "one that is there", method: "WriteRelationships", request: { updates: [DATA[0]] } },
  { name: "an unknown definition", method: "WriteRelationships", request: { updates: [update("TOUCH", "nothing:x", "viewer", "user:ann")] } },
  { name: "an unknown relation", method: "WriteRelationships", request: { updates: [update("TOUCH", "document:x", "nothing", "user:ann")] } },
  { name: "a permission", method: "WriteRelationships", request: { updates: [update("TOUCH", "document:x", "view", "user:ann")] } },
  { name: "a subject of the wrong type", method: "WriteRelationships", request: { updates: [update("TOUCH", "document:x", "owner", "group:all#member")] } },
  { name: "an unknown caveat", method: "WriteRelationships", request: { updates: [update("TOUCH", "document:x", "viewer", "user:ann", { optionalCaveat: { caveatName: "nothing" } })] } },
  { name: "one relationship twice", method: "WriteRelationships", request: { updates: [update("TOUCH", "document:x", "owner", "user:ann"), update("DELETE", "document:x", "owner", "user:ann")] } },
  { name: "an id that is none", method: "WriteRelationships", request: { updates: [update("TOUCH", "document:a b", "owner", "user:ann")] } },
  { name: "a condition that fails", method: "WriteRelationships", request: { updates: [update("TOUCH", "document:x", "owner", "user:ann")], optionalPreconditions: [{ operation: "OPERATION_MUST_MATCH", filter: { resourceType: "document", optionalResourceId: "nothing" } }] } },
  { name: "a condition that holds", method: "WriteRelationships", request: { updates: [update("TOUCH", "document:late", "viewer", "user:ann")], optionalPreconditions: [{ operation: "OPERATION_MUST_NOT_MATCH", filter: { resourceType: "document", optionalResourceId: "late" } }] } },

  { name: "has", method: "CheckPermission", request: check("document:plan", "view", "user:ann") },
  { name: "has not", method: "CheckPermission", request: check("document:plan", "view", "user:bob") },
  { name: "depends", method: "CheckPermission", request: check("document:plan", "view", "user:dee") },
  { name: "depends, and has", method: "CheckPermission", request: check("document:plan", "view", "user:dee", { context: { day: "friday" } }) },
  { name: "depends, and has not", method: "CheckPermission", request: check("document:plan", "view", "user:dee", { context: { day: "monday" } }) },
  { name: "everyone", method: "CheckPermission", request: check("document:open", "view", "user:nobody") },
  { name: "a userset", method: "CheckPermission", request: check("folder:top", "read", "group:all#member") },
  { name: "until a time", method: "CheckPermission", request: check("document:plan", "view", "user:eve") },
  { name: "as fresh as the write", method: "CheckPermission", request: { ...check("document:own", "edit", "user:ann"), consistency: { atLeastAsFresh: { token: "${data}" } } } },
  { name: "at the write", method: "CheckPermission", request: { ...check("document:late", "view", "user:ann"), consistency: { atExactSnapshot: { token: "${data}" } } } },
  { name: "at a token that is none", method: "CheckPermission", request: { ...check("document:plan", "view", "user:ann"), consistency: { atExactSnapshot: { token: "nothing" } } } },
  { name: "an unknown permission", method: "CheckPermission", request: check("document:plan", "nothing", "user:ann") },
  { name: "an unknown resource type", method: "CheckPermission", request: check("nothing:plan", "view", "user:ann") },
  { name: "an unknown subject type", method: "CheckPermission", request: check("document:plan", "view", "nothing:ann") },
  { name: "everyone as a subject", method: "CheckPermission", request: check("document:open", "view", "user:*") },
  { name: "a context of the wrong type", method: "CheckPermission", request: check("document:plan", "view", "user:dee", { context: { day: 5 } }) },
  { name: "nothing asked", method: "CheckPermission", request: {} },
  {
    name: "many checks", method: "CheckBulkPermissions",
    request: { ...FRESH, items: ["ann", "bob", "cid", "dee"].map((id) => ({ resource: object("document:plan"), permission: "view", subject: subject(`user:${id}`) })) },
  },
  {
    name: "many checks, some of which fail", method: "CheckBulkPermissions",
    request: { ...FRESH, items: [["document:plan", "view", "user:dee", { context: { day: "friday" } }], ["document:plan", "nothing", "user:ann"], ["nothing:plan", "view", "user:ann"], ["document:open", "view", "user:zoe"]].map(([resource, permission, of, more]) => ({ resource: object(resource), permission, subject: subject(of), ...more })) },
  },
  { name: "no check", method: "CheckBulkPermissions", request: { ...FRESH } },
  { name: "a tree of a permission", method: "ExpandPermissionTree", request: { ...FRESH, resource: object("document:plan"), permission: "view" } },
  { name: "a tree of a relation", method: "ExpandPermissionTree", request: { ...FRESH, resource: object("group:all"), permission: "member" } },
  { name: "a tree of nothing", method: "ExpandPermissionTree", request: { ...FRESH, resource: object("document:plan"), permission: "nothing" } },

  { name: "resources", method: "LookupResources", request: lookup("view", "user:ann") },
  { name: "resources of everyone", method: "LookupResources", request: lookup("view", "user:zoe") },
  { name: "resources that depend", method: "LookupResources", request: lookup("view", "user:dee") },
  { name: "resources that depend, with context", method: "LookupResources", request: lookup("view", "user:dee", { context: { day: "friday" } }) },
  { name: "resources of a userset", method: "LookupResources", request: lookup("view", "group:few#member") },
  { name: "no resources", method: "LookupResources", request: lookup("edit", "user:bob") },
  { name: "resources with an unknown permission", method: "LookupResources", request: lookup("nothing", "user:ann") },
  { name: "resources of an unknown type", method: "LookupResources", request: lookup("view", "user:ann", { resourceObjectType: "nothing" }) },
  { name: "resources with a cursor that is none", method: "LookupResources", request: lookup("view", "user:ann", { optionalLimit: 1, optionalCursor: { token: "nothing" } }) },
  { name: "too many resources", method: "LookupResources", request: lookup("view", "user:ann", { optionalLimit: 1001 }) },

  { name: "subjects", method: "LookupSubjects", request: subjects("document:plan", "view", "user") },
  { name: "subjects with context", method: "LookupSubjects", request: subjects("document:plan", "view", "user", { context: { day: "friday" } }) },
  { name: "subjects where everyone is one", method: "LookupSubjects", request: subjects("document:open", "view", "user") },
  { name: "usersets", method: "LookupSubjects", request: subjects("document:plan", "view", "group", { optionalSubjectRelation: "member" }) },
  { name: "no subjects", method: "LookupSubjects", request: subjects("document:nothing", "view", "user") },
  { name: "subjects of an unknown type", method: "LookupSubjects", request: subjects("document:plan", "view", "nothing") },
  { name: "subjects with an unknown permission", method: "LookupSubjects", request: subjects("document:plan", "nothing", "user") },

  { name: "all of a type", method: "ReadRelationships", request: { ...FRESH, relationshipFilter: { resourceType: "document" } } },
  { name: "of a resource", method: "ReadRelationships", request: { ...FRESH, relationshipFilter: { resourceType: "document", optionalResourceId: "plan", optionalRelation: "viewer" } } },
  { name: "of a prefix", method: "ReadRelationships", request: { ...FRESH, relationshipFilter: { optionalResourceIdPrefix: "o" } } },
  { name: "of a subject", method: "ReadRelationships", request: { ...FRESH, relationshipFilter: { optionalSubjectFilter: { subjectType: "user", optionalSubjectId: "ann" } } } },
  { name: "of a userset", method: "ReadRelationships", request: { ...FRESH, relationshipFilter: { optionalSubjectFilter: { subjectType: "group", optionalRelation: { relation: "member" } } } } },
  { name: "at the first write", method: "ReadRelationships", request: { consistency: { atExactSnapshot: { token: "${data}" } }, relationshipFilter: { resourceType: "document", optionalResourceId: "late" } } },
  { name: "by no filter", method: "ReadRelationships", request: { ...FRESH, relationshipFilter: {} } },
  { name: "of an unknown definition", method: "ReadRelationships", request: { ...FRESH, relationshipFilter: { resourceType: "nothing" } } },
  { name: "too many", method: "ReadRelationships", request: { ...FRESH, relationshipFilter: { resourceType: "document" }, optionalLimit: 1001 } },

  { name: "a condition for a deletion that fails", method: "DeleteRelationships", request: { relationshipFilter: { resourceType: "document", optionalResourceId: "open" }, optionalPreconditions: [{ operation: "OPERATION_MUST_NOT_MATCH", filter: { resourceType: "document", optionalResourceId: "open" } }] } },
  { name: "more than the limit of a deletion", method: "DeleteRelationships", request: { relationshipFilter: { resourceType: "document", optionalResourceId: "plan" }, optionalLimit: 1 } },
  { name: "a deletion of a part", method: "DeleteRelationships", request: { relationshipFilter: { resourceType: "document", optionalResourceId: "open" }, optionalLimit: 1, optionalAllowPartialDeletions: true } },
  { name: "a deletion of the rest", method: "DeleteRelationships", request: { relationshipFilter: { resourceType: "document", optionalResourceId: "open" }, optionalTransactionMetadata: { why: "done" } } },
  { name: "a deletion of nothing", method: "DeleteRelationships", request: { relationshipFilter: { resourceType: "document", optionalResourceId: "nothing" } } },
  { name: "a deletion by an unknown relation", method: "DeleteRelationships", request: { relationshipFilter: { resourceType: "document", optionalRelation: "nothing" } } },
  { name: "deleted", method: "CheckPermission", request: check("document:open", "view", "user:nobody") },

  { name: "what was written", method: "Watch", request: { optionalStartCursor: { token: "${schema}" } }, take: 2 },
  { name: "what was written to groups", method: "Watch", request: { optionalStartCursor: { token: "${schema}" }, optionalObjectTypes: ["group"] }, take: 1 },
  { name: "what was written of a subject", method: "Watch", request: { optionalStartCursor: { token: "${schema}" }, optionalRelationshipFilters: [{ optionalSubjectFilter: { subjectType: "user", optionalSubjectId: "cid" } }] }, take: 1 },
  { name: "both filters", method: "Watch", request: { optionalObjectTypes: ["group"], optionalRelationshipFilters: [{ resourceType: "group" }] }, take: 1 },
  { name: "since a token that is none", method: "Watch", request: { optionalStartCursor: { token: "nothing" } }, take: 1 },

  { name: "a schema without what is in use", method: "WriteSchema", request: { schema: SCHEMA.replace("\trelation banned: user\n", "").replace(" - banned", "") } },
];

/**
 * The methods that the SpiceDB at hand does not answer. `expect` is what must come by its documentation and sources, with `"*"` for any metadata;
 * steps of one `same` must have the same outcome.
 */
export const OTHER_STEPS = [
  { name: "import", method: "ImportBulkRelationships", requests: [{ relationships: [relationship("folder:a", "reader", "user:ann"), relationship("folder:b", "reader", "user:ann")] }, { relationships: [relationship("folder:c", "reader", "user:bob")] }], expect: { responses: [{ numLoaded: "3" }] } },
  {
    name: "import of what is there", method: "ImportBulkRelationships", requests: [{ relationships: [relationship("folder:a", "reader", "user:ann")] }],
    expect: { error: { code: "ALREADY_EXISTS", reason: "ERROR_REASON_ATTEMPT_TO_RECREATE_RELATIONSHIP", metadata: { relationship: "folder:a#reader@user:ann", resource_type: "folder", resource_object_id: "a", resource_relation: "reader", subject_type: "user", subject_object_id: "ann", subject_relation: "..." } } },
  },
  {
    name: "export", method: "ExportBulkRelationships", request: { ...FRESH, optionalLimit: 2, optionalRelationshipFilter: { resourceType: "folder" } },
    expect: { responses: [
      { afterResultCursor: { token: "TOKEN" }, relationships: [relationship("folder:a", "reader", "user:ann"), relationship("folder:b", "reader", "user:ann")] },
      { afterResultCursor: { token: "TOKEN" }, relationships: [relationship("folder:c", "reader", "user:bob"), relationship("folder:top", "reader", "group:all#member")] },
    ] },
  },
  { name: "a part of the schema", method: "ReflectSchema", request: { ...FRESH, optionalFilters: [{ optionalDefinitionNameFilter: "gr" }, { optionalCaveatNameFilter: "on" }] }, same: "reflect" },
  { name: "the same, by its older name", method: "ExperimentalReflectSchema", request: { ...FRESH, optionalFilters: [{ optionalDefinitionNameFilter: "gr" }, { optionalCaveatNameFilter: "on" }] }, same: "reflect" },
  { name: "a filter that is none", method: "ReflectSchema", request: { ...FRESH, optionalFilters: [{ optionalRelationNameFilter: "member" }] }, expect: { error: { code: "INVALID_ARGUMENT", reason: "ERROR_REASON_INVALID_FILTER", metadata: "*" } } },
  { name: "permissions that a relation gives", method: "ComputablePermissions", request: { ...FRESH, definitionName: "folder", relationName: "reader" }, same: "computable" },
  { name: "the same, by its older name, too", method: "ExperimentalComputablePermissions", request: { ...FRESH, definitionName: "folder", relationName: "reader" }, same: "computable" },
  { name: "relations that give a permission", method: "DependentRelations", request: { ...FRESH, definitionName: "document", permissionName: "view" }, same: "dependent" },
  { name: "the same, by its older name, again", method: "ExperimentalDependentRelations", request: { ...FRESH, definitionName: "document", permissionName: "view" }, same: "dependent" },
  { name: "relations that give a relation", method: "DependentRelations", request: { ...FRESH, definitionName: "document", permissionName: "owner" }, expect: { error: { code: "INVALID_ARGUMENT", reason: "ERROR_REASON_UNKNOWN_RELATION_OR_PERMISSION", metadata: "*" } } },
  { name: "what another schema would change", method: "DiffSchema", request: { ...FRESH, comparisonSchema: NEWER_SCHEMA }, same: "diff" },
  { name: "the same, by its older name, once more", method: "ExperimentalDiffSchema", request: { ...FRESH, comparisonSchema: NEWER_SCHEMA }, same: "diff" },
  {
    name: "checks by their older name", method: "BulkCheckPermission", request: { ...FRESH, items: [{ resource: object("document:plan"), permission: "edit", subject: subject("user:cid") }] },
    expect: { responses: [{ checkedAt: { token: "TOKEN" }, pairs: [{ request: { resource: object("document:plan"), permission: "edit", subject: subject("user:cid") }, item: { permissionship: "PERMISSIONSHIP_HAS_PERMISSION" } }] }] },
  },
  { name: "an import by its older name", method: "BulkImportRelationships", requests: [{ relationships: [relationship("folder:d", "reader", "user:ann")] }], expect: { responses: [{ numLoaded: "1" }] } },
  {
    name: "an export by its older name", method: "BulkExportRelationships", request: { ...FRESH, optionalRelationshipFilter: { resourceType: "folder", optionalResourceId: "d" } },
    expect: { responses: [{ afterResultCursor: { token: "TOKEN" }, relationships: [relationship("folder:d", "reader", "user:ann")] }] },
  },
  { name: "a counter", method: "ExperimentalRegisterRelationshipCounter", request: { name: "folders", relationshipFilter: { resourceType: "folder" } }, expect: { responses: [{}] } },
  { name: "a counter that is there", method: "ExperimentalRegisterRelationshipCounter", request: { name: "folders", relationshipFilter: { resourceType: "folder" } }, expect: { error: { code: "FAILED_PRECONDITION", reason: "ERROR_REASON_COUNTER_ALREADY_REGISTERED", metadata: "*" } } },
  { name: "its count", method: "ExperimentalCountRelationships", request: { name: "folders" }, expect: { responses: [{ readCounterValue: { relationshipCount: "5", readAt: { token: "TOKEN" } } }] } },
  { name: "no counter any more", method: "ExperimentalUnregisterRelationshipCounter", request: { name: "folders" }, expect: { responses: [{}] } },
  { name: "its count, then", method: "ExperimentalCountRelationships", request: { name: "folders" }, expect: { error: { code: "FAILED_PRECONDITION", reason: "ERROR_REASON_COUNTER_NOT_REGISTERED", metadata: { counter_name: "folders" } } } },
];

/** Replaces `${name}` by what was saved under it. */
export function filled(json, saved) {
  if (typeof json === "string") return json.replace(/\$\{(\w+)\}/g, (whole, name) => saved.get(name) ?? whole);
  if (Array.isArray(json)) return json.map((item) => filled(item, saved));
  return json && typeof json === "object" ? Object.fromEntries(Object.entries(json).map(([key, value]) => [key, filled(value, saved)])) : json;
}

/** Keeps what a step saves of its first response. */
export function keep({ save = {} }, { responses }, saved) {
  for (const [name, path] of Object.entries(save)) saved.set(name, path.split(".").reduce((value, key) => value?.[key], responses?.[0]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify([...STEPS, ...OTHER_STEPS]));
