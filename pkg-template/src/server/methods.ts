// The methods of the v1 API over HTTP: their paths, as the annotations of SpiceDB's proto files say them, and what they are.

import type { v1 } from "../../index.cjs";

/** How many messages go each way: one and one, one and many, many and one. A watch is a stream that never ends by itself. */
export type Kind = "unary" | "streaming" | "importing" | "watching";

/** A method. */
export interface Method {
  readonly path: string;
  readonly service: "PermissionsService" | "SchemaService" | "WatchService" | "ExperimentalService";
  /** Its name in the proto files. */
  readonly name: string;
  readonly kind: Kind;
  /** The same in an engine's `v1`. */
  readonly key: keyof v1.Service;
  /** Whether a read-only server refuses it. */
  readonly isWrite: boolean;
}

type Row = readonly [path: string, name: string, kind?: Kind, isWrite?: "write"];

function methods(service: Method["service"], rows: readonly Row[]): Method[] {
  return rows.map(([path, name, kind = "unary", isWrite]) => ({
    path: `/v1/${path}`,
    service,
    name,
    kind,
    key: (name.charAt(0).toLowerCase() + name.slice(1)) as keyof v1.Service,
    isWrite: isWrite !== undefined,
  }));
}

export const METHODS: readonly Method[] = [
  ...methods("PermissionsService", [
    ["relationships/read", "ReadRelationships", "streaming"],
    ["relationships/write", "WriteRelationships", "unary", "write"],
    ["relationships/delete", "DeleteRelationships", "unary", "write"],
    ["permissions/check", "CheckPermission"],
    ["permissions/checkbulk", "CheckBulkPermissions"],
    ["permissions/expand", "ExpandPermissionTree"],
    ["permissions/resources", "LookupResources", "streaming"],
    ["permissions/subjects", "LookupSubjects", "streaming"],
    ["relationships/importbulk", "ImportBulkRelationships", "importing", "write"],
    ["relationships/exportbulk", "ExportBulkRelationships", "streaming"],
  ]),
  ...methods("SchemaService", [
    ["schema/read", "ReadSchema"],
    ["schema/write", "WriteSchema", "unary", "write"],
    ["schema/reflectschema", "ReflectSchema"],
    ["schema/permissions/computable", "ComputablePermissions"],
    ["schema/permissions/dependent", "DependentRelations"],
    ["schema/diffschema", "DiffSchema"],
  ]),
  ...methods("WatchService", [["watch", "Watch", "watching"]]),
  ...methods("ExperimentalService", [
    ["experimental/relationships/bulkimport", "BulkImportRelationships", "importing", "write"],
    ["experimental/relationships/bulkexport", "BulkExportRelationships", "streaming"],
    ["experimental/permissions/bulkcheckpermission", "BulkCheckPermission"],
    ["experimental/reflectschema", "ExperimentalReflectSchema"],
    ["experimental/permissions/computable", "ExperimentalComputablePermissions"],
    ["experimental/permissions/dependent", "ExperimentalDependentRelations"],
    ["experimental/diffschema", "ExperimentalDiffSchema"],
    ["experimental/registerrelationshipcounter", "ExperimentalRegisterRelationshipCounter", "unary", "write"],
    ["experimental/countrelationships", "ExperimentalCountRelationships"],
    ["experimental/unregisterrelationshipcounter", "ExperimentalUnregisterRelationshipCounter", "unary", "write"],
  ]),
];

/** The method's full name, as gRPC and the metrics have it. */
export function fullName({ service, name }: Method): string {
  return `authzed.api.v1.${service}/${name}`;
}
