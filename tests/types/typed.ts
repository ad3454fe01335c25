// An engine whose schema the compiler knows (`schema/sample.d.ts`, which `peppercorn types` wrote): what compiles, and what must not. Only
// compiled, never run.

import {
  Peppercorn,
  type CheckItemOf,
  type CheckPermissionResult,
  type ContextOf,
  type PermissionOf,
  type RelationOf,
  type RelationshipOf,
  type ResourceOf,
  type ResourceType,
  type SubjectOf,
  type SubjectTypeOf,
  type Typed,
  type TypedSnapshot,
  type UpdateOf,
} from "peppercorn";
import type { Schema } from "./schema/sample.js";

type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
const same = <T extends true>(): T | undefined => undefined;

// Any engine may be said to have the schema, and is an engine all the same.
const engine: Typed<Schema> = new Peppercorn({ schema: "definition user {}" });
const loaded: Typed<Schema> = Peppercorn.load(engine.save());
const plain: Peppercorn = engine;
const fork: Typed<Schema> = engine.fork();
const snapshot: TypedSnapshot<Schema> = engine.snapshot();
void [loaded, plain.fork(), fork.at(fork.token), snapshot.relationships(), engine.v1.readSchema({}).schemaText];

// What the types are made of.
same<Same<ResourceType<Schema>, "user" | "group" | "company/team" | "folder" | "document">>();
same<Same<PermissionOf<Schema, "document">, "parent" | "editor" | "viewer" | "edit" | "view" | "nothing">>();
same<Same<RelationOf<Schema, "document">, "parent" | "editor" | "viewer">>();
same<Same<ResourceOf<Schema, "folder" | "group">, `folder:${string}` | `group:${string}`>>();
same<Same<SubjectTypeOf<Schema, "document", "view">, "user" | "group" | "company/team">>();
same<Same<SubjectOf<Schema, "document", "view">, `user:${string}` | `group:${string}#member` | `company/team:${string}#member`>>();
same<Same<SubjectOf<Schema, "document", "nothing">, never>>();
same<Same<SubjectOf<Schema, "user", "profile">, `user:${string}`>>();

// Questions: the resource's type says which permissions there are, and both who may have them.
const someone: string = "alice";
engine.can("user:alice", "view", "document:plan");
engine.can(`user:${someone}`, "edit", `document:${someone}`);
engine.can("company/team:eng#member", "view", "folder:root");
engine.can("user:alice", "profile", "user:alice");
engine.can("folder:root", "parent", "document:plan");
engine.can(engine.id("user:alice"), "view", engine.id("document:plan"));
engine.canMany(engine.id("group:eng#member"), "view", Uint32Array.of(engine.id("document:plan")));
snapshot.can("user:alice", "view", "document:plan");
// @ts-expect-error a misspelt permission
engine.can("user:alice", "veiw", "document:plan");
// @ts-expect-error a permission of another type
engine.can("user:alice", "profile", "document:plan");
// @ts-expect-error a misspelt type
engine.can("user:alice", "view", "documnt:plan");
// @ts-expect-error a misspelt subject
engine.can("usr:alice", "view", "document:plan");
// @ts-expect-error a text that may be anything
engine.can(someone, "view", "document:plan");
// @ts-expect-error groups are no members of anything by themselves
engine.can("group:eng", "view", "document:plan");
// @ts-expect-error no relation of the group
engine.can("group:eng#members", "view", "document:plan");
// @ts-expect-error only users edit
engine.can("group:eng#member", "edit", "document:plan");
// @ts-expect-error nobody has it, ever
engine.can("user:alice", "nothing", "document:plan");
// @ts-expect-error no permission of any type
engine.canMany(engine.id("user:alice"), "veiw", engine.id("document:plan"));
// @ts-expect-error no type of the schema
engine.id("usr:alice");
// @ts-expect-error subject and resource swapped
engine.can("document:plan", "view", "user:alice");
// @ts-expect-error snapshots know as much
snapshot.can("user:alice", "veiw", "document:plan");
// @ts-expect-error and so do forks
fork.can("user:alice", "veiw", "document:plan");

