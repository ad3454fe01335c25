// What a user of the package may write in TypeScript, and what the compiler must refuse. Only compiled, never run.

import {
  Peppercorn,
  PeppercornError,
  type CheckManyResult,
  type CheckPermissionResult,
  type CheckTrace,
  type Diagnostic,
  type FoundResource,
  type FoundSubject,
  type Handle,
  type ModuleSource,
  type Page,
  type PermissionTree,
  type Permissionship,
  type Questions,
  type RelationshipUpdate,
  type Snapshot,
  load,
  type v1,
} from "peppercorn";
import * as inline from "peppercorn/inline";
import * as slim from "peppercorn/slim";

/** Compiles only when the two types are the same. */
type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
const same = <T extends true>(): T | undefined => undefined;

// An engine may be given a schema later; relationships are a text, a list, or none.
const engine = new Peppercorn({ schema: "definition user {}" });
new Peppercorn({ schema: "", relationships: "" });
new Peppercorn({ schema: "", relationships: ["document:a#viewer@user:b"] as const });
new Peppercorn();
new Peppercorn({ identity: 1n, retention: { seconds: 60, revisions: 10 }, foreignTokens: "error", now: () => new Date() });
// @ts-expect-error an identity is 64 bits
new Peppercorn({ identity: 1 });
// @ts-expect-error not one of the two
new Peppercorn({ foreignTokens: "ignore" });
// @ts-expect-error relationships are texts
new Peppercorn({ schema: "", relationships: [1] });
// @ts-expect-error a misspelt option
new Peppercorn({ schema: "", relationship: "" });

// `can` is a boolean, and all three arguments are needed.
same<Same<ReturnType<typeof engine.can>, boolean>>();
engine.can("user:alice", "view", "document:readme");
// @ts-expect-error no resource
engine.can("user:alice", "view");
// @ts-expect-error an object is no reference
engine.can({ type: "user", id: "alice" }, "view", "document:readme");

// Handles are numbers, and stand where references may; answers to many are bytes.
const handle: Handle = engine.id("user:alice");
engine.can(handle, "view", engine.id("document:readme"));
engine.can(handle, "view", "document:readme", { now: 0 });
same<Same<ReturnType<typeof engine.canMany>, Uint8Array>>();
engine.canMany(handle, "view", Uint32Array.of(handle));
engine.snapshot().canMany(new Uint32Array(2), "view", new Uint32Array(2), { context: { level: 1 } });
// @ts-expect-error texts have no place in a typed array
engine.canMany("user:alice", "view", new Uint32Array(1));
// @ts-expect-error numbers of 32 bits, without a sign
engine.canMany(new Int32Array(1), "view", handle);
// @ts-expect-error handles are an engine's to give
engine.snapshot().id("user:alice");

// The three answers can be told apart, exhaustively.
const result: CheckPermissionResult = engine.checkPermission("user:alice", "view", "document:readme");
same<Same<typeof result.permissionship, "NO_PERMISSION" | "CONDITIONAL_PERMISSION" | "HAS_PERMISSION">>();
same<Same<typeof result.revision, string>>();
function shown(permissionship: Permissionship): string {
  switch (permissionship) {
    case "HAS_PERMISSION":
      return "yes";
    case "CONDITIONAL_PERMISSION":
      return "it depends";
    case "NO_PERMISSION":
      return "no";
  }
}
shown(result.permissionship);
// @ts-expect-error not one of the answers
shown("MAYBE");

// Options: context, time, and what each question has besides.
engine.can("user:alice", "view", "document:readme", { context: { day: "monday", at: new Date(), raw: new Uint8Array(), big: 1n }, now: 0 });
engine.can("user:alice", "view", "document:readme", { now: new Date(), context: undefined });
engine.can("user:alice", "view", "document:readme", { now: "2030-01-01T00:00:00Z" });
// @ts-expect-error a misspelt option
engine.can("user:alice", "view", "document:readme", { contxt: {} });
// @ts-expect-error a context is no text
engine.can("user:alice", "view", "document:readme", { context: "{}" });
// @ts-expect-error no such time
engine.can("user:alice", "view", "document:readme", { now: true });
// @ts-expect-error `can` has no trace
engine.can("user:alice", "view", "document:readme", { trace: true });

