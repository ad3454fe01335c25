// The questions that engines and snapshots answer alike.

import type { EngineView } from "#engine";
import type * as Contract from "../index.cjs";
import { type RawAnswer, HAS, NO, checkResult, manyResults, resourcePage, subjectPage } from "./answers.ts";
import { flag, handleOf, handlesOf, isHandle, item, list, name, perhaps, reference } from "./arguments.ts";
import { contextText } from "./context.ts";
import { askWith } from "./contextual.ts";
import { errorOf, invalidArgument } from "./errors.ts";
import type { Handle } from "./handle.ts";
import { type Environment, environmentOf, nowOf, optionsOf, subjectsOf, windowOf } from "./options.ts";
import { call } from "./raw.ts";
import type { Clock } from "./settings.ts";
import { PERMISSION, RESOURCE, SUBJECT, put } from "./texts.ts";
import { type RawTrace, type RawTreeNode, permissionTree, traceOf } from "./trees.ts";

/** What is asked about: a text, or its handle. */
type Asked = string | number;

/** A handle for all questions, or one for each. */
type Handles = number | Uint32Array;

/** What the engine says in place of an answer. */
const UNANSWERED = 3;
const NEEDS_TIME = 4;

/** An engine or a snapshot: something of the module that is asked, and that is given back. */
export abstract class Questions implements Contract.Questions {
  readonly #handle: Handle<EngineView>;
  readonly #clock: Clock;
  /** Whether the clock is asked for every question: when it is not the system's, or relationships may expire. */
  #needsTime: boolean;

  constructor(handle: Handle<EngineView>, clock: Clock) {
    this.#handle = handle;
    this.#clock = clock;
    this.#needsTime = clock !== Date.now;
    handle.belongsTo(this);
  }

