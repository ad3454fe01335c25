// `peppercorn diff`: what is different between two schemas, and which relationships stand against the change.

import { readSchemaFile } from "#files";
import type { SchemaRefusal, v1 } from "../../index.cjs";
import { print } from "./questions.ts";
import { count } from "./report.ts";
import { engineOfFile } from "./source.ts";
import { DEPENDS, NO, YES } from "./status.ts";
import { styleText } from "./style.ts";

export interface DiffOptions {
  readonly relationships?: string;
  readonly json?: boolean;
}

/** Says what would change from the old to the new schema, and gives the exit status. */
export function diff(before: string, after: string, options: DiffOptions): number {
  const { engine } = engineOfFile(before, options.relationships);
  const { diffs, refusals } = engine.planSchema(isWhole(after) ? engineOfFile(after).engine.schema : readSchemaFile(after).schema);
  if (options.json === true) {
    print({ diffs, refusals });
  } else {
    for (const each of diffs) console.log(line(each));
    for (const each of refusals) console.log(refusal(each));
  }
  return refusals.length > 0 ? DEPENDS : diffs.length > 0 ? NO : YES;
}

/** Whether the file holds more than a schema. */
function isWhole(file: string): boolean {
  return !/\.zed$/i.test(file);
}

/** `definitionAdded` in SpiceDB's words, with the name of what it is about. */
function line(change: v1.ReflectionSchemaDiff): string {
  const [[kind, what] = ["", undefined]] = Object.entries(change) as [string, Changed][];
  const words = kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const [sign, style] = kind.endsWith("Added") ? (["+", "green"] as const) : kind.endsWith("Removed") ? (["-", "red"] as const) : (["~", "yellow"] as const);
  return `${styleText(style, `${sign} ${words}`)}  ${what === undefined ? "" : subjectOf(what)}`;
}

type Changed =
  | v1.ReflectionDefinition
  | v1.ReflectionRelation
  | v1.ReflectionCaveat
  | v1.ReflectionCaveatParameter
  | v1.ReflectionRelationSubjectTypeChange
  | v1.ReflectionCaveatParameterTypeChange;

function subjectOf(what: Changed): string {
  if ("changedSubjectType" in what) return `${subjectOf(what.relation)}: ${typeName(what.changedSubjectType)}`;
  if ("previousType" in what) return `${subjectOf(what.parameter)}: ${what.previousType} -> ${what.parameter.type}`;
  if ("parentDefinitionName" in what) return `${what.parentDefinitionName}#${what.name}`;
  if ("parentCaveatName" in what) return `${what.parentCaveatName}(${what.name} ${what.type})`;
  return what.name;
}

function typeName({ subjectDefinitionName, optionalRelationName = "", isPublicWildcard = false, optionalCaveatName }: v1.ReflectionTypeReference): string {
  const of = isPublicWildcard ? ":*" : optionalRelationName === "" ? "" : `#${optionalRelationName}`;
  return `${subjectDefinitionName}${of}${optionalCaveatName === "" ? "" : ` with ${optionalCaveatName}`}`;
}

function refusal({ message, relationships }: SchemaRefusal): string {
  return `${styleText("red", "! refused")}  ${message}${relationships === "0" ? "" : `  (${count(Number(relationships), "relationship")})`}`;
}
