// What an import of a WebAssembly file gives where it gives the compiled module, and the engine's as a text.
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}

/** Written when the package is bundled: see modules.mjs. */
declare module "#engine-text" {
  /** Bytes of the module. */
  export const size: number;
  /** Bytes that the text stands for: the module packed. */
  export const length: number;
  export const text: string;
}
