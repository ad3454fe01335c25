// `check`, `lookup-resources`, `lookup-subjects`, `expand`: of files and of servers, with the same results.

import type { CheckPermissionResult, ExcludedSubject, FoundPermissionship, Page, FoundResource, FoundSubject, PermissionTree, PartialCaveatInfo, Trace } from "../../index.cjs";
import { isRefusal } from "./failures.ts";
import { askServer } from "./remote-questions.ts";
import type { SourceOptions } from "./source-options.ts";
import { sourceOf } from "./source.ts";
import { DEPENDS, NO, YES } from "./status.ts";
import { styleText } from "./style.ts";
import { draw } from "./tree.ts";
import { UsageError, contextOf, limitOf, timeOf } from "./usage.ts";

/** The options of every question. */
export interface QuestionOptions extends SourceOptions {
  readonly context?: string;
  readonly now?: string;
  readonly json?: boolean;
}

export interface CheckOptions extends QuestionOptions {
  /** `--trace` too: commander goes by the second name. */
  readonly explain?: boolean;
}

export interface LookupOptions extends QuestionOptions {
  readonly limit?: string;
  readonly cursor?: string;
  /** False with `--no-wildcards`. */
  readonly wildcards?: boolean;
}

/** The questions as the engine takes them, answered here or by a server. */
export interface Asked {
  checkPermission(subject: string, permission: string, resource: string, options: Under & { trace?: boolean }): Promised<Answer>;
  lookupResources(subject: string, permission: string, type: string, options: Under & Paged): Promised<Page<FoundResource>>;
  lookupSubjects(resource: string, permission: string, type: string, options: Under & Paged & Subjects): Promised<Page<FoundSubject>>;
  expand(permission: string, resource: string, options: Pick<Under, "now">): Promised<PermissionTree>;
}

export type Answer = Pick<CheckPermissionResult, "permissionship" | "partialCaveatInfo" | "trace">;
type Promised<Value> = Value | Promise<Value>;
export type Under = { context?: Record<string, unknown>; now?: string | number };
export type Paged = { limit?: number; cursor?: string };
export type Subjects = { subjectRelation?: string; wildcards?: "exclude" };

/** Asks of where the options say. */
async function asking<Result>(options: SourceOptions, ask: (asked: Asked) => Promised<Result>): Promise<Result> {
  const source = await sourceOf(options);
  if ("engine" in source) {
    return ask(source.engine);
  }
  try {
    return await ask(askServer(source.connection));
  } finally {
    source.connection.close();
  }
}

function under(options: QuestionOptions): Under {
  const context = contextOf(options.context);
  return { ...(context === undefined ? {} : { context }), ...(options.now === undefined ? {} : { now: timeOf(options.now) }) };
}

function paged({ limit, cursor }: LookupOptions): Paged {
  return { ...(limit === undefined ? {} : { limit: limitOf(limit) }), ...(cursor === undefined ? {} : { cursor }) };
}

/** `check SUBJECT PERMISSION RESOURCE`, or as one text `RESOURCE#PERMISSION@SUBJECT`. */
export async function check(words: readonly string[], options: CheckOptions): Promise<number> {
  const [subject, permission, resource] = questionOf(words);
  let answer: Answer;
  try {
    const asked = { ...under(options), ...(options.explain === true ? { trace: true } : {}) };
    answer = await asking(options, (questions) => questions.checkPermission(subject, permission, resource, asked));
  } catch (error) {
    // A question without an answer may still be explained.
    if (isRefusal(error) && error.trace !== undefined) console.error(error.trace.text);
    throw error;
  }
  const { permissionship, partialCaveatInfo, trace } = answer;
  if (options.json === true) {
    print({ subject, permission, resource, permissionship, ...(partialCaveatInfo && { partialCaveatInfo }), ...(trace && { trace }) });
  } else {
    console.log(`${VERDICTS[permissionship]()}  ${resource}#${permission}@${subject}${lacking(partialCaveatInfo)}`);
    if (trace !== undefined) console.log(`\n${(trace as Trace).text}`);
  }
  return STATUS[permissionship];
}

