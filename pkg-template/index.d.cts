// Told here, so that nobody has to: `using` needs it, and a project may have another `lib`.
/// <reference lib="esnext.disposable" />

/**
 * Peppercorn: a permissions engine compatible with SpiceDB, inside your process.
 *
 * Everything but `watch`, `v1.watch`, `v1.async` and {@link load} is synchronous. In Node, Deno, Bun and on edge platforms nothing has to be started: the
 * WebAssembly module is loaded by the import. In browsers, `await load()` comes before the first engine.
 *
 * @packageDocumentation
 */

export type * as v1 from "./v1.cjs";
export type {
  CheckItemOf,
  ContextOf,
  FilterOf,
  PermissionOf,
  QuestionOf,
  RelationOf,
  RelationshipOf,
  ResourceOf,
  ResourceType,
  SchemaTypes,
  SubjectOf,
  SubjectTypeOf,
  Typed,
  TypedSnapshot,
  UpdateOf,
} from "./typed.cjs";
import type * as v1 from "./v1.cjs";

/** A subject as text: `type:id` for an object, `type:id#relation` for the members of a relation. */
export type SubjectReference = string;

/** A resource as text: `type:id`. */
export type ResourceReference = string;

/** A relationship as text: `document:readme#viewer@user:alice`, `document:readme#viewer@group:eng#member`, `document:readme#viewer@user:*`. */
export type RelationshipText = string;

/**
 * An object or subject as a number, as {@link Peppercorn.id} gave it. It means the same for as long as the engine lives, to it and to
 * its snapshots, and nothing to any other engine, forks included: those refuse it, as far as 32 bits can tell.
 */
export type Handle = number;

/** A point in the history of an engine. An opaque string: compare it for equality, keep it, send it, never compute with it. */
export type Revision = string;

/** A revision of an engine, as an opaque text that outlives the process: SpiceDB's `ZedToken`. */
export type Token = string;

/** What an engine is told once. */
export interface EngineOptions {
  /**
   * Tells the engine's tokens from those of others: 64 bits, random by default. Give one only to engines that are the same store, one
   * after the other.
   */
  readonly identity?: bigint | undefined;
  /** How much of its past an engine keeps, for tokens and for watching; whichever ends first. */
  readonly retention?:
    | {
        /** For how long a revision is kept after the next replaced it. A day by default. */
        readonly seconds?: number | undefined;
        /** How many are kept, the newest included. 1024 by default. */
        readonly revisions?: number | undefined;
      }
    | undefined;
  /**
   * What becomes of a request that is to be at least as fresh as a token of another engine: it is answered at the newest revision (the
   * default, as in SpiceDB), or refused with `FOREIGN_TOKEN`. To any other request such a token is an error.
   */
  readonly foreignTokens?: "full-consistency" | "error" | undefined;
  /** Gives the time wherever none is given with a question: as `now` there. The clock's by default. */
  readonly now?: (() => Date | number | string) | undefined;
}

/** What an engine starts with. */
export interface PeppercornOptions extends EngineOptions {
  /** The schema, in SpiceDB's schema language. None by default: it can be written later. */
  readonly schema?: string | undefined;
  /**
   * The relationships: a text with one a line (blank lines and lines that start with `//` are ignored), or a list with one an
   * item. Each must fit the schema and none may occur twice. None by default.
   */
  readonly relationships?: string | readonly RelationshipText[] | undefined;
}

/** Options of {@link Peppercorn.load}: what is not given is as it was saved. */
export type LoadOptions = EngineOptions;

/** SpiceDB's three answers to a check. `CONDITIONAL_PERMISSION` means that a caveat could not be decided: it is not a yes. */
export type Permissionship = "NO_PERMISSION" | "CONDITIONAL_PERMISSION" | "HAS_PERMISSION";

/**
 * Values for the parameters of caveats, by name: what JSON can say, and besides it
 *
 * - a `bigint`, for whole numbers that a `number` cannot hold: beyond 2^53 it becomes text, which `int` and `uint` parameters take;
 * - a `Date`, for `timestamp` parameters: it becomes RFC 3339 text;
 * - a `Uint8Array`, for `bytes` parameters: it becomes base64 text.
 *
 * A `duration` is a text such as `"1h30m"`, an `ipaddress` its usual text. What cannot be passed on exactly (`undefined`, `NaN`, a
 * function, an instance of a class) is refused with its place. Values stored with a relationship win over these; names that no
 * caveat has are passed over.
 */
export type CaveatContext = { readonly [name: string]: unknown };

