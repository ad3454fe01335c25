/**
 * SpiceDB's v1 API as Peppercorn serves it: the messages of `authzed/api/v1` in proto3's JSON mapping, and the methods.
 *
 * What fields mean is said in the proto files. In a request, a field that is left out, `undefined` or `null` has its default, and one
 * that the message does not have is refused. In a response every field is there: a message that is not set is `null`; only fields of a
 * `oneof` are left out. 64-bit numbers are texts, times RFC 3339 texts, enums their names.
 *
 * @packageDocumentation
 */

/** Anything that JSON can say: protobuf's `Struct`. */
export type Struct = { readonly [name: string]: unknown };

/** A field of a request that may be left out. */
type Optional<Value> = Value | null | undefined;

// core.proto

export interface ObjectReference {
  readonly objectType: string;
  readonly objectId: string;
}

export interface SubjectReference {
  readonly object: ObjectReference;
  readonly optionalRelation?: Optional<string>;
}

export interface ContextualizedCaveat {
  readonly caveatName: string;
  readonly context?: Optional<Struct>;
}

export interface Relationship {
  readonly resource: ObjectReference;
  readonly relation: string;
  readonly subject: SubjectReference;
  readonly optionalCaveat?: Optional<ContextualizedCaveat>;
  readonly optionalExpiresAt?: Optional<string>;
}

export interface RelationshipUpdate {
  readonly operation: "OPERATION_CREATE" | "OPERATION_TOUCH" | "OPERATION_DELETE";
  readonly relationship: Relationship;
}

/** A revision, as an opaque text. */
export interface ZedToken {
  readonly token: string;
}

/** A place in an answer, as an opaque text. */
export interface Cursor {
  readonly token: string;
}

export interface PartialCaveatInfo {
  readonly missingRequiredContext: readonly string[];
}

export interface SubjectFilter {
  readonly subjectType: string;
  readonly optionalSubjectId?: Optional<string>;
  /** Given with an empty relation: subjects without one. */
  readonly optionalRelation?: Optional<{ readonly relation?: Optional<string> }>;
}

/** At least one field must be given. */
export interface RelationshipFilter {
  readonly resourceType?: Optional<string>;
  readonly optionalResourceId?: Optional<string>;
  readonly optionalResourceIdPrefix?: Optional<string>;
  readonly optionalRelation?: Optional<string>;
  readonly optionalSubjectFilter?: Optional<SubjectFilter>;
}

export interface Precondition {
  readonly operation: "OPERATION_MUST_MATCH" | "OPERATION_MUST_NOT_MATCH";
  readonly filter: RelationshipFilter;
}

/** Exactly one of the fields. Everything is local here, so the least latency is the newest revision. */
export type Consistency =
  | { readonly minimizeLatency: true; readonly atLeastAsFresh?: never; readonly atExactSnapshot?: never; readonly fullyConsistent?: never }
  | { readonly atLeastAsFresh: ZedToken; readonly minimizeLatency?: never; readonly atExactSnapshot?: never; readonly fullyConsistent?: never }
  | { readonly atExactSnapshot: ZedToken; readonly minimizeLatency?: never; readonly atLeastAsFresh?: never; readonly fullyConsistent?: never }
  | { readonly fullyConsistent: true; readonly minimizeLatency?: never; readonly atLeastAsFresh?: never; readonly atExactSnapshot?: never };

/** What requests of questions have in common. */
interface Consistent {
  readonly consistency?: Optional<Consistency>;
}

// permission_service.proto: questions

export type Permissionship =
  | "PERMISSIONSHIP_UNSPECIFIED"
  | "PERMISSIONSHIP_NO_PERMISSION"
  | "PERMISSIONSHIP_HAS_PERMISSION"
  | "PERMISSIONSHIP_CONDITIONAL_PERMISSION";

export type LookupPermissionship =
  | "LOOKUP_PERMISSIONSHIP_UNSPECIFIED"
  | "LOOKUP_PERMISSIONSHIP_HAS_PERMISSION"
  | "LOOKUP_PERMISSIONSHIP_CONDITIONAL_PERMISSION";

