// The part of WebAssembly's JavaScript interface that is used here; the DOM's types would bring a browser's globals with it.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
  }
}