/** What a question may be asked under. */
export interface QuestionOptions {
  /** Values for the parameters of caveats. None by default. */
  readonly context?: CaveatContext | undefined;
  /**
   * The time at which relationships that expire are read, to the millisecond: a `Date`, milliseconds since 1970, or an RFC 3339
   * text. The clock's by default.
   */
  readonly now?: Date | number | string | undefined;
  /**
   * Relationships that count for this question alone, as if they had been written (`TOUCH`) before it: a text or a list, as an engine
   * starts with. They must fit the schema like any other; nothing is remembered, and an answer's `revision` is the one they were added to.
   */
  readonly relationships?: string | readonly RelationshipText[] | undefined;
}

/** What is lacking for a decision. Only with `CONDITIONAL_PERMISSION`. */
export interface PartialCaveatInfo {
  /**
   * The names of context without which there is no decision, sorted, never empty. As in SpiceDB an operator tells the first name it
   * misses, so others may be missing after these: `residual` has them all.
   */
  readonly missingRequiredContext: readonly string[];
  /**
   * What remains to be decided: a CEL expression over the missing names, true where the permission is given. Absent where it would
   * be very long, and in lookups.
   */
  readonly residual?: string;
}

/** The answer to a check. An object is always truthy: compare `permissionship`, or ask {@link Questions.can}. */
export interface CheckPermissionResult {
  /** The answer. */
  readonly permissionship: Permissionship;
  /** The revision that the answer was taken from. */
  readonly revision: Revision;
  /** What is lacking, where the answer is `CONDITIONAL_PERMISSION`. */
  readonly partialCaveatInfo?: PartialCaveatInfo;
  /** Why the answer is what it is, where that was asked for. */
  readonly trace?: Trace;
}

/** The options of {@link Questions.checkPermission}. */
export interface CheckPermissionOptions extends QuestionOptions {
  /** Say why the answer is what it is: complete and never from a cache, so slower than the check. */
  readonly trace?: boolean | undefined;
}

/** Why an answer is what it is. */
export interface Trace {
  /** What was looked at. As deep as the data is: walk it with a stack of your own where that may be thousands of levels. */
  readonly check: CheckTrace;
  /** The same as a drawing for people. */
  readonly text: string;
}

/** A relation or permission of an object that was looked at: SpiceDB's `CheckDebugTrace`. */
export interface CheckTrace {
  readonly resource: ResourceReference;
  readonly permission: string;
  readonly permissionType: "RELATION" | "PERMISSION";
  readonly subject: SubjectReference;
  /** What the subject has of it; absent where that has no answer. */
  readonly result?: Permissionship;
  /** The caveats that the result depends on. */
  readonly caveatEvaluationInfo?: CaveatEvaluationInfo;
  /** The relationships that name the subject, or everyone of its type. */
  readonly rows?: readonly TraceRow[];
  /** What it was found from. */
  readonly subProblems?: readonly CheckTrace[];
  /** It is taken away from what the place above has. */
  readonly isSubtracted?: true;
  /** It is met within itself: the way from there to here, both ends included. */
  readonly circle?: readonly string[];
  /** What is below it is shown further up and not again. */
  readonly isShownAbove?: true;
}

/** A relationship that was looked at. */
export interface TraceRow {
  /** Without its caveat and expiration. */
  readonly relationship: RelationshipText;
  /** It has expired and counts for nothing. */
  readonly isExpired?: true;
  /** What became of its caveat. */
  readonly caveatEvaluationInfo?: CaveatEvaluationInfo;
}

/** What became of a caveat, or of several joined by the graph. */
export interface CaveatEvaluationInfo {
  /** Absent where it is too long to say. */
  readonly expression?: string;
  /** `UNEVALUATED` where it has no value; `error` then says why. */
  readonly result: "UNEVALUATED" | "FALSE" | "TRUE" | "MISSING_SOME_CONTEXT";
  /** The values used. Where two caveats have different values of one name, the later ones are `name__2` and so on. */
  readonly context: CaveatContext;
  readonly partialCaveatInfo?: PartialCaveatInfo;
  /** Absent where there are several. */
  readonly caveatName?: string;
  readonly error?: string;
}

/** The options of {@link Questions.expand}. Caveats are not evaluated, so there is no context. */
export type ExpandOptions = Pick<QuestionOptions, "now" | "relationships">;

/** How an expanded permission combines what is below it. */
export type SetOperation = "UNION" | "INTERSECTION" | "EXCLUSION";

/** A caveat on a relationship, and the context stored with it. */
export interface ContextualizedCaveat {
  readonly caveatName: string;
  readonly context?: CaveatContext;
}

/** A subject that a relation holds, on the condition of its caveat if it has one. */
export interface DirectSubject {
  readonly subject: SubjectReference;
  readonly optionalCaveat?: ContextualizedCaveat;
}

