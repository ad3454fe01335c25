// `peppercorn types`: writes the type of a schema.

import { read } from "#files";
import { basename } from "node:path";
import { write } from "../fmt.ts";
import { print } from "../questions.ts";
import { engineOfFile } from "../source.ts";
import { NO, YES } from "../status.ts";
import { styleText } from "../style.ts";
import { UsageError } from "../usage.ts";
import { generate } from "./generate.ts";

export interface TypesOptions {
  readonly out?: string;
  readonly name: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** Words that no interface may be called; the second line are types. */
const RESERVED: ReadonlySet<string> = new Set(
  `break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch
  this throw true try typeof var void while with any bigint boolean never number object string symbol undefined unknown
  await implements interface let package private protected public static yield`.split(/\s+/),
);

/** Writes the types of a schema, or says whether they are written as they would be, and gives the exit status. */
export function types(schema: string, { out, name, check = false, json = false }: TypesOptions): number {
  if (!/^[A-Za-z_$][\w$]*$/.test(name) || RESERVED.has(name)) {
    throw new UsageError(`\`--name\` must be a name in TypeScript, not \`${name}\``);
  }
  if (out === undefined && (check || json)) {
    throw new UsageError(`\`${check ? "--check" : "--json"}\` needs \`--out\`, the file of the types`);
  }
  const { engine, members } = engineOfFile(schema);
  if (members === undefined) {
    throw new UsageError("types are made from a schema file or a validation file, not from a saved engine");
  }
  const text = generate({ reflected: engine.v1.reflectSchema({}), members }, name, basename(schema));
  if (out === undefined) {
    process.stdout.write(text);
    return YES;
  }
  const there = read(out);
  const isSame = "bytes" in there && Buffer.from(text).equals(there.bytes);
  const status = isSame ? "ok" : check ? "differs" : "changed";
  if (status === "changed") write(out, text);
  if (json) {
    print({ file: out, status });
  } else {
    console.log(`${styleText(status === "differs" ? "red" : "green", status.padEnd(7))} ${out}`);
  }
  return status === "differs" ? NO : YES;
}