// A conditional answer says what it lacks, and perhaps what remains.
const missing: readonly string[] | undefined = result.partialCaveatInfo?.missingRequiredContext;
const residual: string | undefined = result.partialCaveatInfo?.residual;
const check: CheckTrace | undefined = engine.checkPermission("user:alice", "view", "document:readme", { trace: true }).trace?.check;
same<Same<NonNullable<typeof check>["permissionType"], "RELATION" | "PERMISSION">>();
const deeper: readonly CheckTrace[] | undefined = check?.subProblems;

// Many checks: an answer or an error, and an error has no answer.
const [item]: CheckManyResult[] = engine.checkMany([{ subject: "user:alice", permission: "view", resource: "document:readme", context: {} }], { now: 0 });
if (item !== undefined) {
  const yes: boolean = item.permissionship === "HAS_PERMISSION";
  if (item.error === undefined) {
    same<Same<typeof item.revision, string>>();
  } else {
    same<Same<typeof item.error, PeppercornError>>();
    // @ts-expect-error what failed has no revision
    item.revision;
  }
  void yes;
}
// @ts-expect-error no resource
engine.checkMany([{ subject: "user:alice", permission: "view" }]);
// @ts-expect-error one item is no list
engine.checkMany({ subject: "user:alice", permission: "view", resource: "document:readme" });

// All permissions, of which any may not be there.
const permissions = engine.permissions("user:alice", "document:readme");
// @ts-expect-error it may not be there
permissions["view"].permissionship;

// Lookups: pages, never with a "no" in them.
const resources: Page<FoundResource> = engine.lookupResources("user:alice", "view", "document", { limit: 10, cursor: undefined });
const subjects: Page<FoundSubject> = engine.lookupSubjects("document:readme", "view", "user", { subjectRelation: "member", wildcards: "exclude" });
same<Same<(typeof resources.results)[number]["permissionship"], "CONDITIONAL_PERMISSION" | "HAS_PERMISSION">>();
same<Same<typeof subjects.cursor, string | undefined>>();
// @ts-expect-error an object is always truthy, and has no such thing as `allowed`
resources.results[0]?.allowed;
// @ts-expect-error not one of the two
engine.lookupSubjects("document:readme", "view", "user", { wildcards: "only" });
// @ts-expect-error a limit is a number
engine.lookupResources("user:alice", "view", "document", { limit: "10" });
// @ts-expect-error resources have no wildcards
engine.lookupResources("user:alice", "view", "document", { wildcards: "exclude" });
const total: number = engine.countResources("user:alice", "view", "document").hasPermission + engine.countSubjects("document:readme", "view", "user").conditionalPermission;
// @ts-expect-error a count has no pages
engine.countResources("user:alice", "view", "document", { limit: 1 });

// A tree is a leaf or not.
const tree: PermissionTree = engine.expand("view", "document:readme", { now: 0 });
if (tree.leaf === undefined) {
  same<Same<typeof tree.intermediate.operation, "UNION" | "INTERSECTION" | "EXCLUSION">>();
  const children: readonly PermissionTree[] = tree.intermediate.children;
  void children;
} else {
  const subject: string | undefined = tree.leaf.subjects[0]?.subject;
  void subject;
}
// @ts-expect-error caveats are not evaluated
engine.expand("view", "document:readme", { context: {} });
void [missing, residual, deeper, permissions, total];

// Engines and snapshots are asked alike.
const asked: Questions[] = [engine, engine.snapshot()];
void asked;

// Writes are lists of updates.
const update: RelationshipUpdate = { operation: "TOUCH", relationship: "document:a#viewer@user:b" };
same<Same<ReturnType<typeof engine.write>["revision"], string>>();
same<Same<ReturnType<typeof engine.writeSchema>["token"], string>>();
engine.write([update]);
engine.write([]);
// @ts-expect-error one update is no batch
engine.write(update);
// @ts-expect-error operations are in capitals
engine.write([{ operation: "touch", relationship: "" }]);