  can(subject: Asked, permission: string, resource: Asked, options?: Contract.QuestionOptions): boolean {
    if (options === undefined) {
      const answer = this.#quickly(subject, permission, resource);
      if (answer < UNANSWERED) return answer === HAS;
    }
    const [who, what, where] = question(this.#named(subject, "subject"), permission, this.#named(resource, "resource"));
    const given = optionsOf(options);
    const environment = environmentOf(given, this.#clock);
    const answer = this.#under(environment, who, what, where, given);
    return (answer < UNANSWERED ? answer : this.#answer(environment, who, what, where, given)) === HAS;
  }

  checkPermission(subject: string, permission: string, resource: string, options?: Contract.CheckPermissionOptions): Contract.CheckPermissionResult {
    const [who, what, where] = question(subject, permission, resource);
    const given = optionsOf(options, "trace");
    const environment = environmentOf(given, this.#clock);
    if (!flag(given["trace"], "options.trace")) {
      const answer = this.#under(environment, who, what, where, given);
      const isPlain = answer === NO || answer === HAS;
      return checkResult(isPlain ? answer : this.#answer(environment, who, what, where, given), this.#revision());
    }
    const { now, context } = environment;
    const raw = this.#read<RawTrace>(given, (asked) => asked.trace(who, what, where, now, context));
    const trace = traceOf(raw);
    if (raw.error !== undefined) {
      throw errorOf(raw.error, trace);
    }
    return { ...checkResult(raw.answer, this.#revision()), trace };
  }

  canMany(subjects: Handles, permission: string, resources: Handles, options?: Contract.QuestionOptions): Uint8Array {
    const [who, where] = pairs(subjects, resources);
    const what = name(permission, "permission");
    const given = optionsOf(options);
    const { now, context } = environmentOf(given, this.#clock);
    return askWith(this.#handle, given["relationships"], (asked) => call(() => asked.checkIdsMany(who, what, where, now, context)));
  }

  checkMany(items: readonly Contract.CheckItem[], options?: Contract.QuestionOptions): Contract.CheckManyResult[] {
    const given = optionsOf(options);
    const { now, context } = environmentOf(given, this.#clock);
    const { lines, contexts } = batch(items);
    const answers = this.#text(given, (asked) => asked.checkMany(lines, contexts, now, context));
    return manyResults(answers, this.#revision());
  }

  permissions(subject: string, resource: string, options?: Contract.QuestionOptions): Contract.PermissionResults {
    const who = reference(subject, "subject");
    const where = reference(resource, "resource");
    const given = optionsOf(options);
    const { now, context } = environmentOf(given, this.#clock);
    const answers = this.#read<[string, RawAnswer][]>(given, (asked) => asked.permissions(who, where, now, context));
    const revision = this.#revision();
    const results: Record<string, Contract.CheckPermissionResult> = Object.create(null);
    for (const [permission, answer] of answers) {
      results[permission] = checkResult(answer, revision);
    }
    return results;
  }

  lookupResources(subject: string, permission: string, resourceType: string, options?: Contract.LookupResourcesOptions): Contract.Page<Contract.FoundResource> {
    const who = reference(subject, "subject");
    const what = name(permission, "permission");
    const type = name(resourceType, "resourceType");
    const given = optionsOf(options, "limit", "cursor");
    const { now, context } = environmentOf(given, this.#clock);
    const { limit, cursor } = windowOf(given);
    return resourcePage(this.#text(given, (asked) => asked.lookupResources(who, what, type, now, context, limit, cursor)));
  }

  lookupSubjects(resource: string, permission: string, subjectType: string, options?: Contract.LookupSubjectsOptions): Contract.Page<Contract.FoundSubject> {
    const where = reference(resource, "resource");
    const what = name(permission, "permission");
    const type = name(subjectType, "subjectType");
    const given = optionsOf(options, "limit", "cursor", "subjectRelation", "wildcards");
    const { now, context } = environmentOf(given, this.#clock);
    const { limit, cursor } = windowOf(given);
    const { relation, wildcards } = subjectsOf(given);
    return subjectPage(
      this.#text(given, (asked) => asked.lookupSubjects(where, what, type, relation, now, context, wildcards, limit, cursor)),
    );
  }

  countResources(subject: string, permission: string, resourceType: string, options?: Contract.QuestionOptions): Contract.Count {
    const who = reference(subject, "subject");
    const what = name(permission, "permission");
    const type = name(resourceType, "resourceType");
    const given = optionsOf(options);
    const { now, context } = environmentOf(given, this.#clock);
    return count(this.#read(given, (asked) => asked.countResources(who, what, type, now, context)));
  }

  countSubjects(resource: string, permission: string, subjectType: string, options?: Contract.QuestionOptions & Contract.SubjectOptions): Contract.Count {
    const where = reference(resource, "resource");
    const what = name(permission, "permission");
    const type = name(subjectType, "subjectType");
    const given = optionsOf(options, "subjectRelation", "wildcards");
    const { now, context } = environmentOf(given, this.#clock);
    const { relation, wildcards } = subjectsOf(given);
    return count(this.#read(given, (asked) => asked.countSubjects(where, what, type, relation, now, context, wildcards)));
  }

  expand(permission: string, resource: string, options?: Contract.ExpandOptions): Contract.PermissionTree {
    const what = name(permission, "permission");
    const where = reference(resource, "resource");
    const given = perhaps(options, "options", ["now", "relationships"]);
    const now = nowOf(given["now"], this.#clock);
    return permissionTree(this.#read<RawTreeNode[]>(given, (asked) => asked.expand(what, where, now)));
  }

  /** Relationships are read from an engine, at whichever revision. */
  abstract read(filter: Contract.RelationshipFilter, options?: Contract.ReadOptions): Generator<string, void, undefined>;

  /** The answer as a number where the question is a plain one with a plain answer. `UNANSWERED` says nothing but that it is not. */
  #quickly(subject: Asked, permission: string, resource: Asked): number {
    // What is asked for the time may ask questions of its own, whose texts take the place of these: it comes first.
    const answer = this.#ask(subject, permission, resource, this.#needsTime ? this.#clock() : Number.NaN);
    if (answer !== NEEDS_TIME) {
      return answer;
    }
    this.#needsTime = true;
    return this.#ask(subject, permission, resource, this.#clock());
  }

  /** As `#quickly`, at a time, or at any where nothing depends on it. */
  #ask(subject: Asked, permission: string, resource: Asked, now: number): number {
    const asked = this.#handle.get();
    const permissionLength = typeof permission === "string" ? put(PERMISSION, permission) : -1;
    if (permissionLength < 0) {
      return UNANSWERED;
    }
    if (typeof subject === "string" && typeof resource === "string") {
      const subjectLength = put(SUBJECT, subject);
      const resourceLength = put(RESOURCE, resource);
      if (subjectLength < 0 || resourceLength < 0) return UNANSWERED;
      return call(() => asked.check(subjectLength, permissionLength, resourceLength, now));
    }
    if (isHandle(subject) && isHandle(resource)) {
      return call(() => asked.checkIds(subject, permissionLength, resource, now));
    }
    return UNANSWERED;
  }

  /** As `#quickly`, under a time and a context. */
  #under({ now, context }: Environment, who: string, what: string, where: string, options: Record<string, unknown>): number {
    const asked = this.#handle.get();
    if (options["relationships"] !== undefined) {
      return UNANSWERED;
    }
    const subjectLength = put(SUBJECT, who);
    const permissionLength = put(PERMISSION, what);
    const resourceLength = put(RESOURCE, where);
    if (subjectLength < 0 || permissionLength < 0 || resourceLength < 0) {
      return UNANSWERED;
    }
    return call(() => asked.checkWith(subjectLength, permissionLength, resourceLength, now, context));
  }

  /** The whole answer. */
  #answer({ now, context }: Environment, who: string, what: string, where: string, options: Record<string, unknown>): RawAnswer {
    return this.#read<RawAnswer>(options, (asked) => asked.answer(who, what, where, now, context));
  }

  /** The text that is asked about; what is no handle is as it was given. */
  #named(given: unknown, name: string): unknown {
    if (typeof given !== "number") {
      return given;
    }
    const handle = handleOf(given, name);
    const asked = this.#handle.get();
    const text = call(() => asked.text(handle));
    if (text === undefined) {
      throw invalidArgument(`\`${name}\` must be a handle that the engine gave, which ${handle} is not`);
    }
    return text;
  }

  /** What is answered in JSON: from what is held, and the relationships that the options add to it. */
  #read<Result>(options: Record<string, unknown>, ask: (asked: EngineView) => string): Result {
    return JSON.parse(this.#text(options, ask)) as Result;
  }

  #text(options: Record<string, unknown>, ask: (asked: EngineView) => string): string {
    return askWith(this.#handle, options["relationships"], (asked) => call(() => ask(asked)));
  }

  #revision(): string {
    return revisionOf(this.#handle.get());
  }

  free(): void {
    this.#handle.free();
  }

  [Symbol.dispose](): void {
    this.#handle.free();
  }
}

/** The revision that is answered from. */
export function revisionOf(view: EngineView): string {
  return String(call(() => view.revision()));
}

function question(subject: unknown, permission: unknown, resource: unknown): [string, string, string] {
  return [reference(subject, "subject"), name(permission, "permission"), reference(resource, "resource")];
}

/** The handles of each side, which are as many where neither is one for all. */
function pairs(subjects: unknown, resources: unknown): [Uint32Array, Uint32Array] {
  const [who, where] = [handlesOf(subjects, "subjects"), handlesOf(resources, "resources")];
  if (subjects instanceof Uint32Array && resources instanceof Uint32Array && who.length !== where.length) {
    throw invalidArgument(`\`subjects\` and \`resources\` must be of one length, not ${who.length} and ${where.length}`);
  }
  return [who, where];
}

function count([hasPermission, conditionalPermission]: [number, number]): Contract.Count {
  return { hasPermission, conditionalPermission };
}

const CHECK_ITEM = ["subject", "permission", "resource", "context"];

/** Items as the engine takes them: a line each, and their contexts, each once, a line each. */
function batch(items: unknown): { lines: string; contexts: string } {
  const contexts = new Map<string, number>();
  let lines = "";
  for (const [index, given] of list(items, "items").entries()) {
    const { subject, permission, resource, context } = item(given, "items", index, CHECK_ITEM);
    let place = "";
    if (context !== undefined) {
      const own = contextText(context, `items[${index}].context`);
      if (!contexts.has(own)) {
        contexts.set(own, contexts.size);
      }
      place = String(contexts.get(own));
    }
    lines += `${index === 0 ? "" : "\n"}${field(subject, index, "subject")}\t${field(permission, index, "permission")}\t${field(resource, index, "resource")}\t${place}`;
  }
  return { lines, contexts: [...contexts.keys()].join("\n") };
}

/** The field without what separates fields and lines. No reference may hold these, and none may hold a backslash either. */
function field(value: unknown, index: number, name: string): string {
  if (typeof value === "string" && value.length < SHORT && !/[\t\n]/.test(value)) {
    return value;
  }
  return reference(value, `items[${index}].${name}`).replaceAll("\t", "\\t").replaceAll("\n", "\\n");
}

/** Texts below this are passed on whole. */
const SHORT = 256;
