// SpiceDB's services.

import { serviceNamed } from "./wire.ts";

export const API = ["PermissionsService", "SchemaService", "WatchService", "ExperimentalService"].map((name) => serviceNamed(`authzed.api.v1.${name}`));
