/**
 * Peppercorn: a permissions engine compatible with SpiceDB, inside your process.
 *
 * Everything is synchronous and nothing has to be started: the WebAssembly module is loaded by the import.
 *
 * @packageDocumentation
 */

/** A subject as text: `type:id` for an object, `type:id#relation` for the members of a relation. */
export type SubjectReference = string;

/** A resource as text: `type:id`. */
export type ResourceReference = string;

/** A relationship as text: `document:readme#viewer@user:alice`, `document:readme#viewer@group:eng#member`, `document:readme#viewer@user:*`. */
export type RelationshipText = string;

/** A point in the history of an engine. An opaque string: compare it for equality, keep it, send it, never compute with it. */
export type Revision = string;

/** What an engine starts with. */
export interface PeppercornOptions {
  /** The schema, in SpiceDB's schema language. */
  readonly schema: string;
  /**
   * The relationships: a text with one a line (blank lines and lines that start with `//` are ignored), or a list with one an
   * item. Each must fit the schema and none may occur twice. None by default.
   */
  readonly relationships?: string | readonly RelationshipText[];
}

/** SpiceDB's three answers to a check. `CONDITIONAL_PERMISSION` means that a caveat could not be decided: it is not a yes. */
export type Permissionship = "NO_PERMISSION" | "CONDITIONAL_PERMISSION" | "HAS_PERMISSION";

/** The answer to {@link Peppercorn.checkPermission}. An object is always truthy: compare `permissionship`, or ask `can`. */
export interface CheckPermissionResult {
  /** The answer. */
  readonly permissionship: Permissionship;
  /** The revision that the answer was taken from. */
  readonly revision: Revision;
}

/**
 * One change of a batch.
 *
 * - `CREATE` adds a relationship and refuses one that exists.
 * - `TOUCH` adds a relationship, or replaces its caveat and expiration.
 * - `DELETE` removes a relationship; one that is not there is no error.
 */
export interface RelationshipUpdate {
  readonly operation: "CREATE" | "TOUCH" | "DELETE";
  readonly relationship: RelationshipText;
}

/** The answer to {@link Peppercorn.write}. */
export interface WriteResult {
  /** The first revision that holds the whole batch. */
  readonly revision: Revision;
}

/** What both an engine and a snapshot answer. */
export interface Checks {
  /**
   * Whether the subject definitely has the permission (or is in the relation) on the resource.
   *
   * `false` for "no" and for "it depends on a caveat". A question that makes no sense under the schema is an error, never `false`.
   *
   * @param subject who asks: `user:alice`, or `group:eng#member`
   * @param permission the name of a permission or relation
   * @param resource on what: `document:readme`; it need not be known
   * @throws {@link PeppercornError} `UNKNOWN_DEFINITION`, `UNKNOWN_RELATION_OR_PERMISSION`, `WILDCARD_NOT_ALLOWED` (the subject's id is
   * `*`), `INVALID_ARGUMENT`, `WORK_BUDGET_EXCEEDED`, `CYCLE_THROUGH_EXCLUSION`, `DISPOSED`, `ENGINE_FAILED`
   */
  can(subject: SubjectReference, permission: string, resource: ResourceReference): boolean;

  /**
   * The same question with all three answers and the revision.
   *
   * @throws {@link PeppercornError} as {@link Checks.can}
   */
  checkPermission(subject: SubjectReference, permission: string, resource: ResourceReference): CheckPermissionResult;
}

/** An engine: one schema and the relationships under it. */
export declare class Peppercorn implements Checks, Disposable {
  /**
   * Compiles the schema and loads the relationships, all or nothing.
   *
   * @throws {@link PeppercornError} `SCHEMA_PARSE_ERROR` or `SCHEMA_TYPE_ERROR` with every problem of the schema in `diagnostics`; the
   * codes of {@link Peppercorn.write} for relationships that do not fit; `INVALID_ARGUMENT`, `ENGINE_FAILED`
   */
  constructor(options: PeppercornOptions);

  can(subject: SubjectReference, permission: string, resource: ResourceReference): boolean;

  checkPermission(subject: SubjectReference, permission: string, resource: ResourceReference): CheckPermissionResult;