// Context: the parameters of the caveats that may decide it, each of its type, none of them needed.
const context: ContextOf<Schema, "document", "view"> = { hour: 10, zone: "UTC", address: "10.0.0.1", since: new Date(), level: 1.5 };
engine.can("user:alice", "view", "document:plan", { context });
engine.can("user:alice", "view", "document:plan", { context: {}, now: 0 });
engine.can("user:alice", "view", "folder:root", { context: { hour: 10n } });
engine.can("user:alice", "viewer", "document:plan", {
  context: { hour: "10", since: "2026-01-01T00:00:00Z", level: 2n, tags: ["a"], limits: { a: 1, b: "2" }, key: new Uint8Array(), whole: true, wait: "1s", other: [null] },
});
same<Same<ContextOf<Schema, "folder", "view">, { readonly hour?: number | bigint | string; readonly zone?: string }>>();
// @ts-expect-error a misspelt parameter
engine.can("user:alice", "view", "document:plan", { context: { huor: 10 } });
// @ts-expect-error a value of another type
engine.can("user:alice", "view", "document:plan", { context: { hour: true } });
// @ts-expect-error a list of something else
engine.can("user:alice", "view", "document:plan", { context: { tags: [1] } });
// @ts-expect-error a map of something else
engine.can("user:alice", "view", "document:plan", { context: { limits: { a: true } } });
// @ts-expect-error the caveat of another permission
engine.can("user:alice", "view", "folder:root", { context: { address: "10.0.0.1" } });
// @ts-expect-error no caveat decides it
engine.can("user:alice", "edit", "document:plan", { context: { hour: 10 } });
// @ts-expect-error a misspelt option
engine.can("user:alice", "edit", "document:plan", { contxt: {} });

// The other questions.
engine.checkPermission("user:alice", "view", "document:plan", { trace: true, context: { hour: 1 } }).trace?.text;
engine.expand("view", "document:plan", { now: new Date() });
engine.countResources("user:alice", "view", "folder").hasPermission;
engine.lookupResources("user:alice", "view", "document", { limit: 10, context: { hour: 1 } }).results;
engine.lookupSubjects("document:plan", "view", "user", { wildcards: "exclude" }).cursor;
engine.lookupSubjects("document:plan", "view", "group", { subjectRelation: "member" });
engine.countSubjects("document:plan", "view", "company/team", { subjectRelation: "member" });
const permissions = engine.permissions("user:alice", "document:plan");
same<Same<keyof typeof permissions, "edit" | "view" | "nothing">>();
same<Same<typeof permissions.view, CheckPermissionResult>>();
const items: CheckItemOf<Schema>[] = [
  { subject: "user:alice", permission: "view", resource: "document:plan", context: { hour: 1 } },
  { subject: "user:alice", permission: "profile", resource: "user:bob" },
];
engine.checkMany(items).map((result) => result.permissionship);
// @ts-expect-error no permission of documents
engine.checkMany([{ subject: "user:alice", permission: "profile", resource: "document:plan" }]);
// @ts-expect-error no permission of theirs
permissions.veiw;
// @ts-expect-error a misspelt type
engine.lookupResources("user:alice", "view", "documnt");
// @ts-expect-error groups have no such permission
engine.lookupResources("user:alice", "view", "group");
// @ts-expect-error folders are no subjects of it
engine.lookupSubjects("document:plan", "view", "folder");
// @ts-expect-error a misspelt relation
engine.lookupSubjects("document:plan", "view", "group", { subjectRelation: "membr" });
// @ts-expect-error a misspelt permission
engine.expand("veiw", "document:plan");
// @ts-expect-error a misspelt option
engine.lookupResources("user:alice", "view", "document", { limits: 10 });

