// What wasm-bindgen writes for `src/wasm/`, as far as this package uses it. `#engine` is resolved when the package is bundled.
declare module "#engine" {
  /** Instantiates the module; has to come before anything else here. */
  export function initSync(options: { module: WebAssembly.Module }): unknown;

  /** Throws plain objects: `{ code, message, diagnostics }`. */
  export class Engine {
    constructor(schema: string, relationships: string);
    /** 0 no, 1 conditional, 2 has. */
    check(subject: string, permission: string, resource: string, nowMilliseconds: number): number;
    /** The operations, 1 create, 2 touch, 3 delete, and the relationships, one a line. Returns the new revision. */
    write(operations: Uint8Array, relationships: string): bigint;
    revision(): bigint;
    snapshot(): EngineSnapshot;
    free(): void;
  }

  export class EngineSnapshot {
    private constructor();
    check(subject: string, permission: string, resource: string, nowMilliseconds: number): number;
    revision(): bigint;
    /** Sorted, one a line. */
    relationships(): string;
    free(): void;
  }

  export function validateFile(
    name: string,
    bytes: Uint8Array,
    readFile: (path: string) => Uint8Array | undefined,
    nowMilliseconds: number,
  ): import("./raw.ts").ValidationReport;

  export function formatSchema(schema: string): string;

  export function checkSchema(schema: string): import("../index.cjs").Diagnostic[];
}
