// The development module: what reads and formats files, and the engine does not have.

import bind from "#dev";
import type { Diagnostic } from "../../index.cjs";
import { guarded } from "../guard.ts";
import { read } from "../node-module.ts";
import { difference, patched } from "./patch.ts";

/** What wasm-bindgen exports. */
export type Dev = ReturnType<typeof bind>;

const guard = guarded<Dev>("the development module", "");

let isLoaded = false;

/** Calls the module, which is made ready by the first call. */
export function call<Result>(work: (raw: Dev) => Result): Result {
  if (!isLoaded) {
    load();
    isLoaded = true;
  }
  return guard.call(work);
}

/** The module is shipped as what it differs in from the engine's. */
function load(): void {
  const raw = bind();
  const module = new WebAssembly.Module(patched(read("engine.wasm"), difference(read("dev.wasm.diff"))));
  raw.begin(new WebAssembly.Instance(module, raw.imports));
  guard.use(raw);
}

/** What it says about one validation file. */
export interface ValidationReport {
  readonly file: string;
  readonly status: "passed" | "failed" | "unusable";
  readonly assertions: number;
  /** How many permissions of resources were compared with the subjects expected. */
  readonly expectedRelations: number;
  readonly failures: readonly ValidationFailure[];
  readonly diagnostics: readonly Diagnostic[];
}

/** An assertion, or an entry of the expected relations, that does not hold. */
export interface ValidationFailure {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly expected: string;
  readonly found: string;
  readonly assertion: string;
  readonly code: string;
  readonly message: string;
}

/** What a validation file holds: `dev::Data`. */
export interface RawData {
  readonly schema: string;
  readonly relationships: string;
  readonly members: readonly (readonly [definition: string, kind: "relation" | "permission", name: string, holds: string])[];
}