/**
 * A permission of a resource as a tree: SpiceDB's `PermissionRelationshipTree`. As deep as the data is: walk it with a stack of your
 * own where that may be thousands of levels.
 */
export type PermissionTree = {
  readonly expandedObject: ResourceReference;
  readonly expandedRelation: string;
  /** The caveat on the relationship that an arrow came by: the whole node is on its condition. */
  readonly optionalCaveat?: ContextualizedCaveat;
} & (
  | {
      /** The subjects that a relation holds: those without a relation first, then by type, id and relation. */
      readonly leaf: { readonly subjects: readonly DirectSubject[] };
      readonly intermediate?: never;
    }
  | {
      /** Nodes in the order of the schema, objects that an arrow finds by type and id. An exclusion has two. */
      readonly intermediate: { readonly operation: SetOperation; readonly children: readonly PermissionTree[] };
      readonly leaf?: never;
    }
);

/** One question of {@link Questions.checkMany}. */
export interface CheckItem {
  readonly subject: SubjectReference;
  readonly permission: string;
  readonly resource: ResourceReference;
  /** Context for this item, in place of that of the options. */
  readonly context?: CaveatContext | undefined;
}

/** What became of one item of {@link Questions.checkMany}: an answer, or the error that the check alone would throw. */
export type CheckManyResult =
  | (CheckPermissionResult & { readonly error?: never })
  | { readonly error: PeppercornError; readonly permissionship?: never };

/** The answers of {@link Questions.permissions} by permission. The object has no prototype: there is nothing in it but permissions. */
export type PermissionResults<Permission extends string = any> = {
  readonly [Name in Permission]: CheckPermissionResult;
};

/** Which page of a lookup. */
export interface PageOptions {
  /** At most so many results, from 1. All by default. */
  readonly limit?: number | undefined;
  /** Go on after the page that this cursor came with. Every other argument must be the same as for that page. */
  readonly cursor?: string | undefined;
}

/** The options of {@link Questions.lookupResources}. */
export interface LookupResourcesOptions extends QuestionOptions, PageOptions {}

/** Which subjects a lookup is about. */
export interface SubjectOptions {
  /** Look for sets such as `group:eng#member` rather than for objects: their relation. */
  readonly subjectRelation?: string | undefined;
  /** Whether `*` may be a result. `"include"` by default. */
  readonly wildcards?: "include" | "exclude" | undefined;
}

/** The options of {@link Questions.lookupSubjects}. */
export interface LookupSubjectsOptions extends QuestionOptions, PageOptions, SubjectOptions {}

/** What lookups find: never `NO_PERMISSION`. */
export type FoundPermissionship = Exclude<Permissionship, "NO_PERMISSION">;

/** A resource that the subject has the permission on, perhaps on a condition: look at `permissionship`. */
export interface FoundResource {
  readonly resourceObjectId: string;
  readonly permissionship: FoundPermissionship;
  readonly partialCaveatInfo?: PartialCaveatInfo;
}

/** A subject that has the permission on the resource, perhaps on a condition: look at `permissionship`. */
export interface FoundSubject {
  /** The id; `*` for every subject of the type but the `excludedSubjects`. */
  readonly subjectObjectId: string;
  readonly permissionship: FoundPermissionship;
  readonly partialCaveatInfo?: PartialCaveatInfo;
  /** Of `*`: who does not belong to everyone. Who is also a result by name has the permission nevertheless. */
  readonly excludedSubjects?: readonly ExcludedSubject[];
}

/** Someone whom a wildcard leaves out: for certain, or on a condition. Either way the wildcard is no yes for them. */
export interface ExcludedSubject {
  readonly subjectObjectId: string;
  /** `HAS_PERMISSION`: excluded for certain. `CONDITIONAL_PERMISSION`: excluded where the condition holds. */
  readonly permissionship: FoundPermissionship;
  readonly partialCaveatInfo?: PartialCaveatInfo;
}

/** One page of results, each once, in the order of the UTF-8 bytes of their ids (`*` is first). */
export interface Page<Result> {
  readonly results: readonly Result[];
  /** Where the next page begins; absent on the last. */
  readonly cursor?: string;
}

