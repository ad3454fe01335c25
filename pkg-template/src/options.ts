// Options of questions. A name that is not known is refused: `contxt` must not be answered as if there were no context.

import { perhaps, text } from "./arguments.ts";
import { contextText } from "./context.ts";
import { PeppercornError, invalidArgument } from "./errors.ts";
import type { Clock } from "./settings.ts";

/** What a question is asked under, as the engine takes it. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** JSON, or empty. */
  readonly context: string;
}

/** Which page, as the engine takes it. */
export interface Window {
  /** 0 for all. */
  readonly limit: number;
  readonly cursor: string | undefined;
}

type Options = Record<string, unknown>;

/** The options of a question, with no names but these and what every question knows. */
export function optionsOf(options: unknown, ...names: readonly string[]): Options {
  return perhaps(options, "options", ["context", "now", "relationships", ...names]);
}

/** What the question is asked under. */
export function environmentOf(options: Options, clock: Clock): Environment {
  return { now: nowOf(options["now"], clock), context: contextText(options["context"], "options.context") };
}

/** The time of the question. */
export function nowOf(now: unknown, clock: Clock): number {
  return now === undefined ? clock() : milliseconds(now, "options.now");
}

/** The time as milliseconds since 1970. */
export function milliseconds(now: unknown, name: string): number {
  const given = now instanceof Date ? now.getTime() : typeof now === "string" ? parsed(now) : now;
  if (typeof given !== "number" || !(given >= EARLIEST && given <= LATEST)) {
    throw invalidArgument(
      `\`${name}\` must be a Date, milliseconds since 1970, or an RFC 3339 text such as \`2030-01-31T12:00:00Z\`, of the years 1 to 9999`,
    );
  }
  return given;
}

const EARLIEST = Date.parse("0001-01-01T00:00:00Z");
const LATEST = Date.parse("9999-12-31T23:59:59.999Z");

const RFC_3339 = /^(\d{4}-\d\d-(\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)$/;

function parsed(text: string): number {
  const [, local, day, zone] = RFC_3339.exec(text) ?? [];
  // Date.parse takes a 31st of February for a day of March, and an hour 24.
  const date = new Date(`${local}Z`);
  const exists = date.getUTCDate() === Number(day) && !text.includes("T24");
  return exists ? Date.parse(`${local}${zone}`) : Number.NaN;
}

/** Which page is asked for. */
export function windowOf(options: Options): Window {
  const { limit, cursor } = options;
  if (limit !== undefined && !(typeof limit === "number" && Number.isInteger(limit) && limit >= 1 && limit <= 0xffff_ffff)) {
    throw invalidArgument("`options.limit` must be a whole number from 1; leave it out for all results");
  }
  if (cursor !== undefined && !text(cursor, "options.cursor").isWellFormed()) {
    throw new PeppercornError("INVALID_CURSOR", "`options.cursor` is no cursor: pass on the `cursor` of a page as it came");
  }
  return { limit: limit ?? 0, cursor: cursor as string | undefined };
}

/** Which subjects are asked for. */
export function subjectsOf(options: Options): { readonly relation: string | undefined; readonly wildcards: boolean } {
  const { subjectRelation, wildcards } = options;
  if (wildcards !== undefined && wildcards !== "include" && wildcards !== "exclude") {
    throw invalidArgument('`options.wildcards` must be "include" or "exclude"');
  }
  const relation = subjectRelation === undefined ? undefined : text(subjectRelation, "options.subjectRelation");
  return { relation, wildcards: wildcards !== "exclude" };
}
