// An engine that begins as a validation file says.

import { readValidationFile } from "#files";
import { Peppercorn } from "peppercorn";

/** The engine of a validation file. */
export function engineOfFile(file: string): Peppercorn {
  const { schema, relationships } = readValidationFile(file);
  return new Peppercorn({ schema, relationships });
}
