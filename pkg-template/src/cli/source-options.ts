// The options of commands that ask about data.

import type { Command } from "commander";
import { type ServerOptions, serverOptions } from "./server-options.ts";

/** What says where the data is. */
export interface SourceOptions extends ServerOptions {
  readonly file?: string;
  readonly schema?: string;
  readonly relationships?: string;
  readonly data?: string;
}

/** Adds the options of a command that asks about data. */
export function sourceOptions(command: Command): Command {
  command
    .optionsGroup("Where the data is (one of):")
    .option("-f, --file <FILE>", "a validation file (YAML): its schema and relationships")
    .option("-s, --schema <FILE>", "a schema file; with it `--relationships`")
    .option("-r, --relationships <FILE>", "relationships, one a line")
    .option("-d, --data <FILE>", "an engine as `engine.save()` or `peppercorn export` wrote it");
  return serverOptions(command, "a server's gRPC address; with it `--token`");
}
