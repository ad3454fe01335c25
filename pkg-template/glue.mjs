// What wasm-bindgen writes for a module, as a function: each call of it gives names of their own, bound to one instance, so that after a
// trap another instance can take the place of the one that broke off.

import { readFileSync } from "node:fs";

/** Loads the module in ways of its own: the entries do that. */
const UNUSED = ["initSync", "__wbg_load", "__wbg_init", "__wbg_init_once"];

/** What the text below calls. Another version of wasm-bindgen may name it otherwise. */
const USED = [/^let wasmModule, wasmInstance, wasm;$/m, /^function __wbg_get_imports\(\) \{$/m, /^function __wbg_finalize_init\(instance, module\) \{$/m, /^function passStringToWasm0\(arg, malloc, realloc\) \{$/m];

/** What is written out at every call, shorter: who calls has one memory, what frees a text skips one that is not there, what several values are returned in is read the same way. */
const SHORTER = [
  [/, wasm\.__wbindgen_malloc(, wasm\.__wbindgen_realloc)?\)/g, ")"],
  [/^function (pass\w+ToWasm0)\(arg, malloc(, realloc)?\) \{$/gm, "function $1(arg) { const malloc = wasm.__wbindgen_malloc; const realloc = wasm.__wbindgen_realloc;"],
  [/if \((\w+)\) \{ wasm\.__wbindgen_free\(\1, (\w+) \* 1, 1\); \}/g, "freeText($1, $2);"],
  [/wasm\.__wbindgen_free\(([\w[\]]+), ([\w[\]]+)( \* 1)?, 1\)/g, "freeText($1, $2)"],
  [/wasm\.__wbindgen_add_to_stack_pointer\(-16\) >>> 0/g, "moveStack(-16)"],
  [/wasm\.__wbindgen_add_to_stack_pointer\(16\)/g, "moveStack(16)"],
  [/getDataViewMemory0\(\)\.getInt32\(retptr \+ 4 \* (\d), true\)/g, "returned(retptr, $1)"],
];

/** The JavaScript of the file, changed. */
export function bindingOf(file) {
  const names = [];
  let text = readFileSync(file, "utf8").replace(/^export (class|function) (\w+)/gm, (_, kind, name) => {
    names.push(name);
    return `${kind} ${name}`;
  });
  text = text.replace(/^export \{.*\};$/gm, "");
  for (const name of UNUSED) text = text.replace(new RegExp(`^(async )?function ${name}\\([^]*?^}$`, "m"), "");
  const unknown = [/^export /m, /\bimport\.meta\b/, /^import /m].some((left) => left.test(text)) || !USED.every((needed) => needed.test(text));
  if (unknown || names.length === 0) throw new Error(`${file} is not as wasm-bindgen used to write it: see glue.mjs`);
  for (const [long, short] of SHORTER) text = text.replace(long, short);
  return `
    export default function bind() {
      ${text}
      function freeText(pointer, length) {
        if (pointer) wasm.__wbindgen_free(pointer, length, 1);
      }
      function moveStack(bytes) {
        return wasm.__wbindgen_add_to_stack_pointer(bytes) >>> 0;
      }
      function returned(pointer, place) {
        return getDataViewMemory0().getInt32(pointer + 4 * place, true);
      }
      return {
        ${names.join(", ")},
        imports: __wbg_get_imports(),
        begin(instance) {
          return __wbg_finalize_init(instance).memory;
        },
        end(refuse) {
          const ended = {};
          for (const name of Object.keys(wasm)) ended[name] = /^__wbg_.*_free$/.test(name) ? () => {} : refuse;
          wasm = ended;
        },
      };
    }`;
}
