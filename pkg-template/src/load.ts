// `load`: how the module is come by where an import cannot wait for it, and how another instance is had after one broke off.

import type * as Contract from "../index.cjs";
import { PeppercornError, invalidArgument, notLoaded } from "./errors.ts";
import { earlierModule, startAsync } from "./instance.ts";
import { isLoaded } from "./raw.ts";

type Source = Contract.ModuleSource | PromiseLike<Contract.ModuleSource>;

/** The `load` of an entry that has a module, or none, of its own. */
export function loader(own: (() => Source) | undefined): typeof Contract.load {
  let loading: Promise<void> | undefined;
  return async (source) => {
    if (isLoaded()) return;
    loading ??= begin(source, own).finally(() => {
      loading = undefined;
    });
    return loading;
  };
}

async function begin(given: Source | undefined, own: (() => Source) | undefined): Promise<void> {
  const source = given ?? earlierModule() ?? own?.();
  if (source === undefined) {
    throw invalidArgument("`source` must be given: this entry has no module of its own, so `load` needs its bytes, a Response, a WebAssembly.Module or a URL");
  }
  try {
    await startAsync(await moduleOf(await source));
  } catch (thrown) {
    if (thrown instanceof PeppercornError) throw thrown;
    throw notLoaded(`the engine's WebAssembly module cannot be loaded: ${thrown instanceof Error ? thrown.message : String(thrown)}`, thrown);
  }
}

async function moduleOf(source: Contract.ModuleSource): Promise<WebAssembly.Module> {
  if (is(source, "WebAssembly.Module")) {
    return source as WebAssembly.Module;
  }
  if (is(source, "ArrayBuffer") || ArrayBuffer.isView(source)) {
    return WebAssembly.compile(source as ArrayBuffer | Uint8Array<ArrayBuffer>);
  }
  if (typeof source === "string" || is(source, "URL")) {
    return moduleOf(await fetched(source as string | URL));
  }
  if (isResponse(source)) {
    if (!source.ok) {
      throw notLoaded(`\`${source.url}\` answered with status ${source.status} instead of the engine's WebAssembly module${ELSEWHERE}`);
    }
    return WebAssembly.compile(await source.arrayBuffer());
  }
  throw invalidArgument("`source` must be a WebAssembly.Module, its bytes, a Response, a URL, or a promise of one");
}

const ELSEWHERE = "; serve the package's `engine.wasm` and pass its URL to `load`, or import `peppercorn/inline`";

async function fetched(url: string | URL): Promise<Response> {
  try {
    return await fetch(url);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw notLoaded(`\`${String(url)}\` cannot be fetched: ${why}${ELSEWHERE}`, thrown);
  }
}

/** Whether it is of that class, in whichever realm: edge platforms compile modules in another one. */
function is(source: unknown, name: string): boolean {
  return Object.prototype.toString.call(source) === `[object ${name}]`;
}

/** Also one of a library that fetches. */
function isResponse(source: unknown): source is Response {
  return typeof source === "object" && source !== null && "arrayBuffer" in source && typeof source.arrayBuffer === "function" && "ok" in source;
}