/** How many results a lookup has. */
export interface Count {
  readonly hasPermission: number;
  readonly conditionalPermission: number;
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

/** The answer to {@link Peppercorn.planSchema}. */
export interface SchemaPlan {
  /** What is different, as DiffSchema says it. */
  readonly diffs: readonly v1.ReflectionSchemaDiff[];
  /** Why writing it would be refused, in the order in which SpiceDB would come upon it; empty where it would not be. */
  readonly refusals: readonly SchemaRefusal[];
}

/** Relationships, or a parameter of a caveat, that stand against a change of schema. */
export interface SchemaRefusal {
  readonly message: string;
  /** SpiceDB's keys: `operation`, and what it is about. */
  readonly metadata: Readonly<Record<string, string>>;
  /** How many relationships stand against it, as a decimal number. */
  readonly relationships: string;
}

/** The answer to {@link Peppercorn.write} and {@link Peppercorn.writeSchema}. */
export interface WriteResult {
  /** The first revision that holds the whole batch. */
  readonly revision: Revision;
  /** The same as a token, for {@link Peppercorn.at} and the v1 API. */
  readonly token: Token;
}

/**
 * Which relationships are meant: those that have all that is given, which is at least one field. A field that is given without a value, as
 * `undefined` or an empty text, is refused: a filter that lost a field on its way would mean more than its author did.
 */
export interface RelationshipFilter {
  readonly resourceType?: string;
  readonly resourceId?: string;
  /** What the id begins with. Not beside `resourceId`. */
  readonly resourceIdPrefix?: string;
  readonly relation?: string;
  /** Needed by the fields below. */
  readonly subjectType?: string;
  /** `*` for wildcards alone. */
  readonly subjectId?: string;
  /** The relation of sets such as `group:eng#member`; `...` for subjects that are no sets. */
  readonly subjectRelation?: string;
}

/** The options of {@link Peppercorn.read}. */
export interface ReadOptions {
  /** Relationships that have expired by then are left out: as in {@link QuestionOptions}. The clock's time by default. */
  readonly now?: Date | number | string | undefined;
  /** At most so many, from 1. All by default. */
  readonly limit?: number | undefined;
}

/** The answer to {@link Peppercorn.delete}. */
export interface DeleteResult extends WriteResult {
  /** How many relationships were removed. */
  readonly deleted: number;
}

/** The options of {@link Peppercorn.watch}. */
export interface WatchOptions {
  /** Only changes of relationships that a filter, or one of several, means. All by default. */
  readonly filter?: RelationshipFilter | readonly RelationshipFilter[] | undefined;
  /** Begin after the revision of this token, rather than now. */
  readonly after?: Token | undefined;
  /** Ends the watch when it is aborted: its reason is thrown. */
  readonly signal?: v1.Signal | undefined;
}

/** What was written in one transaction, as far as was asked for. */
export interface Write {
  /** `TOUCH` and `DELETE`: to create is to touch. Empty for a new schema. */
  readonly updates: readonly RelationshipUpdate[];
  /** Whether the schema was written. */
  readonly schemaUpdated: boolean;
  /** The token of the revision that this made: {@link WatchOptions.after} to go on from here. */
  readonly token: Token;
}

/** What {@link Peppercorn.watch} gives. */
export interface Writes {
  next(): Promise<IteratorResult<Write, undefined>>;
  return(): Promise<IteratorResult<Write, undefined>>;
  [Symbol.asyncIterator](): this;
}

/** What can be subscribed to: the name of a call, and its arguments. Objects are texts here, not handles. */
export type Question =
  | readonly [call: "can", subject: SubjectReference, permission: string, resource: ResourceReference, options?: QuestionOptions | undefined]
  | readonly [call: "checkPermission", subject: SubjectReference, permission: string, resource: ResourceReference, options?: QuestionOptions | undefined]
  | readonly [call: "permissions", subject: SubjectReference, resource: ResourceReference, options?: QuestionOptions | undefined]
  | readonly [call: "lookupResources", subject: SubjectReference, permission: string, resourceType: string, options?: LookupResourcesOptions | undefined]
  | readonly [call: "lookupSubjects", resource: ResourceReference, permission: string, subjectType: string, options?: LookupSubjectsOptions | undefined];

/** What the call of a question gives. */
export type AnswerTo<Asked extends Question> = ReturnType<Questions[Asked[0]]>;

/** Is told the answer, or `undefined` and why there is none. */
export type Subscriber<Answer> = (answer: Answer | undefined, error: PeppercornError | undefined) => void;

/** A question that is asked again when its answer may have changed. Forgetting it does not end it. */
export interface Subscription<Answer> extends Disposable {
  /** The answer now, written a moment ago or told already; the same object for as long as it says the same. Absent where there is none. */
  readonly answer: Answer | undefined;
  /** Why there is no answer now. */
  readonly error: PeppercornError | undefined;
  /** Ends it: nobody is told any more, and there is no answer. */
  unsubscribe(): void;
  /** {@link Subscription.unsubscribe}, for `using`. */
  [Symbol.dispose](): void;
}

/** The questions that both an engine and a snapshot answer. */
export interface Questions {
  /**
   * Whether the subject definitely has the permission (or is in the relation) on the resource.
   *
   * `false` for "no" and for "it depends on a caveat". A question that makes no sense under the schema is an error, never `false`.
   *
   * @param subject who asks: `user:alice`, or `group:eng#member`
   * @param permission the name of a permission or relation
   * @param resource on what: `document:readme`; it need not be known
   * @throws {@link PeppercornError} `UNKNOWN_DEFINITION`, `UNKNOWN_RELATION_OR_PERMISSION`, `WILDCARD_NOT_ALLOWED` (the subject's id is
   * `*`), `CAVEAT_PARAMETER_TYPE_ERROR` and `CAVEAT_EVALUATION_ERROR` (the answer depends on a caveat that has no value),
   * `INVALID_ARGUMENT`, `WORK_BUDGET_EXCEEDED`, `CYCLE_THROUGH_EXCLUSION`, `DISPOSED`, `ENGINE_FAILED`
   */
  can(subject: SubjectReference | Handle, permission: string, resource: ResourceReference | Handle, options?: QuestionOptions): boolean;

