// `peppercorn import` and `export`: between files and servers.

import { Peppercorn } from "peppercorn";
import type { v1 } from "../../index.cjs";
import { ServerError, isRefusal } from "./failures.ts";
import { write } from "./fmt.ts";
import { Progress } from "./progress.ts";
import { print } from "./questions.ts";
import { count } from "./report.ts";
import { type Connection, type Message, type ServerOptions, connect, hasServer } from "./server-options.ts";
import { engineOfFile, engineOfTexts, rowsOf } from "./source.ts";
import { YES } from "./status.ts";
import { UsageError } from "./usage.ts";
import { validationFile } from "./validation-file.ts";

export interface ImportOptions extends ServerOptions {
  readonly relationships?: string;
  readonly touch?: boolean;
  /** False with `--no-schema`. */
  readonly schema?: boolean;
  readonly json?: boolean;
}

/** Relationships of a message, and of a batch that is touched: SpiceDB takes no more than a thousand updates. */
const BATCH = 1000;

/** Writes what a file holds to a server: its schema, then its relationships, in one transaction unless they are touched. */
export async function importTo(file: string | undefined, options: ImportOptions): Promise<number> {
  if (!hasServer(options)) throw new UsageError("`import` needs `--endpoint`, the server to write to");
  if (file === undefined && options.relationships === undefined) throw new UsageError("there is no FILE to import");
  // Files are read first: nothing is written of what cannot be used.
  const local = file === undefined ? undefined : engineOfFile(file, options.relationships).engine;
  const rows = file === undefined && options.relationships !== undefined ? rowsOf(options.relationships) : "";
  const connection = await connect(options);
  const progress = new Progress("written:");
  try {
    const engine = local ?? engineOfTexts(options.relationships ?? "", await schemaOf(connection), rows);
    const writesSchema = local !== undefined && options.schema !== false && engine.schema.trim() !== "";
    if (writesSchema) await connection.call("WriteSchema", { schema: engine.schema });
    if (options.touch === true) {
      await touch(connection, engine, progress);
    } else {
      await create(connection, engine, progress);
    }
    progress.end();
    if (options.json === true) {
      print({ schema: writesSchema, relationships: progress.done });
    } else {
      console.log(`${writesSchema ? "the schema and " : ""}${count(progress.done, "relationship")} written to ${options.endpoint}`);
    }
    return YES;
  } finally {
    progress.end();
    connection.close();
  }
}

/** Bytes of JSON in a batch: as protobuf they stay below the 4 MiB that a server takes, whatever is in a context. */
const BATCH_BYTES = 512 * 1024;

/** Relationships in batches, as messages have them. */
function* batches(engine: Peppercorn): Generator<readonly v1.Relationship[]> {
  for (const { relationships } of engine.v1.exportBulkRelationships({ optionalLimit: BATCH })) yield* split(relationships);
}

function* split(relationships: readonly v1.Relationship[]): Generator<readonly v1.Relationship[]> {
  const { length } = relationships;
  if (length > 1 && Buffer.byteLength(JSON.stringify(relationships)) > BATCH_BYTES) {
    yield* split(relationships.slice(0, length / 2));
    yield* split(relationships.slice(length / 2));
  } else if (length > 0) {
    yield relationships;
  }
}

async function create(connection: Connection, engine: Peppercorn, progress: Progress): Promise<void> {
  function* requests(): Generator<Message> {
    for (const relationships of batches(engine)) {
      yield { relationships };
      progress.add(relationships.length);
    }
  }
  try {
    await connection.send("ImportBulkRelationships", requests());
  } catch (error) {
    if (error instanceof ServerError && /ALREADY_EXISTS|ATTEMPT_TO_RECREATE/.test(error.code)) {
      throw new ServerError(error.code, `${error.message}; no relationship was written: \`--touch\` also writes relationships that are there already`);
    }
    throw error;
  }
}

