// What a user of the package may write in TypeScript, and what the compiler must refuse. Only compiled, never run.

import {
  Peppercorn,
  PeppercornError,
  type CheckPermissionResult,
  type Diagnostic,
  type Permissionship,
  type RelationshipUpdate,
  type Snapshot,
} from "peppercorn";

/** Compiles only when the two types are the same. */
type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
const same = <T extends true>(): T | undefined => undefined;

// An engine needs a schema; relationships are a text, a list, or none.
const engine = new Peppercorn({ schema: "definition user {}" });
new Peppercorn({ schema: "", relationships: "" });
new Peppercorn({ schema: "", relationships: ["document:a#viewer@user:b"] as const });
// @ts-expect-error no options
new Peppercorn();
// @ts-expect-error no schema
new Peppercorn({ relationships: "" });
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

// Writes are lists of updates.
const update: RelationshipUpdate = { operation: "TOUCH", relationship: "document:a#viewer@user:b" };
same<Same<ReturnType<typeof engine.write>["revision"], string>>();
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

// Errors carry a code and diagnostics, and nobody else makes them.
try {
  engine.snapshot();
} catch (error) {
  if (error instanceof PeppercornError) {
    const code: string = error.code;
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