export interface CheckPermissionRequest extends Consistent {
  readonly resource: ObjectReference;
  readonly permission: string;
  readonly subject: SubjectReference;
  readonly context?: Optional<Struct>;
  readonly withTracing?: Optional<boolean>;
}

export interface CheckPermissionResponse {
  readonly checkedAt: ZedToken;
  readonly permissionship: Permissionship;
  readonly partialCaveatInfo: PartialCaveatInfo | null;
  readonly debugTrace: DebugInformation | null;
  readonly optionalExpiresAt: string | null;
}

export interface CheckBulkPermissionsRequest extends Consistent {
  readonly items?: Optional<readonly CheckBulkPermissionsRequestItem[]>;
  readonly withTracing?: Optional<boolean>;
}

export interface CheckBulkPermissionsRequestItem {
  readonly resource: ObjectReference;
  readonly permission: string;
  readonly subject: SubjectReference;
  readonly context?: Optional<Struct>;
}

export interface CheckBulkPermissionsResponse {
  readonly checkedAt: ZedToken;
  readonly pairs: readonly CheckBulkPermissionsPair[];
}

/** What became of an item: `item` or `error`. */
export type CheckBulkPermissionsPair = { readonly request: CheckBulkPermissionsRequestItem } & (
  | { readonly item: CheckBulkPermissionsResponseItem; readonly error?: never }
  | { readonly error: RpcStatus; readonly item?: never }
);

export interface CheckBulkPermissionsResponseItem {
  readonly permissionship: Permissionship;
  readonly partialCaveatInfo: PartialCaveatInfo | null;
  readonly debugTrace: DebugInformation | null;
}

/** `google.rpc.Status`. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly Struct[];
}

export interface ExpandPermissionTreeRequest extends Consistent {
  readonly resource: ObjectReference;
  readonly permission: string;
}

export interface ExpandPermissionTreeResponse {
  readonly expandedAt: ZedToken;
  readonly treeRoot: PermissionRelationshipTree;
}

export type PermissionRelationshipTree = { readonly expandedObject: ObjectReference | null; readonly expandedRelation: string } & (
  | { readonly intermediate: AlgebraicSubjectSet; readonly leaf?: never }
  | { readonly leaf: DirectSubjectSet; readonly intermediate?: never }
);

export interface AlgebraicSubjectSet {
  readonly operation: "OPERATION_UNSPECIFIED" | "OPERATION_UNION" | "OPERATION_INTERSECTION" | "OPERATION_EXCLUSION";
  readonly children: readonly PermissionRelationshipTree[];
}

export interface DirectSubjectSet {
  readonly subjects: readonly SubjectReference[];
}

export interface LookupResourcesRequest extends Consistent {
  readonly resourceObjectType: string;
  readonly permission: string;
  readonly subject: SubjectReference;
  readonly context?: Optional<Struct>;
  readonly optionalLimit?: Optional<number>;
  readonly optionalCursor?: Optional<Cursor>;
  readonly withDebug?: Optional<boolean>;
}

export interface LookupResourcesResponse {
  readonly lookedUpAt: ZedToken;
  readonly resourceObjectId: string;
  readonly permissionship: LookupPermissionship;
  readonly partialCaveatInfo: PartialCaveatInfo | null;
  readonly afterResultCursor: Cursor | null;
}

export interface LookupSubjectsRequest extends Consistent {
  readonly resource: ObjectReference;
  readonly permission: string;
  readonly subjectObjectType: string;
  readonly optionalSubjectRelation?: Optional<string>;
  readonly context?: Optional<Struct>;
  readonly optionalConcreteLimit?: Optional<number>;
  readonly optionalCursor?: Optional<Cursor>;
  readonly wildcardOption?: Optional<"WILDCARD_OPTION_UNSPECIFIED" | "WILDCARD_OPTION_INCLUDE_WILDCARDS" | "WILDCARD_OPTION_EXCLUDE_WILDCARDS">;
}

export interface LookupSubjectsResponse {
  readonly lookedUpAt: ZedToken;
  /** @deprecated by SpiceDB, for `subject` */
  readonly subjectObjectId: string;
  /** @deprecated by SpiceDB, for `excludedSubjects` */
  readonly excludedSubjectIds: readonly string[];
  /** @deprecated by SpiceDB, for `subject` */
  readonly permissionship: LookupPermissionship;
  /** @deprecated by SpiceDB, for `subject` */
  readonly partialCaveatInfo: PartialCaveatInfo | null;
  readonly subject: ResolvedSubject;
  readonly excludedSubjects: readonly ResolvedSubject[];
  readonly afterResultCursor: Cursor | null;
}

