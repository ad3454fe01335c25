// What wasm-bindgen writes for `src/wasm/`, as far as this package uses it. `#engine` is resolved when the package is bundled.
declare module "#engine" {
  /** Instantiates the module; has to come before anything else here. */
  export function initSync(options: { module: WebAssembly.Module }): unknown;

  /** What engines and snapshots have in common. Times are milliseconds since 1970. What is refused throws an object: `Refusal` of `errors.ts`. */
  class Asked {
    /** 0 no, 1 conditional, 2 has; without context. */
    check(subject: string, permission: string, resource: string, now: number): number;
    revision(): bigint;
    free(): void;
  }

  export class Engine extends Asked {
    constructor(schema: string, relationships: string);
    static load(bytes: Uint8Array): Engine;
    save(): Uint8Array;
    /** What is not given stays as it is. */
    configure(identity?: bigint, retentionSeconds?: number, retentionRevisions?: number, refusesForeignTokens?: boolean): void;
    /** The operations, 1 create, 2 touch, 3 delete, and the relationships, one a line. Returns the new revision. */
    write(operations: Uint8Array, relationships: string, now: number): bigint;
    writeSchema(schema: string, now: number): bigint;
    schema(): string;
    token(): string;
    snapshot(): EngineSnapshot;
    at(token: string, now: number): EngineSnapshot;
    fork(identity: bigint): Engine;
    /** Methods of the v1 API by their names in the proto files; requests and responses are proto3 JSON. */
    call(method: string, request: string, now: number): string;
    stream(method: string, request: string, now: number): EngineStream;
    watch(request: string, now: number): EngineWatch;
  }

  /** Contexts are JSON or empty, a limit of 0 is none, and results are JSON: `answers.ts` says of what. */
  export class EngineSnapshot extends Asked {
    answer(subject: string, permission: string, resource: string, now: number, context: string): string;
    trace(subject: string, permission: string, resource: string, now: number, context: string): string;
    expand(permission: string, resource: string, now: number): string;
    /** Each item a line: subject, permission, resource and the place of its context or nothing, with tabs between. */
    checkMany(items: string, contexts: string, now: number, context: string): string;
    permissions(subject: string, resource: string, now: number, context: string): string;
    lookupResources(
      subject: string,
      permission: string,
      resourceType: string,
      now: number,
      context: string,
      limit: number,
      cursor: string | undefined,
    ): string;
    lookupSubjects(
      resource: string,
      permission: string,
      subjectType: string,
      subjectRelation: string | undefined,
      now: number,
      context: string,
      wildcards: boolean,
      limit: number,
      cursor: string | undefined,
    ): string;
    countResources(subject: string, permission: string, resourceType: string, now: number, context: string): string;
    countSubjects(
      resource: string,
      permission: string,
      subjectType: string,
      subjectRelation: string | undefined,
      now: number,
      context: string,
      wildcards: boolean,
    ): string;
    private constructor();
    /** The same with updates, as of a write. */
    withUpdates(operations: Uint8Array, relationships: string): EngineSnapshot;
    /** Sorted, one a line. */
    relationships(): string;
  }

  export class EngineStream {
    private constructor();
    /** At most so many messages, one a line; nothing after the last. */
    next(most: number): string | undefined;
    free(): void;
  }

  export class EngineWatch {
    private constructor();
    /** A message, if there is one by now. */
    next(engine: Engine, now: number): string | undefined;
    free(): void;
  }

  export class EngineImport {
    /** Takes the relationships of a request. */
    add(request: string): void;
    /** Writes them all. Returns the response. */
    finish(engine: Engine, now: number): string;
    free(): void;
  }
}
