// What wasm-bindgen writes for `src/wasm/dev.rs`, as far as this package uses it. `#dev` is resolved when the package is bundled.
declare module "#dev" {
  /** Instantiates the module; has to come before anything else here. */
  export function initSync(options: { module: WebAssembly.Module }): unknown;

  /** Gives a report: `ValidationReport`. */
  export function validateFile(name: string, bytes: Uint8Array, readFile: (path: string) => Uint8Array | undefined, now: number): unknown;

  /** Gives the new text, or a report. */
  export function updateFile(name: string, bytes: Uint8Array, readFile: (path: string) => Uint8Array | undefined, now: number): unknown;

  /** Gives `RawData`, or a report. */
  export function readFile(name: string, bytes: Uint8Array, readFile: (path: string) => Uint8Array | undefined): unknown;

  export function formatSchema(schema: string): string;

  /** Gives a list of diagnostics. */
  export function checkSchema(schema: string): unknown;
}