// Relationships: what the schema allows, caveats and expirations where they must be.
const updates: UpdateOf<Schema>[] = [
  { operation: "CREATE", relationship: "document:plan#editor@user:alice" },
  { operation: "TOUCH", relationship: `document:${someone}#editor@user:${someone}` },
  { operation: "TOUCH", relationship: "document:plan#viewer@user:alice[from_network]" },
  { operation: "TOUCH", relationship: 'document:plan#viewer@user:alice[from_network:{"level":2}]' },
  { operation: "TOUCH", relationship: "document:plan#viewer@group:eng#member[during_hours][expiration:2030-01-01T00:00:00Z]" },
  { operation: "TOUCH", relationship: "folder:root#viewer@user:*" },
  { operation: "TOUCH", relationship: "folder:root#viewer@company/team:eng#member" },
  { operation: "DELETE", relationship: "document:plan#viewer@user:alice" },
];
engine.write(updates);
engine.can("user:alice", "view", "document:plan", { relationships: ["document:plan#parent@folder:root"] });
const relationship: RelationshipOf<Schema, "group"> = "group:eng#member@group:ops#member";
void relationship;
// @ts-expect-error a misspelt relation
engine.write([{ operation: "TOUCH", relationship: "document:plan#editr@user:alice" }]);
// @ts-expect-error also where it is deleted
engine.write([{ operation: "DELETE", relationship: "document:plan#editr@user:alice" }]);
// @ts-expect-error a permission is not written
engine.write([{ operation: "TOUCH", relationship: "document:plan#edit@user:alice" }]);
// @ts-expect-error a subject of another type
engine.write([{ operation: "TOUCH", relationship: "document:plan#editor@folder:root" }]);
// @ts-expect-error a user viewer needs a caveat
engine.write([{ operation: "TOUCH", relationship: "document:plan#viewer@user:alice" }]);
// @ts-expect-error and that one
engine.write([{ operation: "TOUCH", relationship: "document:plan#viewer@user:alice[during_hours]" }]);
// @ts-expect-error this one expires
engine.write([{ operation: "TOUCH", relationship: "document:plan#viewer@group:eng#member[during_hours]" }]);
// @ts-expect-error everyone, not anyone
engine.write([{ operation: "TOUCH", relationship: "folder:root#viewer@user:alice" }]);
// @ts-expect-error groups only with their members
engine.write([{ operation: "TOUCH", relationship: "group:eng#member@group:ops" }]);
// @ts-expect-error a misspelt operation
engine.write([{ operation: "ADD", relationship: "document:plan#editor@user:alice" }]);
// @ts-expect-error users edit, not everyone
engine.write([{ operation: "TOUCH", relationship: "document:plan#editor@user:*" }]);
// @ts-expect-error nor is everyone deleted
engine.write([{ operation: "DELETE", relationship: "document:plan#editor@user:*" }]);
// @ts-expect-error users have no members
engine.write([{ operation: "TOUCH", relationship: "document:plan#editor@user:alice#member" }]);
// @ts-expect-error no caveat is on editors
engine.write([{ operation: "TOUCH", relationship: "document:plan#editor@user:alice[during_hours]" }]);
// @ts-expect-error a misspelt caveat before an expiration
engine.write([{ operation: "TOUCH", relationship: "document:plan#viewer@group:eng#member[during_hour][expiration:2030-01-01T00:00:00Z]" }]);
// @ts-expect-error the second of two
engine.write([{ operation: "TOUCH", relationship: "document:plan#editor@user:alice" }, { operation: "TOUCH", relationship: "document:plan#editor@user:*" }]);
engine.write([]);
engine.write(["a", "b"].map((id) => ({ operation: "TOUCH", relationship: `document:${id}#viewer@user:${id}[from_network:{"level":${id}}]` }) as const));
const given: readonly UpdateOf<Schema>[] = [...updates, { operation: "TOUCH", relationship }];
engine.write(given);