export interface ResolvedSubject {
  readonly subjectObjectId: string;
  readonly permissionship: LookupPermissionship;
  readonly partialCaveatInfo: PartialCaveatInfo | null;
}

// debug.proto

export interface DebugInformation {
  readonly check: CheckDebugTrace | null;
  readonly schemaUsed: string;
}

export interface CheckDebugTrace {
  readonly resource: ObjectReference | null;
  readonly permission: string;
  readonly permissionType: "PERMISSION_TYPE_UNSPECIFIED" | "PERMISSION_TYPE_RELATION" | "PERMISSION_TYPE_PERMISSION";
  readonly subject: SubjectReference | null;
  readonly result: Permissionship;
  readonly caveatEvaluationInfo: CaveatEvalInfo | null;
  readonly duration?: string;
  readonly wasCachedResult?: boolean;
  readonly subProblems?: { readonly traces: readonly CheckDebugTrace[] };
  readonly optionalExpiresAt: string | null;
  readonly traceOperationId: string;
  readonly source: string;
}

export interface CaveatEvalInfo {
  readonly expression: string;
  readonly result: "RESULT_UNSPECIFIED" | "RESULT_UNEVALUATED" | "RESULT_FALSE" | "RESULT_TRUE" | "RESULT_MISSING_SOME_CONTEXT";
  readonly context: Struct | null;
  readonly partialCaveatInfo: PartialCaveatInfo | null;
  readonly caveatName: string;
}

// permission_service.proto: relationships

export interface ReadRelationshipsRequest extends Consistent {
  readonly relationshipFilter: RelationshipFilter;
  readonly optionalLimit?: Optional<number>;
  readonly optionalCursor?: Optional<Cursor>;
}

export interface ReadRelationshipsResponse {
  readonly readAt: ZedToken;
  readonly relationship: Relationship;
  readonly afterResultCursor: Cursor | null;
}

export interface WriteRelationshipsRequest {
  readonly updates?: Optional<readonly RelationshipUpdate[]>;
  readonly optionalPreconditions?: Optional<readonly Precondition[]>;
  readonly optionalTransactionMetadata?: Optional<Struct>;
}

export interface WriteRelationshipsResponse {
  readonly writtenAt: ZedToken;
}

export interface DeleteRelationshipsRequest {
  readonly relationshipFilter: RelationshipFilter;
  readonly optionalPreconditions?: Optional<readonly Precondition[]>;
  readonly optionalLimit?: Optional<number>;
  readonly optionalAllowPartialDeletions?: Optional<boolean>;
  readonly optionalTransactionMetadata?: Optional<Struct>;
}

export interface DeleteRelationshipsResponse {
  readonly deletedAt: ZedToken;
  readonly deletionProgress: "DELETION_PROGRESS_UNSPECIFIED" | "DELETION_PROGRESS_COMPLETE" | "DELETION_PROGRESS_PARTIAL";
  readonly relationshipsDeletedCount: string;
}

export interface ImportBulkRelationshipsRequest {
  readonly relationships?: Optional<readonly Relationship[]>;
}

export interface ImportBulkRelationshipsResponse {
  readonly numLoaded: string;
}

export interface ExportBulkRelationshipsRequest extends Consistent {
  readonly optionalLimit?: Optional<number>;
  readonly optionalCursor?: Optional<Cursor>;
  readonly optionalRelationshipFilter?: Optional<RelationshipFilter>;
}

