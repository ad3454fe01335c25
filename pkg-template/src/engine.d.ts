// What wasm-bindgen writes for `src/wasm/`, as far as this package uses it. `#engine` is resolved when the package is bundled.
declare module "#engine" {
  /** The classes, bound to no instance yet: see glue.mjs. */
  export default function bind(): Binding & {
    readonly Engine: typeof Engine;
    readonly EngineView: typeof EngineView;
    readonly EngineLoader: typeof EngineLoader;
    readonly EngineImport: typeof EngineImport;
  };

  export interface Binding {
    /** What an instance of the module imports. */
    readonly imports: object;
    /** Binds the instance, whose memory it gives; has to come before anything else. */
    begin(instance: WebAssembly.Instance): WebAssembly.Memory;
    /** Lets go of the instance: from now on every call throws what `refuse` throws, but for those that give memory back, which do nothing. */
    end(refuse: () => never): void;
  }

  /** Times are milliseconds since 1970. What is refused throws an object: `Refusal` of `errors.ts`. */
  export class Engine {
    free(): void;
    constructor(schema: string, relationships: string);
    static load(bytes: Uint8Array): Engine;
    save(): Uint8Array;
    /** What is not given stays as it is. */
    configure(identity?: bigint, retentionSeconds?: number, retentionRevisions?: number, refusesForeignTokens?: boolean): void;
    /** The operations, 1 create, 2 touch, 3 delete, and the relationships, one a line. Returns the new revision, a blank, and its token. */
    write(operations: Uint8Array, relationships: string, now: number): string;
    writeSchema(schema: string, now: number): string;
    schema(): string;
    token(): string;
    /** The engine at its newest revision, whichever that is when something is asked. */
    newest(): EngineView;
    snapshot(): EngineView;
    at(token: string, now: number): EngineView;
    /** The handle of an object or subject. */
    id(text: string): number;
    fork(identity: bigint): Engine;
    /** Methods of the v1 API by their names in the proto files; requests and responses are proto3 JSON. */
    call(method: string, request: string, now: number): string;
    stream(method: string, request: string, now: number): EngineStream;
    watch(request: string, now: number): EngineWatch;
  }

  /** What questions are put to. Contexts are JSON or empty, a limit of 0 is none, and results are JSON: `answers.ts` says of what. */
  export class EngineView {
    private constructor();
    free(): void;
    /** Where the buffer for a subject, a permission and a resource begins in the module's memory. */
    static texts(): number;
    /** Bytes of it for each of the three. */
    static textBytes(): number;
    revision(): bigint;
    /**
     * 0 no, 1 conditional, 2 has, of texts in the buffer that are so many bytes long; 3 where that has no answer, 4 where it needs the
     * time and got `NaN`. Without context.
     */
    check(subject: number, permission: number, resource: number, now: number): number;
    checkWith(subject: number, permission: number, resource: number, now: number, context: string): number;
    /** As `check`, of handles. */
    checkIds(subject: number, permission: number, resource: number, now: number): number;
    /** 1 for yes and 0 for anything else, for each pair of handles. */
    checkIdsMany(subjects: Uint32Array, permission: string, resources: Uint32Array, now: number, context: string): Uint8Array;
    /** The text that a handle stands for; nothing for what is no handle of the engine. */
    text(handle: number): string | undefined;
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
    withUpdates(operations: Uint8Array, relationships: string): EngineView;
    /** Sorted, one a line. */
    relationships(): string;
  }

  /** An engine in the making, of about so many bytes of relationships. */
  export class EngineLoader {
    constructor(schema: string, length: number);
    /** Where a block of 256 KiB begins in the module's memory. */
    block(): number;
    /** Adds the whole lines that are so many bytes of the block. False where something is wrong, of which `Engine` says what. */
    push(length: number): boolean;
    /** The engine, and with it the end of this; nothing as for `push`. */
    finish(): Engine | undefined;
    free(): void;
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