const VERDICTS = {
  HAS_PERMISSION: () => styleText("green", "yes"),
  CONDITIONAL_PERMISSION: () => styleText("yellow", "it depends"),
  NO_PERMISSION: () => styleText("red", "no"),
} as const;

const STATUS = { HAS_PERMISSION: YES, NO_PERMISSION: NO, CONDITIONAL_PERMISSION: DEPENDS } as const;

function questionOf(words: readonly string[]): [string, string, string] {
  const [first = "", second, third] = words;
  if (second !== undefined && third !== undefined && words.length === 3) {
    return [first, second, third];
  }
  const [, resource, permission, subject] = (words.length === 1 && /^([^#@]+)#([^#@]+)@(.+)$/.exec(first)) || [];
  if (resource === undefined || permission === undefined || subject === undefined) {
    throw new UsageError("a question is SUBJECT PERMISSION RESOURCE, such as `user:alice view document:plan`, or `document:plan#view@user:alice`");
  }
  return [subject, permission, resource];
}

function lacking(info: PartialCaveatInfo | undefined): string {
  if (info === undefined) return "";
  const missing = `missing ${info.missingRequiredContext.join(", ")}`;
  return styleText("dim", info.residual === undefined ? `  (${missing})` : `  (${missing}: ${info.residual})`);
}

export async function lookupResources(subject: string, permission: string, type: string, options: LookupOptions): Promise<number> {
  const asked = { ...under(options), ...paged(options) };
  const page = await asking(options, (questions) => questions.lookupResources(subject, permission, type, asked));
  list(page, options, (found) => [`${type}:${found.resourceObjectId}`, ""]);
  return YES;
}

/** The type may be that of a set: `group#member`. */
export async function lookupSubjects(resource: string, permission: string, wanted: string, options: LookupOptions): Promise<number> {
  const [, type, relation] = /^([^#]+)(?:#([^#]+))?$/.exec(wanted) ?? [];
  if (type === undefined) throw new UsageError(`the type of the subjects is such as \`user\` or \`group#member\`, not \`${wanted}\``);
  const which: Subjects = { ...(relation === undefined ? {} : { subjectRelation: relation }), ...(options.wildcards === false ? { wildcards: "exclude" } : {}) };
  const asked = { ...under(options), ...paged(options), ...which };
  const page = await asking(options, (questions) => questions.lookupSubjects(resource, permission, type, asked));
  list(page, options, (found) => {
    const named = ({ subjectObjectId }: ExcludedSubject): string => `${type}:${subjectObjectId}${relation === undefined ? "" : `#${relation}`}`;
    const but = (found.excludedSubjects ?? []).map((excluded) => `${named(excluded)}${excluded.permissionship === "HAS_PERMISSION" ? "" : "?"}`);
    return [named(found), but.length === 0 ? "" : `  but not ${but.join(", ")}`];
  });
  return YES;
}

type Found = { readonly permissionship: FoundPermissionship; readonly partialCaveatInfo?: PartialCaveatInfo };

/** Results a line each, for other programs too: what is conditional says so behind its name. */
function list<Result extends Found>(page: Page<Result>, { json = false }: LookupOptions, shown: (found: Result) => readonly [string, string]): void {
  if (json) {
    print(page);
    return;
  }
  for (const found of page.results) {
    const [name, note] = shown(found);
    const condition = found.permissionship === "HAS_PERMISSION" ? "" : `  ${styleText("yellow", "it depends")}${lacking(found.partialCaveatInfo)}`;
    console.log(`${name}${condition}${styleText("dim", note)}`);
  }
  if (page.cursor !== undefined) console.error(`there are more: --cursor ${page.cursor}`);
}

export async function expand(permission: string, resource: string, options: QuestionOptions): Promise<number> {
  const { now } = under(options);
  const tree = await asking(options, (questions) => questions.expand(permission, resource, now === undefined ? {} : { now }));
  if (options.json === true) {
    print(tree);
  } else {
    console.log(draw(tree).join("\n"));
  }
  return YES;
}

/** Prints a value as JSON. */
export function print(value: unknown): void {
  let text: string;
  try {
    text = JSON.stringify(value, null, 2);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError("the answer is nested too deep for JSON");
    throw error;
  }
  console.log(text);
}