// Snapshots answer, list and are freed; they cannot be written to or made by hand.
{
  using snapshot: Snapshot = engine.snapshot();
  same<Same<ReturnType<typeof snapshot.relationships>, string[]>>();
  same<Same<typeof snapshot.revision, string>>();
  snapshot.can("user:alice", "view", "document:readme");
  // @ts-expect-error a snapshot does not change
  snapshot.write([]);
  // @ts-expect-error nor does its revision
  snapshot.revision = "";
}
{
  using scoped = new Peppercorn({ schema: "" });
  scoped.free();
}

// The v1 API: requests and responses by the names of the proto files.
{
  const document: v1.ObjectReference = { objectType: "document", objectId: "readme" };
  const request: v1.CheckPermissionRequest = { resource: document, permission: "view", subject: { object: { objectType: "user", objectId: "alice" } } };
  const response: v1.CheckPermissionResponse = engine.v1.checkPermission(request);
  same<Same<typeof response.partialCaveatInfo, v1.PartialCaveatInfo | null>>();
  engine.v1.checkPermission({ ...request, consistency: { atLeastAsFresh: { token: engine.token } } });
  // @ts-expect-error one level of consistency
  engine.v1.checkPermission({ ...request, consistency: { fullyConsistent: true, minimizeLatency: true } });
  // @ts-expect-error no permission
  engine.v1.checkPermission({ resource: document, subject: request.subject });
  // @ts-expect-error no such method
  engine.v1.checkPermissions({});
  for (const { relationship } of engine.v1.readRelationships({ relationshipFilter: { resourceType: "document" } })) {
    // What is read can be written.
    engine.v1.writeRelationships({ updates: [{ operation: "OPERATION_TOUCH", relationship }] });
  }
  const loaded: string = engine.v1.importBulkRelationships([{ relationships: [] }]).numLoaded;
  const later: Promise<v1.Messages<v1.LookupResourcesResponse>> = engine.v1.async.lookupResources(
    { resourceObjectType: "document", permission: "view", subject: request.subject },
    { signal: { aborted: false, reason: undefined, addEventListener() {}, removeEventListener() {} } },
  );
  void [loaded, later];
}
async function watched(): Promise<void> {
  for await (const message of engine.v1.watch({ optionalUpdateKinds: ["WATCH_KIND_INCLUDE_CHECKPOINTS"] })) {
    same<Same<typeof message, v1.WatchResponse>>();
  }
}
void watched;

// Other engines, other times, and questions of what would be.
{
  const fork: Peppercorn = engine.fork();
  const then: Snapshot = fork.at(fork.token);
  const loaded: Peppercorn = Peppercorn.load(fork.save(), { identity: 2n });
  then.can("user:alice", "view", "document:readme", { relationships: "document:readme#viewer@user:alice" });
  then.expand("view", "document:readme", { relationships: ["document:readme#viewer@user:alice"] });
  // @ts-expect-error a schema is among the bytes
  Peppercorn.load(fork.save(), { schema: "" });
  // @ts-expect-error the schema is written by `writeSchema`
  loaded.schema = "";
}

// Every entry is the same to the compiler.
same<Same<typeof inline, typeof slim>>();
same<Same<typeof slim.Peppercorn, typeof Peppercorn>>();
same<Same<ReturnType<typeof load>, Promise<void>>>();
async function ready(): Promise<void> {
  const source: ModuleSource = new Uint8Array();
  await load();
  await slim.load(source);
  await slim.load(Promise.resolve("https://example.com/engine.wasm"));
  // @ts-expect-error a module is no number
  await slim.load(1);
  // @ts-expect-error there is one module to load
  await slim.load(source, source);
}
void ready;

// Errors carry a code and diagnostics, and nobody else makes them.
try {
  engine.snapshot();
} catch (error) {
  if (error instanceof PeppercornError) {
    const code: string = error.code;
    const about: string | undefined = error.metadata["definition_name"];
    void [about, error.status === "NOT_FOUND"];
    const diagnostics: readonly Diagnostic[] = error.diagnostics;
    const first = diagnostics[0];
    if (first !== undefined) {
      same<Same<typeof first.severity, "error" | "warning">>();
      const place: number = first.line + first.column + first.endLine + first.endColumn;
      const help: string | undefined = first.help;
      void [code, place, help];
    }
    // @ts-expect-error not one of the codes
    error.code === "NO_SUCH_CODE";
  }
}
// @ts-expect-error only the package makes them
new PeppercornError("DISPOSED", "");
