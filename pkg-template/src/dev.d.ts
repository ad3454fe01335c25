// What wasm-bindgen writes for `src/wasm/dev.rs`, as far as this package uses it. `#dev` is resolved when the package is bundled.
declare module "#dev" {
  import type { Binding } from "#engine";

  /** The functions, bound to no instance yet: see glue.mjs. */
  export default function bind(): Binding & Functions;

  interface Functions {
    /** Gives a report: `ValidationReport`. */
    validateFile(name: string, bytes: Uint8Array, readFile: (path: string) => Uint8Array | undefined, now: number): unknown;

    /** Gives the new text, or a report. */
    updateFile(name: string, bytes: Uint8Array, readFile: (path: string) => Uint8Array | undefined, now: number): unknown;

    /** Gives `RawData`, or a report. */
    readFile(name: string, bytes: Uint8Array, readFile: (path: string) => Uint8Array | undefined): unknown;

    formatSchema(schema: string): string;

    /** Gives a list of diagnostics. */
    checkSchema(schema: string): unknown;
  }
}