  /**
   * {@link Questions.can} for many pairs of handles: the fastest way to ask. Most so where the pairs of a subject are beside each other.
   *
   * @param subjects a handle for each question, or one for all of them
   * @param resources likewise; where both are arrays, they have one length
   * @returns 1 for a definite yes and 0 for anything else, in the order of the questions
   * @throws {@link PeppercornError} as {@link Questions.can}, of the first question without an answer: its place is `item` in the
   * metadata. There are no answers then.
   */
  canMany(subjects: Handle | Uint32Array, permission: string, resources: Handle | Uint32Array, options?: QuestionOptions): Uint8Array;

  /**
   * The same question with all three answers, the revision, what a conditional answer lacks, and why (`trace`).
   *
   * @throws {@link PeppercornError} as {@link Questions.can}; with `trace`, an error of the answer has the trace too
   */
  checkPermission(
    subject: SubjectReference,
    permission: string,
    resource: ResourceReference,
    options?: CheckPermissionOptions,
  ): CheckPermissionResult;

  /**
   * Many checks in one call: faster than one by one, and most so where items are about the same subject.
   *
   * @returns what became of each item, in their order
   * @throws {@link PeppercornError} `INVALID_ARGUMENT` where an item or option is of the wrong type; `DISPOSED`, `ENGINE_FAILED`. Any
   * other error of an item is in its place.
   */
  checkMany(items: readonly CheckItem[], options?: QuestionOptions): CheckManyResult[];

  /**
   * Every permission of the resource's type, in the order of the schema, and whether the subject has it. Relations are not among
   * them.
   *
   * @throws {@link PeppercornError} as {@link Questions.can}
   */
  permissions(subject: SubjectReference, resource: ResourceReference, options?: QuestionOptions): PermissionResults;

  /**
   * The resources of a type that the subject has the permission on.
   *
   * @param resourceType the name of the type: `document`
   * @throws {@link PeppercornError} as {@link Questions.can}; `INVALID_CURSOR`
   */
  lookupResources(
    subject: SubjectReference,
    permission: string,
    resourceType: string,
    options?: LookupResourcesOptions,
  ): Page<FoundResource>;

  /**
   * The subjects of a type that have the permission on the resource: those that relationships name, and `*` where everyone has it.
   *
   * @param subjectType the name of the type: `user`
   * @throws {@link PeppercornError} as {@link Questions.can}; `INVALID_CURSOR`
   */
  lookupSubjects(
    resource: ResourceReference,
    permission: string,
    subjectType: string,
    options?: LookupSubjectsOptions,
  ): Page<FoundSubject>;

  /**
   * How many results {@link Questions.lookupResources} has in all.
   *
   * @throws {@link PeppercornError} as {@link Questions.can}
   */
  countResources(subject: SubjectReference, permission: string, resourceType: string, options?: QuestionOptions): Count;

  /**
   * How many results {@link Questions.lookupSubjects} has in all; `*` is one.
   *
   * @throws {@link PeppercornError} as {@link Questions.can}
   */
  countSubjects(
    resource: ResourceReference,
    permission: string,
    subjectType: string,
    options?: QuestionOptions & SubjectOptions,
  ): Count;

  /**
   * The permission, or relation, of a resource as a tree: its operators, and at the leaves the subjects that relations hold. Sets of
   * subjects are not followed, and caveats are told, not evaluated: who has the permission is for `lookupSubjects` to say. A
   * permission that is met within itself is a leaf with that permission as its one subject.
   *
   * @throws {@link PeppercornError} as {@link Questions.can}
   */
  expand(permission: string, resource: ResourceReference, options?: ExpandOptions): PermissionTree;