export interface ExportBulkRelationshipsResponse {
  readonly afterResultCursor: Cursor | null;
  readonly relationships: readonly Relationship[];
}

// schema_service.proto

export interface ReadSchemaRequest {}

export interface ReadSchemaResponse {
  readonly schemaText: string;
  readonly readAt: ZedToken;
}

export interface WriteSchemaRequest {
  readonly schema: string;
}

export interface WriteSchemaResponse {
  readonly writtenAt: ZedToken;
}

export interface ReflectSchemaRequest extends Consistent {
  readonly optionalFilters?: Optional<readonly ReflectionSchemaFilter[]>;
}

export interface ReflectSchemaResponse {
  readonly definitions: readonly ReflectionDefinition[];
  readonly caveats: readonly ReflectionCaveat[];
  readonly readAt: ZedToken;
}

export interface ReflectionSchemaFilter {
  readonly optionalDefinitionNameFilter?: Optional<string>;
  readonly optionalCaveatNameFilter?: Optional<string>;
  readonly optionalRelationNameFilter?: Optional<string>;
  readonly optionalPermissionNameFilter?: Optional<string>;
}

export interface ReflectionDefinition {
  readonly name: string;
  readonly comment: string;
  readonly relations: readonly ReflectionRelation[];
  readonly permissions: readonly ReflectionPermission[];
}

export interface ReflectionCaveat {
  readonly name: string;
  readonly comment: string;
  readonly parameters: readonly ReflectionCaveatParameter[];
  readonly expression: string;
}

export interface ReflectionCaveatParameter {
  readonly name: string;
  readonly type: string;
  readonly parentCaveatName: string;
}

export interface ReflectionRelation {
  readonly name: string;
  readonly comment: string;
  readonly parentDefinitionName: string;
  readonly subjectTypes: readonly ReflectionTypeReference[];
}

export interface ReflectionTypeReference {
  readonly subjectDefinitionName: string;
  readonly optionalCaveatName: string;
  readonly isTerminalSubject?: boolean;
  readonly optionalRelationName?: string;
  readonly isPublicWildcard?: boolean;
}

export interface ReflectionPermission {
  readonly name: string;
  readonly comment: string;
  readonly parentDefinitionName: string;
}

export interface ComputablePermissionsRequest extends Consistent {
  readonly definitionName: string;
  readonly relationName?: Optional<string>;
  readonly optionalDefinitionNameFilter?: Optional<string>;
}

export interface ComputablePermissionsResponse {
  readonly permissions: readonly ReflectionRelationReference[];
  readonly readAt: ZedToken;
}

export interface ReflectionRelationReference {
  readonly definitionName: string;
  readonly relationName: string;
  readonly isPermission: boolean;
}

export interface DependentRelationsRequest extends Consistent {
  readonly definitionName: string;
  readonly permissionName: string;
}

export interface DependentRelationsResponse {
  readonly relations: readonly ReflectionRelationReference[];
  readonly readAt: ZedToken;
}

export interface DiffSchemaRequest extends Consistent {
  readonly comparisonSchema: string;
}

export interface DiffSchemaResponse {
  readonly diffs: readonly ReflectionSchemaDiff[];
  readonly readAt: ZedToken;
}

export interface ReflectionRelationSubjectTypeChange {
  readonly relation: ReflectionRelation;
  readonly changedSubjectType: ReflectionTypeReference;
}

export interface ReflectionCaveatParameterTypeChange {
  readonly parameter: ReflectionCaveatParameter;
  readonly previousType: string;
}