// Filters: the relations of a type, and the subjects that they may hold.
engine.delete({ resourceType: "document", relation: "viewer", subjectType: "group", subjectRelation: "member" }).deleted;
engine.delete({ resourceId: someone, resourceType: "company/team" });
[...engine.read({ relation: "viewer", subjectType: "user", subjectId: "*" }, { limit: 1 }), ...snapshot.read({ subjectType: "folder" })];
engine.watch({ filter: [{ resourceType: "folder", relation: "viewer" }, { subjectType: "user" }], after: engine.token });
engine.watch({ filter: { resourceType: "document", subjectRelation: "...", subjectType: "user" } }).return();
engine.watch();
// @ts-expect-error a misspelt type
engine.delete({ resourceType: "documnt" });
// @ts-expect-error a misspelt relation
engine.delete({ resourceType: "document", relation: "veiwer" });
// @ts-expect-error a relation of another type
engine.read({ resourceType: "document", relation: "member" });
// @ts-expect-error a permission is not read
engine.read({ resourceType: "document", relation: "view" });
// @ts-expect-error documents hold no teams
snapshot.read({ resourceType: "document", subjectType: "company/team" });
// @ts-expect-error a misspelt relation of the subject
engine.delete({ resourceType: "document", subjectType: "group", subjectRelation: "membr" });
// @ts-expect-error a relation of no type
engine.watch({ filter: { relation: "veiwer" } });
// @ts-expect-error one filter of several
engine.watch({ filter: [{ resourceType: "document" }, { resourceType: "document", relation: "member" }] });
// @ts-expect-error a misspelt field
engine.delete({ resourcetype: "document" });

// Subscriptions: the questions that make sense, and what they give.
const subscription = engine.subscribe(["lookupResources", "user:alice", "view", "document", { limit: 10, context: { hour: 1 } }], (page) => page?.results);
subscription.answer?.cursor;
engine.subscribe(["can", `user:${someone}`, "view", `folder:${someone}`], (allowed) => same<Same<typeof allowed, boolean | undefined>>());
engine.subscribe(["permissions", "user:alice", "document:plan", undefined], (permissions) => permissions?.["edit"]?.permissionship);
engine.subscribe(["checkPermission", "user:alice", "viewer", "document:plan", { context: { address: "10.0.0.1" } }], () => {});
engine.subscribe(["lookupSubjects", "document:plan", "view", "group", { subjectRelation: "member" }], () => {});
const question = ["can", "user:alice", "view", "document:plan"] as const;
engine.subscribe(question, () => {});
// @ts-expect-error a misspelt call
engine.subscribe(["may", "user:alice", "view", "document:plan"], () => {});
// @ts-expect-error a misspelt permission
engine.subscribe(["can", "user:alice", "veiw", "document:plan"], () => {});
// @ts-expect-error a permission of the subject's type
engine.subscribe(["can", "user:alice", "profile", "document:plan"], () => {});
// @ts-expect-error a misspelt type
engine.subscribe(["can", "user:alice", "view", "documnt:plan"], () => {});
// @ts-expect-error a misspelt subject
engine.subscribe(["checkPermission", "usr:alice", "view", "document:plan"], () => {});
// @ts-expect-error who never has it
engine.subscribe(["can", "group:eng#member", "edit", "document:plan"], () => {});
// @ts-expect-error a misspelt parameter beside a right one
engine.subscribe(["can", "user:alice", "view", "document:plan", { context: { hour: 1, huor: 1 } }], () => {});
// @ts-expect-error a value of another type
engine.subscribe(["can", "user:alice", "view", "document:plan", { context: { hour: true } }], () => {});
// @ts-expect-error a misspelt type
engine.subscribe(["lookupResources", "user:alice", "view", "documnt"], () => {});
// @ts-expect-error folders are no subjects of it
engine.subscribe(["lookupSubjects", "document:plan", "view", "folder"], () => {});
// @ts-expect-error a misspelt relation
engine.subscribe(["lookupSubjects", "document:plan", "view", "group", { subjectRelation: "membr" }], () => {});
// @ts-expect-error a misspelt type
engine.subscribe(["permissions", "user:alice", "documnt:plan"], () => {});
// @ts-expect-error a truth value has no results
engine.subscribe(["can", "user:alice", "view", "document:plan"], (page) => page?.results);
// @ts-expect-error a question that may be anything
engine.subscribe(["can", someone, "view", "document:plan"], () => {});
// @ts-expect-error a relationship that the schema does not allow counts for no question
engine.can("user:alice", "view", "document:plan", { relationships: ["document:plan#parent@user:alice"] });

// Code that knows no type in particular.
function anyone<Type extends ResourceType<Schema>>(permission: PermissionOf<Schema, Type>, resource: ResourceOf<Schema, Type>): void {
  void [permission, resource];
}
anyone("view", "document:plan");
// @ts-expect-error no permission of documents
anyone("profile", "document:plan");