  /**
   * Applies a batch of changes, whole or not at all. An empty batch is legal.
   *
   * @throws {@link PeppercornError} `UNKNOWN_DEFINITION`, `UNKNOWN_RELATION_OR_PERMISSION`, `CANNOT_UPDATE_PERMISSION`,
   * `INVALID_SUBJECT_TYPE`, `CAVEAT_PARAMETER_TYPE_ERROR`, `ATTEMPT_TO_RECREATE_RELATIONSHIP`,
   * `UPDATES_ON_SAME_RELATIONSHIP` (two changes of one relationship), `INVALID_ARGUMENT`, `DISPOSED`, `ENGINE_FAILED`; nothing was changed
   */
  write(updates: readonly RelationshipUpdate[]): WriteResult;

  /**
   * The relationships as they are now, for as long as the snapshot is kept: later writes do not change its answers. Costs the
   * same whatever the number of relationships.
   *
   * @throws {@link PeppercornError} `DISPOSED`, `ENGINE_FAILED`
   */
  snapshot(): Snapshot;

  /**
   * Gives the engine's memory back now rather than when the garbage collector gets to it. Every later call throws
   * `DISPOSED`, except this one. Snapshots taken before stay usable.
   */
  free(): void;

  /** {@link Peppercorn.free}, for `using`. */
  [Symbol.dispose](): void;
}

/** An engine's relationships at one revision. Made by {@link Peppercorn.snapshot}. */
export interface Snapshot extends Checks, Disposable {
  /** The revision the snapshot was taken at. */
  readonly revision: Revision;

  /**
   * Every relationship of the snapshot, in the order of their texts.
   *
   * @throws {@link PeppercornError} `DISPOSED`, `ENGINE_FAILED`
   */
  relationships(): RelationshipText[];

  /** As {@link Peppercorn.free}. */
  free(): void;

  /** {@link Snapshot.free}, for `using`. */
  [Symbol.dispose](): void;
}

/** A problem with a place in a text: the schema, or the relationships. */
export interface Diagnostic {
  /** A stable name, `area/name`. */
  readonly code: string;
  readonly severity: "error" | "warning";
  /** What is wrong, in one line. */
  readonly message: string;
  /** What to do about it, where there is something to say. */
  readonly help?: string;
  /** Which text the place is in, where there are several. */
  readonly source?: string;
  /** The line where it starts, from 1. */
  readonly line: number;
  /** The column where it starts, from 1, in UTF-16 units (as JavaScript and editors count). */
  readonly column: number;
  /** The line where it ends. */
  readonly endLine: number;
  /** The column after the last character. */
  readonly endColumn: number;
}

/** Why a call was refused: SpiceDB's reason where it has one, else one of ours. */
export type PeppercornErrorCode =
  | "SCHEMA_PARSE_ERROR"
  | "SCHEMA_TYPE_ERROR"
  | "UNKNOWN_DEFINITION"
  | "UNKNOWN_RELATION_OR_PERMISSION"
  | "INVALID_SUBJECT_TYPE"
  | "CANNOT_UPDATE_PERMISSION"
  | "ATTEMPT_TO_RECREATE_RELATIONSHIP"
  | "UPDATES_ON_SAME_RELATIONSHIP"
  | "WILDCARD_NOT_ALLOWED"
  | "CAVEAT_PARAMETER_TYPE_ERROR"
  | "MAX_RELATIONSHIP_CONTEXT_SIZE"
  /** An argument is of the wrong type or malformed. */
  | "INVALID_ARGUMENT"
  /** The question was given up: it would have taken more steps than any honest one. */
  | "WORK_BUDGET_EXCEEDED"
  /** The engine holds as many names and ids as it can. */
  | "STORE_FULL"
  /** The relationships make the answer depend on its own opposite. */
  | "CYCLE_THROUGH_EXCLUSION"
  /** The engine or snapshot was freed. */
  | "DISPOSED"
  /** The WebAssembly module broke off in the middle of a call; nothing in this process that uses it can be trusted any more. */
  | "ENGINE_FAILED";

/** The one error that this package throws. */
export declare class PeppercornError extends Error {
  private constructor();
  readonly name: "PeppercornError";
  readonly code: PeppercornErrorCode;
  /** The problems, in the order of their places; empty where the error is about no text. */
  readonly diagnostics: readonly Diagnostic[];
}
