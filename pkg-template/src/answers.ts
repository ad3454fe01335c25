// What the engine's JSON texts hold, and how it becomes the results of the contract.

import type * as Contract from "../index.cjs";
import { type Refusal, errorOf } from "./errors.ts";

/** 0 for no, 2 for yes, and what is lacking for conditional. */
export type RawAnswer = 0 | 2 | { readonly missing: readonly string[]; readonly residual?: string };

/** Of long lists only the ids are told one by one: most results are no more than that. */
interface RawFound {
  readonly ids: readonly string[];
  /** The places of conditional results, and what they lack. */
  readonly conditional: readonly (readonly [place: number, answer: RawAnswer])[];
}

/** A page of a lookup. */
interface RawPage extends RawFound {
  /** Of a wildcard, which is the first result. */
  readonly excluded?: RawFound;
  readonly cursor?: string;
}

/** A page from its text: the ids, one a line, and on the last line what else there is to say, if anything. */
function pageOf(text: string): RawPage {
  const ids = text.split("\n");
  const rest = ids.pop() ?? "";
  return { ids, ...(rest === "" ? { conditional: [] } : (JSON.parse(rest) as Omit<RawPage, "ids">)) };
}

/** How the engine writes a definite no and a definite yes. */
export const NO = 0;
export const HAS = 2;

/** The answer as far as every result has it. */
export function permissionshipOf(answer: RawAnswer): Pick<Contract.CheckPermissionResult, "permissionship" | "partialCaveatInfo"> {
  if (typeof answer === "object") {
    const { missing, residual } = answer;
    const partialCaveatInfo = residual === undefined ? { missingRequiredContext: missing } : { missingRequiredContext: missing, residual };
    return { permissionship: "CONDITIONAL_PERMISSION", partialCaveatInfo };
  }
  return { permissionship: answer === HAS ? "HAS_PERMISSION" : "NO_PERMISSION" };
}

/** The answer to a check. */
export function checkResult(answer: RawAnswer, revision: string): Contract.CheckPermissionResult {
  const { permissionship, partialCaveatInfo } = permissionshipOf(answer);
  return partialCaveatInfo === undefined ? { permissionship, revision } : { permissionship, revision, partialCaveatInfo };
}

/** What became of each item: a digit for a plain answer, and on a second line the others, where there are any. */
export function manyResults(text: string, revision: string): Contract.CheckManyResult[] {
  const [digits = "", rest = "[]"] = text.split("\n");
  const others = (JSON.parse(rest) as (RawAnswer | Refusal)[])[Symbol.iterator]();
  const results: Contract.CheckManyResult[] = [];
  for (const digit of digits) {
    if (digit === "2") {
      results.push({ permissionship: "HAS_PERMISSION", revision });
    } else if (digit === "0") {
      results.push({ permissionship: "NO_PERMISSION", revision });
    } else {
      results.push(manyResult(others.next().value ?? 0, revision));
    }
  }
  return results;
}

function manyResult(item: RawAnswer | Refusal, revision: string): Contract.CheckManyResult {
  return typeof item === "object" && "code" in item ? { error: errorOf(item) } : checkResult(item, revision);
}

/** The results of a list: of those that are certain, which most are, and of the others with what they lack. */
function found<Result>(raw: RawFound, certain: (id: string) => Result, other: (id: string, answer: Found) => Result): Result[] {
  const results = raw.ids.map(certain);
  for (const [place, answer] of raw.conditional) {
    const id = raw.ids[place];
    if (id !== undefined) {
      results[place] = other(id, permissionshipOf(answer) as Found);
    }
  }
  return results;
}

type Found = { permissionship: Contract.FoundPermissionship; partialCaveatInfo?: Contract.PartialCaveatInfo };

const resource = (resourceObjectId: string): Contract.FoundResource => ({ resourceObjectId, permissionship: "HAS_PERMISSION" });
const subject = (subjectObjectId: string): Contract.FoundSubject => ({ subjectObjectId, permissionship: "HAS_PERMISSION" });

/** A page of resources. */
export function resourcePage(text: string): Contract.Page<Contract.FoundResource> {
  const raw = pageOf(text);
  return page(found(raw, resource, (resourceObjectId, answer) => ({ resourceObjectId, ...answer })), raw.cursor);
}

/** A page of subjects. */
export function subjectPage(text: string): Contract.Page<Contract.FoundSubject> {
  const raw = pageOf(text);
  const results: Contract.FoundSubject[] = found(raw, subject, (subjectObjectId, answer) => ({ subjectObjectId, ...answer }));
  const [wildcard] = results;
  if (raw.excluded !== undefined && wildcard !== undefined) {
    const excludedSubjects = found(raw.excluded, subject, (subjectObjectId, answer) => ({ subjectObjectId, ...answer }));
    results[0] = { ...wildcard, excludedSubjects };
  }
  return page(results, raw.cursor);
}

function page<Result>(results: Result[], cursor: string | undefined): Contract.Page<Result> {
  return cursor === undefined ? { results } : { results, cursor };
}