/** Exactly one of the fields. */
export interface ReflectionSchemaDiff {
  readonly definitionAdded?: ReflectionDefinition;
  readonly definitionRemoved?: ReflectionDefinition;
  readonly definitionDocCommentChanged?: ReflectionDefinition;
  readonly relationAdded?: ReflectionRelation;
  readonly relationRemoved?: ReflectionRelation;
  readonly relationDocCommentChanged?: ReflectionRelation;
  readonly relationSubjectTypeAdded?: ReflectionRelationSubjectTypeChange;
  readonly relationSubjectTypeRemoved?: ReflectionRelationSubjectTypeChange;
  readonly permissionAdded?: ReflectionPermission;
  readonly permissionRemoved?: ReflectionPermission;
  readonly permissionDocCommentChanged?: ReflectionPermission;
  readonly permissionExprChanged?: ReflectionPermission;
  readonly caveatAdded?: ReflectionCaveat;
  readonly caveatRemoved?: ReflectionCaveat;
  readonly caveatDocCommentChanged?: ReflectionCaveat;
  readonly caveatExprChanged?: ReflectionCaveat;
  readonly caveatParameterAdded?: ReflectionCaveatParameter;
  readonly caveatParameterRemoved?: ReflectionCaveatParameter;
  readonly caveatParameterTypeChanged?: ReflectionCaveatParameterTypeChange;
}

// watch_service.proto

export interface WatchRequest {
  readonly optionalObjectTypes?: Optional<readonly string[]>;
  readonly optionalStartCursor?: Optional<ZedToken>;
  readonly optionalRelationshipFilters?: Optional<readonly RelationshipFilter[]>;
  readonly optionalUpdateKinds?: Optional<readonly WatchKind[]>;
}

export type WatchKind = "WATCH_KIND_INCLUDE_RELATIONSHIP_UPDATES" | "WATCH_KIND_INCLUDE_SCHEMA_UPDATES" | "WATCH_KIND_INCLUDE_CHECKPOINTS";

export interface WatchResponse {
  readonly updates: readonly RelationshipUpdate[];
  readonly changesThrough: ZedToken;
  readonly optionalTransactionMetadata: Struct | null;
  readonly schemaUpdated: boolean;
  readonly isCheckpoint: boolean;
  readonly fullRevisionMetadata: readonly Struct[];
}

// experimental_service.proto: counters

export interface ExperimentalRegisterRelationshipCounterRequest {
  readonly name: string;
  readonly relationshipFilter: RelationshipFilter;
}

export interface ExperimentalRegisterRelationshipCounterResponse {}

export interface ExperimentalCountRelationshipsRequest {
  readonly name: string;
}

export interface ExperimentalCountRelationshipsResponse {
  readonly counterStillCalculating?: boolean;
  readonly readCounterValue?: { readonly relationshipCount: string; readonly readAt: ZedToken };
}

export interface ExperimentalUnregisterRelationshipCounterRequest {
  readonly name: string;
}

export interface ExperimentalUnregisterRelationshipCounterResponse {}

// The methods

/** The messages of a stream, each made when it is asked for. Leaving early frees what is left; so does forgetting it. */
export type Messages<Message> = Generator<Message, void, undefined>;

/** As much of an `AbortSignal` as is used here. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Options of what may have to wait. */
export interface WaitOptions {
  /** Gives up when this is aborted, with its reason. */
  readonly signal?: Signal | undefined;
}

/** Methods with one request and one response. */
interface Unary {
  checkPermission: [CheckPermissionRequest, CheckPermissionResponse];
  checkBulkPermissions: [CheckBulkPermissionsRequest, CheckBulkPermissionsResponse];
  expandPermissionTree: [ExpandPermissionTreeRequest, ExpandPermissionTreeResponse];
  writeRelationships: [WriteRelationshipsRequest, WriteRelationshipsResponse];
  deleteRelationships: [DeleteRelationshipsRequest, DeleteRelationshipsResponse];
  readSchema: [ReadSchemaRequest, ReadSchemaResponse];
  writeSchema: [WriteSchemaRequest, WriteSchemaResponse];
  reflectSchema: [ReflectSchemaRequest, ReflectSchemaResponse];
  computablePermissions: [ComputablePermissionsRequest, ComputablePermissionsResponse];
  dependentRelations: [DependentRelationsRequest, DependentRelationsResponse];
  diffSchema: [DiffSchemaRequest, DiffSchemaResponse];
  /** @deprecated the older name of `checkBulkPermissions` */
  bulkCheckPermission: [CheckBulkPermissionsRequest, CheckBulkPermissionsResponse];
  /** @deprecated the older name of `reflectSchema` */
  experimentalReflectSchema: [ReflectSchemaRequest, ReflectSchemaResponse];
  /** @deprecated the older name of `computablePermissions` */
  experimentalComputablePermissions: [ComputablePermissionsRequest, ComputablePermissionsResponse];
  /** @deprecated the older name of `dependentRelations` */
  experimentalDependentRelations: [DependentRelationsRequest, DependentRelationsResponse];
  /** @deprecated the older name of `diffSchema` */
  experimentalDiffSchema: [DiffSchemaRequest, DiffSchemaResponse];
  experimentalRegisterRelationshipCounter: [ExperimentalRegisterRelationshipCounterRequest, ExperimentalRegisterRelationshipCounterResponse];
  experimentalCountRelationships: [ExperimentalCountRelationshipsRequest, ExperimentalCountRelationshipsResponse];
  experimentalUnregisterRelationshipCounter: [ExperimentalUnregisterRelationshipCounterRequest, ExperimentalUnregisterRelationshipCounterResponse];
}