  /**
   * The relationships that a filter means, one at a time, by resource type, id and relation, then subject type, id and relation. They are
   * those of the revision that the call found, whatever is written meanwhile; leave early and the rest is freed. In pages, with cursors:
   * `v1.readRelationships`.
   *
   * A snapshot asks its engine: that has to keep the revision still.
   *
   * @throws {@link PeppercornError} `UNKNOWN_DEFINITION`, `UNKNOWN_RELATION_OR_PERMISSION`, `INVALID_FILTER`, `INVALID_ARGUMENT`, `DISPOSED`,
   * `ENGINE_FAILED`; of a snapshot `REVISION_EXPIRED`
   */
  read(filter: RelationshipFilter, options?: ReadOptions): Generator<RelationshipText, void, undefined>;
}

/** An engine: one schema and the relationships under it. It answers from the newest revision. */
export interface Peppercorn extends Questions {}
export declare class Peppercorn implements Disposable {
  /**
   * The engine that {@link Peppercorn.save} wrote: its schema, relationships, identity and as much of its past as it kept, so that its
   * tokens mean what they meant.
   *
   * @throws {@link PeppercornError} `DAMAGED_SNAPSHOT`, `NEWER_SNAPSHOT` (of a later version of this package), `INVALID_ARGUMENT`, `ENGINE_FAILED`
   */
  static load(bytes: Uint8Array, options?: LoadOptions): Peppercorn;

  /**
   * Compiles the schema and loads the relationships, all or nothing.
   *
   * @throws {@link PeppercornError} `SCHEMA_PARSE_ERROR` or `SCHEMA_TYPE_ERROR` with every problem of the schema in `diagnostics`; the
   * codes of {@link Peppercorn.write} for relationships that do not fit; `INVALID_ARGUMENT`, `ENGINE_FAILED`
   */
  constructor(options?: PeppercornOptions);

  /** SpiceDB's v1 API: requests and responses as proto3 JSON. */
  readonly v1: v1.Service;

  /** The schema, as it was written. */
  readonly schema: string;

  /** The token of the newest revision. */
  readonly token: Token;

  /**
   * The handle of an object or subject, for {@link Questions.can} and {@link Questions.canMany}: the same each time. It need not be known.
   * An engine gives four million of them, and keeps them for as long as it lives.
   *
   * @param object `document:readme`, or `group:eng#member`
   * @throws {@link PeppercornError} `UNKNOWN_DEFINITION`, `UNKNOWN_RELATION_OR_PERMISSION`, `WILDCARD_NOT_ALLOWED`, `STORE_FULL`,
   * `INVALID_ARGUMENT`, `DISPOSED`, `ENGINE_FAILED`
   */
  id(object: SubjectReference): Handle;

  /**
   * Applies a batch of changes, whole or not at all. An empty batch is legal.
   *
   * @throws {@link PeppercornError} `UNKNOWN_DEFINITION`, `UNKNOWN_RELATION_OR_PERMISSION`, `CANNOT_UPDATE_PERMISSION`,
   * `INVALID_SUBJECT_TYPE`, `CAVEAT_PARAMETER_TYPE_ERROR`, `ATTEMPT_TO_RECREATE_RELATIONSHIP`,
   * `UPDATES_ON_SAME_RELATIONSHIP` (two changes of one relationship), `INVALID_ARGUMENT`, `DISPOSED`, `ENGINE_FAILED`; nothing was changed
   */
  write(updates: readonly RelationshipUpdate[]): WriteResult;

  /**
   * Removes the relationships that a filter means, in one transaction, expired ones among them; where there are none nothing is written. With
   * preconditions or a limit: `v1.deleteRelationships`.
   *
   * @throws {@link PeppercornError} as {@link Questions.read}; nothing was changed
   */
  delete(filter: RelationshipFilter): DeleteResult;

  /**
   * What is written from this call on, or after a token, in whatever way: every transaction whole and in order. It never ends by itself:
   * leave it with `break`, or abort the signal. Between two writes a watcher costs nothing. With metadata and checkpoints: `v1.watch`.
   *
   * A watcher of relationships is told of every new schema too, because no answer is sure to have outlived it.
   *
   * @throws {@link PeppercornError} as {@link Questions.read} and {@link Peppercorn.at}; while it is read `WATCH_TOO_SLOW` (too far behind; it
   * can begin again after the last token) and `DISPOSED`
   */
  watch(options?: WatchOptions): Writes;

