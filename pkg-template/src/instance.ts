// An instance of the engine's module: begun, or begun again after one broke off.

import bind from "#engine";
import { notLoaded } from "./errors.ts";
import { isLoaded, use } from "./raw.ts";
import { writeInto } from "./texts.ts";

declare const PEPPERCORN_MODULE: string;

/** The module that the instance is of. */
let begun: WebAssembly.Module | undefined;

/** Makes an instance the one that every engine from now on lives in, and gives the module. */
export function start(module: WebAssembly.Module): WebAssembly.Module {
  checkMark(module);
  const raw = bind();
  begin(raw, new WebAssembly.Instance(module, raw.imports), module);
  return module;
}

/** The same where an instance may not be made at once: browsers want large ones to be waited for. */
export async function startAsync(module: WebAssembly.Module): Promise<void> {
  checkMark(module);
  const raw = bind();
  begin(raw, await WebAssembly.instantiate(module, raw.imports), module);
}

/** The module of an earlier instance. */
export function earlierModule(): WebAssembly.Module | undefined {
  return begun;
}

/** Another entry may have been first: engines live in the instance that is there, and the texts of their questions in its memory. */
function begin(raw: ReturnType<typeof bind>, instance: WebAssembly.Instance, module: WebAssembly.Module): void {
  if (isLoaded()) return;
  const memory = raw.begin(instance);
  use(raw);
  writeInto(memory);
  begun = module;
}

/** A module of another build may be bound without an error and answer otherwise. */
function checkMark(module: WebAssembly.Module): void {
  const [section] = WebAssembly.Module.customSections(module, "peppercorn");
  const mark = section === undefined ? undefined : new TextDecoder().decode(section);
  if (mark !== PEPPERCORN_MODULE) {
    const found = mark === undefined ? "is not peppercorn's" : `is of \`${mark}\``;
    throw notLoaded(`the module ${found}; this JavaScript is of \`${PEPPERCORN_MODULE}\`: both must come from one package`);
  }
}
