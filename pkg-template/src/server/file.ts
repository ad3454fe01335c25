// An engine that begins as a validation file says.

import { Peppercorn } from "peppercorn";

/** The engine of a validation file. */
export function engineOfFile(file: string): Peppercorn {
  throw new Error(`not there yet: ${file}`);
}