  /**
   * Tells a callback whenever the answer to a question changes: after writes of relationships and of the schema, and when relationships
   * expire.
   *
   * - The callback is not told the present answer: that is `answer` of what is returned. A question that makes no sense is thrown.
   * - It is told after the code that wrote has ended (in a microtask), once for all that was written, and only where the answer differs
   *   from the last one told. Its `revision` alone makes no difference.
   * - Where there is no longer an answer (the schema no longer has the permission, the engine was freed) it is told `undefined` and the
   *   error, once; and the answer again, should there be one.
   * - What it throws goes to nobody else: it is reported as an uncaught error.
   * - A write asks only questions again that it can touch, by what the schema says of relations, and by who and what the relationship is
   *   about. A relationship that expires ends an answer within a second, even where the computer slept meanwhile; `answer` knows at once.
   *
   * @example
   * const subscription = engine.subscribe(["can", "user:alice", "edit", "document:plan"], (allowed) => { save.disabled = !allowed; });
   * save.disabled = !subscription.answer;
   *
   * @throws {@link PeppercornError} as the call of the question
   */
  subscribe<const Asked extends Question>(question: Asked, callback: Subscriber<AnswerTo<Asked>>): Subscription<AnswerTo<Asked>>;

  /**
   * Replaces the schema, unless relationships would no longer fit it.
   *
   * @throws {@link PeppercornError} `SCHEMA_PARSE_ERROR` and `SCHEMA_TYPE_ERROR` with every problem in `diagnostics`; `SCHEMA_TYPE_ERROR` as well
   * where relationships are in the way; `INVALID_ARGUMENT`, `DISPOSED`, `ENGINE_FAILED`; nothing was changed
   */
  writeSchema(schema: string): WriteResult;

  /**
   * What {@link writeSchema} would do, without doing it: what the new schema has that this one has not and the other way round, and
   * every reason for which it would be refused.
   *
   * @throws {@link PeppercornError} `SCHEMA_PARSE_ERROR` and `SCHEMA_TYPE_ERROR` with every problem in `diagnostics`; `INVALID_ARGUMENT`, `DISPOSED`,
   * `ENGINE_FAILED`
   */
  planSchema(schema: string): SchemaPlan;

  /**
   * The relationships as they are now, for as long as the snapshot is kept: later writes do not change its answers. Costs the
   * same whatever the number of relationships.
   *
   * @throws {@link PeppercornError} `DISPOSED`, `ENGINE_FAILED`
   */
  snapshot(): Snapshot;

  /**
   * The engine at exactly the revision of a token, as far back as it keeps its past.
   *
   * @throws {@link PeppercornError} `INVALID_TOKEN`, `FOREIGN_TOKEN`, `REVISION_EXPIRED`, `REVISION_NOT_REACHED`, `DISPOSED`, `ENGINE_FAILED`
   */
  at(token: Token): Snapshot;

  /**
   * Another engine with the same schema and relationships, independent from now on: writes on either side never show on the other. Costs
   * the same whatever the number of relationships. It has an identity, and so tokens, of its own, and its past begins here.
   *
   * @throws {@link PeppercornError} `DISPOSED`, `ENGINE_FAILED`
   */
  fork(): Peppercorn;

  /**
   * The whole engine as bytes, for {@link Peppercorn.load}. The same writes give the same bytes.
   *
   * @throws {@link PeppercornError} `DISPOSED`, `ENGINE_FAILED`
   */
  save(): Uint8Array;

  /**
   * Gives the engine's memory back now rather than when the garbage collector gets to it. Every later call throws
   * `DISPOSED`, except this one; so does whatever waits for a write. Snapshots and streams taken before stay usable.
   */
  free(): void;

