// The part of WebAssembly's JavaScript interface that is used here; the DOM's types would bring a browser's globals with it.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
    static customSections(module: Module, name: string): ArrayBuffer[];
  }
  class Instance {
    constructor(module: Module, imports: object);
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
  }
  function compile(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<Module>;
  function instantiate(module: Module, imports: object): Promise<Instance>;
}