async function touch(connection: Connection, engine: Peppercorn, progress: Progress): Promise<void> {
  for (const relationships of batches(engine)) {
    await connection.call("WriteRelationships", { updates: relationships.map((relationship) => ({ operation: "OPERATION_TOUCH", relationship })) });
    progress.add(relationships.length);
  }
}

async function schemaOf(connection: Connection): Promise<string> {
  return ((await connection.call("ReadSchema", {})) as unknown as v1.ReadSchemaResponse).schemaText;
}

export interface ExportOptions extends ServerOptions {
  readonly relationships?: string;
  readonly out?: string;
  readonly as?: string;
  readonly json?: boolean;
}

/** What can be written of an engine. */
const FORMATS: Readonly<Record<string, (engine: Peppercorn) => string | Uint8Array>> = {
  yaml: (engine) => validationFile(engine.schema, engine.snapshot().relationships()),
  schema: (engine) => (engine.schema.endsWith("\n") || engine.schema === "" ? engine.schema : `${engine.schema}\n`),
  relationships: (engine) => engine.snapshot().relationships().map((row) => `${row}\n`).join(""),
  saved: (engine) => engine.save(),
};

export const FORMAT_NAMES = Object.keys(FORMATS);

/** By the endings of files. */
const ENDINGS: readonly (readonly [RegExp, string])[] = [[/\.(?:ya?|za)ml$/i, "yaml"], [/\.zed$/i, "schema"], [/\.txt$/i, "relationships"]];

/** Writes what a server or file holds to a file or to standard output. */
export async function exportFrom(file: string | undefined, options: ExportOptions): Promise<number> {
  const isRemote = hasServer(options);
  if (isRemote === (file !== undefined)) {
    throw new UsageError(isRemote ? "a FILE and `--endpoint` cannot go together" : "there is nothing to export: give a FILE or `--endpoint`");
  }
  const { out, as = out === undefined ? "yaml" : (ENDINGS.find(([ending]) => ending.test(out))?.[1] ?? "saved") } = options;
  const format = FORMATS[as];
  if (format === undefined || !Object.hasOwn(FORMATS, as)) {
    throw new UsageError(`\`--as\` is one of ${FORMAT_NAMES.map((name) => `\`${name}\``).join(", ")}, not \`${as}\``);
  }
  if (out === undefined && (as === "saved" || options.json === true)) {
    throw new UsageError(`${as === "saved" ? "a saved engine is bytes" : "`--json` tells of a file"}: give one with \`--out\``);
  }
  const engine = file === undefined ? await fetched(options) : engineOfFile(file, options.relationships).engine;
  const content = format(engine);
  if (out === undefined) {
    process.stdout.write(content);
    return YES;
  }
  write(out, content);
  const { length } = engine.snapshot().relationships();
  if (options.json === true) {
    print({ file: out, as, relationships: length });
  } else {
    console.log(`${as === "schema" ? "the schema" : count(length, "relationship")} written to ${out}`);
  }
  return YES;
}

/** An engine with all that a server has, as of one revision. */
async function fetched(options: ServerOptions): Promise<Peppercorn> {
  const connection = await connect(options);
  const progress = new Progress("read:");
  try {
    const { schemaText, readAt } = (await connection.call("ReadSchema", {})) as unknown as v1.ReadSchemaResponse;
    const engine = new Peppercorn({ schema: schemaText });
    async function* requests(): AsyncGenerator<v1.ImportBulkRelationshipsRequest> {
      for await (const message of connection.stream("ExportBulkRelationships", { consistency: { atExactSnapshot: readAt } })) {
        const { relationships = [] } = message as { relationships?: v1.Relationship[] };
        progress.add(relationships.length);
        yield { relationships };
      }
    }
    await engine.v1.async.importBulkRelationships(requests());
    return engine;
  } catch (error) {
    if (isRefusal(error)) throw new ServerError(error.code, `what the server holds cannot be used here: ${error.message}`);
    throw error;
  } finally {
    progress.end();
    connection.close();
  }
}
