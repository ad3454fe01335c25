// The entry without a module: for libraries, and for applications that bring it in a way of their own.

import { loader } from "./core.ts";

export { Peppercorn, PeppercornError } from "./core.ts";

export const load = loader(undefined);