  /** {@link Peppercorn.free}, for `using`. */
  [Symbol.dispose](): void;
}

/** An engine's relationships at one revision. Made by {@link Peppercorn.snapshot}. */
export interface Snapshot extends Questions, Disposable {
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

/** The kind of a refusal, by the names of gRPC's codes. */
export type Status =
  | "INVALID_ARGUMENT"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "RESOURCE_EXHAUSTED"
  | "FAILED_PRECONDITION"
  | "OUT_OF_RANGE"
  | "UNIMPLEMENTED"
  | "INTERNAL";

/** Why a call was refused: SpiceDB's reason where it has one, else one of ours. */
export type PeppercornErrorCode =
  | "SCHEMA_PARSE_ERROR"
  | "SCHEMA_TYPE_ERROR"
  | "UNKNOWN_DEFINITION"
  | "UNKNOWN_RELATION_OR_PERMISSION"
  | "UNKNOWN_CAVEAT"
  | "INVALID_SUBJECT_TYPE"
  | "CANNOT_UPDATE_PERMISSION"
  | "ATTEMPT_TO_RECREATE_RELATIONSHIP"
  | "UPDATES_ON_SAME_RELATIONSHIP"
  | "TOO_MANY_UPDATES_IN_REQUEST"
  | "TOO_MANY_PRECONDITIONS_IN_REQUEST"
  /** A precondition does not hold; nothing was changed. */
  | "WRITE_OR_DELETE_PRECONDITION_FAILURE"
  | "TOO_MANY_RELATIONSHIPS_FOR_TRANSACTIONAL_DELETE"
  | "EXCEEDS_MAXIMUM_ALLOWABLE_LIMIT"
  | "TRANSACTION_METADATA_TOO_LARGE"
  /** The fields of a filter do not go together. */
  | "INVALID_FILTER"
  | "WILDCARD_NOT_ALLOWED"
  /** A value does not fit its caveat's parameter. */
  | "CAVEAT_PARAMETER_TYPE_ERROR"
  /** A caveat has no value (it divides by zero, say), and the answer depends on it. */
  | "CAVEAT_EVALUATION_ERROR"
  | "MAX_RELATIONSHIP_CONTEXT_SIZE"
  | "COUNTER_ALREADY_REGISTERED"
  | "COUNTER_NOT_REGISTERED"
  /** A tree is nested deeper than a message of the v1 API may be. */
  | "MAXIMUM_DEPTH_EXCEEDED"
  /** An argument is of the wrong type or malformed. */
  | "INVALID_ARGUMENT"
  /** A cursor is not one, or came with a page of another request. */
  | "INVALID_CURSOR"
  /** There is no schema. */
  | "NOT_FOUND"
  /** A text is no token. */
  | "INVALID_TOKEN"
  /** A token is of another engine. */
  | "FOREIGN_TOKEN"
  /** The revision is older than the engine keeps. */
  | "REVISION_EXPIRED"
  /** The engine has not reached the revision. */
  | "REVISION_NOT_REACHED"
  /** A watcher is too far behind; it can begin again where it was. */
  | "WATCH_TOO_SLOW"
  /** The question was given up: it would have taken more steps than any honest one. */
  | "WORK_BUDGET_EXCEEDED"
  /** The engine holds as many names and ids as it can. */
  | "STORE_FULL"
  /** The relationships make the answer depend on its own opposite. */
  | "CYCLE_THROUGH_EXCLUSION"
  /** Bytes are no saved engine, or not all of one. */
  | "DAMAGED_SNAPSHOT"
  /** Bytes were saved by a later version of this package. */
  | "NEWER_SNAPSHOT"
  | "UNKNOWN_METHOD"
  /** The engine or snapshot was freed. */
  | "DISPOSED"
  /** The WebAssembly module is not there: {@link load} was not waited for, or could not get it. */
  | "NOT_LOADED"
  /** The WebAssembly module broke off in the middle of a call; the engines that lived in it can be trusted no more. */
  | "ENGINE_FAILED";

/**
 * What a WebAssembly module can be had from: a `WebAssembly.Module`, its bytes (an `ArrayBuffer` or a view of one), a `Response`, or a
 * URL, which is fetched. It must be the `engine.wasm` of this very package.
 */
export type ModuleSource = string | object;

/**
 * Makes the WebAssembly module ready. Where the import has done that (all but browsers, `peppercorn/inline` there, and `peppercorn/slim`),
 * or an earlier call, it does nothing.
 *
 * After the module broke off (`ENGINE_FAILED`) it makes a new instance of it: engines can be made again, from {@link Peppercorn.save}d bytes for
 * example. Those that lived in the old one stay refused.
 *
 * @param source where the module is to be had from; needed with `peppercorn/slim`, elsewhere in place of the package's own. Of calls at the
 * same time, the first one's counts.
 * @throws {@link PeppercornError} `NOT_LOADED` where the module cannot be had or is of another build of the package, and can be tried again;
 * `INVALID_ARGUMENT`
 */
export declare function load(source?: ModuleSource | PromiseLike<ModuleSource>): Promise<void>;

/** The one error that this package throws. */
export declare class PeppercornError extends Error {
  private constructor();
  readonly name: "PeppercornError";
  readonly code: PeppercornErrorCode;
  /** What SpiceDB's status would be. */
  readonly status: Status;
  /** What the refusal is about, under the keys of SpiceDB's `ErrorInfo`; empty where there is nothing to say. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The problems, in the order of their places; empty where the error is about no text. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was looked at, where `checkPermission` was asked for a trace and there is no answer. */
  readonly trace?: Trace;
}
