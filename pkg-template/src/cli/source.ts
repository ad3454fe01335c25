// Where schema and relationships come from: files, or a server.

import { FileError, INPUT, bytesOf, fileProblem, readSchemaFile, readValidationFile, textOf, type FileData } from "#files";
import { Peppercorn } from "peppercorn";
import { isRefusal } from "./failures.ts";
import { type Connection, connect, hasServer } from "./server-options.ts";
import type { SourceOptions } from "./source-options.ts";
import { UsageError } from "./usage.ts";

/** Data that is here. */
export interface Local {
  readonly engine: Peppercorn;
  /** What a schema file says of members; a saved engine does not. */
  readonly members?: FileData["members"];
}

/** Where the data is: here, or with a server. */
export type Source = Local | { readonly connection: Connection };

/** Opens what the options name; exactly one place. */
export async function sourceOf(options: SourceOptions): Promise<Source> {
  const { file, schema, relationships, data, endpoint } = options;
  const given = Object.entries({ "--file": file, "--schema": schema, "--data": data, "--endpoint": endpoint }).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    throw new UsageError(`${given.map(([name]) => `\`${name}\``).join(" and ")} cannot go together: the data is in one place`);
  }
  if (relationships !== undefined && schema === undefined) {
    throw new UsageError("`--relationships` needs `--schema`");
  }
  if (hasServer(options)) {
    return { connection: await connect(options) };
  }
  if (file !== undefined) return described(file, readValidationFile(file));
  if (schema !== undefined) return withRelationships(readSchemaFile(schema), schema, relationships);
  if (data !== undefined) return { engine: saved(data, bytesOf(data)) };
  throw new UsageError("nothing says where the data is: `--file`, `--schema`, `--data` or `--endpoint`");
}

const MAGIC = Buffer.from("\x89PEPPER\n", "latin1");

/** The engine of a file given by its name alone: a validation file, a schema, or a saved engine. */
export function engineOfFile(file: string, relationships?: string): Local {
  const bytes = bytesOf(file);
  if (MAGIC.equals(bytes.subarray(0, MAGIC.length))) {
    if (relationships !== undefined) throw new UsageError("`--relationships` goes with a schema file: a saved engine has its own");
    return { engine: saved(file, bytes) };
  }
  // Standard input has no name to go by.
  if (file === INPUT ? /^["']?schema(?:File)?["']?\s*:/m.test(textOf(file)) : /\.(?:ya?|za)ml$/i.test(file)) {
    if (relationships !== undefined) throw new UsageError("`--relationships` goes with a schema file: a validation file has its own");
    return described(file, readValidationFile(file));
  }
  return withRelationships(readSchemaFile(file), file, relationships);
}

function withRelationships(data: FileData, schema: string, file: string | undefined): Local {
  return file === undefined ? described(schema, data) : described(file, { ...data, relationships: rowsOf(file) });
}

/** The relationships of a file of their own, without the mark that some editors begin a file with. */
export function rowsOf(file: string): string {
  return textOf(file).replace(/^\ufeff/, "");
}

/** The engine of what a file says; what is wrong with it now is wrong with the relationships in it. */
function described(file: string, { schema, relationships, members }: FileData): Local {
  return { engine: refusing(file, () => new Peppercorn({ schema, relationships })), members };
}

/** The engine of a schema from elsewhere and the relationships of a file. */
export function engineOfTexts(file: string, schema: string, relationships: string): Peppercorn {
  return refusing(file, () => new Peppercorn({ schema, relationships }));
}

function saved(file: string, bytes: Uint8Array): Peppercorn {
  return refusing(file, () => Peppercorn.load(bytes));
}

function refusing<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw error.diagnostics.length > 0 ? new FileError(file, error.diagnostics) : fileProblem(file, error.code, error.message);
  }
}