/** Methods with one request and a stream of responses: those of the revision that the call found, whatever is written meanwhile. */
interface Streaming {
  readRelationships: [ReadRelationshipsRequest, ReadRelationshipsResponse];
  lookupResources: [LookupResourcesRequest, LookupResourcesResponse];
  lookupSubjects: [LookupSubjectsRequest, LookupSubjectsResponse];
  exportBulkRelationships: [ExportBulkRelationshipsRequest, ExportBulkRelationshipsResponse];
  /** @deprecated the older name of `exportBulkRelationships` */
  bulkExportRelationships: [ExportBulkRelationshipsRequest, ExportBulkRelationshipsResponse];
}

/**
 * The methods of SpiceDB's v1 API. What is refused is thrown as a `PeppercornError`: `status` is gRPC's code, `code` SpiceDB's reason and
 * `metadata` what it is about.
 */
export type Service = {
  readonly [Method in keyof Unary]: (request: Unary[Method][0]) => Unary[Method][1];
} & {
  readonly [Method in keyof Streaming]: (request: Streaming[Method][0]) => Messages<Streaming[Method][1]>;
} & {
  /** Writes the relationships of all requests, as new ones and in one transaction; if the iterable throws, nothing. */
  importBulkRelationships(requests: Iterable<ImportBulkRelationshipsRequest>): ImportBulkRelationshipsResponse;

  /** @deprecated the older name of `importBulkRelationships` */
  bulkImportRelationships(requests: Iterable<ImportBulkRelationshipsRequest>): ImportBulkRelationshipsResponse;

  /**
   * What is written from this call on, or after the start cursor, by whatever way of this engine. It never ends by itself: leave it with
   * `break`, or abort the signal, whose reason is then thrown. A reader who is too slow gets `WATCH_TOO_SLOW` and can resume after the last
   * `changesThrough`.
   */
  watch(request: WatchRequest, options?: WaitOptions): AsyncIterableIterator<WatchResponse>;

  /** The same, as promises. */
  readonly async: AsyncService;
};

/**
 * The same methods as promises. A request that is to be at least as fresh as a revision that this engine has not reached waits until it
 * has; everything else settles at once.
 */
export type AsyncService = {
  readonly [Method in keyof Unary]: (request: Unary[Method][0], options?: WaitOptions) => Promise<Unary[Method][1]>;
} & {
  readonly [Method in keyof Streaming]: (request: Streaming[Method][0], options?: WaitOptions) => Promise<Messages<Streaming[Method][1]>>;
} & {
  importBulkRelationships(
    requests: Iterable<ImportBulkRelationshipsRequest> | AsyncIterable<ImportBulkRelationshipsRequest>,
    options?: WaitOptions,
  ): Promise<ImportBulkRelationshipsResponse>;

  /** @deprecated the older name of `importBulkRelationships` */
  bulkImportRelationships(
    requests: Iterable<ImportBulkRelationshipsRequest> | AsyncIterable<ImportBulkRelationshipsRequest>,
    options?: WaitOptions,
  ): Promise<ImportBulkRelationshipsResponse>;
};
