// The questions that engines and snapshots answer alike.

import type { Engine, EngineSnapshot } from "#engine";
import type * as Contract from "../index.cjs";
import { type RawAnswer, type RawPage, HAS, checkResult, manyResult, resourcePage, subjectPage } from "./answers.ts";
import { flag, list, name, record, reference } from "./arguments.ts";
import { contextText } from "./context.ts";
import { askWith } from "./contextual.ts";
import { type Refusal, errorOf } from "./errors.ts";
import type { Handle } from "./handle.ts";
import { environmentOf, nowOf, optionsOf, subjectsOf, windowOf } from "./options.ts";
import { call } from "./raw.ts";
import type { Clock } from "./settings.ts";
import { type RawTrace, type RawTreeNode, permissionTree, traceOf } from "./trees.ts";

/** An engine or a snapshot: something of the module that is asked, and that is given back. */
export abstract class Questions implements Contract.Questions {
  readonly #handle: Handle<Engine | EngineSnapshot>;
  readonly #clock: Clock;

  constructor(handle: Handle<Engine | EngineSnapshot>, clock: Clock) {
    this.#handle = handle;
    this.#clock = clock;
    handle.belongsTo(this);
  }

  can(subject: string, permission: string, resource: string, options?: Contract.QuestionOptions): boolean {
    const [who, what, where] = question(subject, permission, resource);
    if (options === undefined) {
      const engine = this.#handle.get();
      const now = this.#clock();
      return call(() => engine.check(who, what, where, now)) === HAS;
    }
    const given = optionsOf(options);
    const { now, context } = environmentOf(given, this.#clock);
    return this.#read<RawAnswer>(given, (asked) => asked.answer(who, what, where, now, context)) === HAS;
  }

  checkPermission(subject: string, permission: string, resource: string, options?: Contract.CheckPermissionOptions): Contract.CheckPermissionResult {
    const [who, what, where] = question(subject, permission, resource);
    const given = optionsOf(options, "trace");
    const { now, context } = environmentOf(given, this.#clock);
    if (!flag(given["trace"], "options.trace")) {
      return checkResult(this.#read<RawAnswer>(given, (asked) => asked.answer(who, what, where, now, context)), this.#revision());
    }
    const raw = this.#read<RawTrace>(given, (asked) => asked.trace(who, what, where, now, context));
    const trace = traceOf(raw);
    if (raw.error !== undefined) {
      throw errorOf(raw.error, trace);
    }
    return { ...checkResult(raw.answer, this.#revision()), trace };
  }

  checkMany(items: readonly Contract.CheckItem[], options?: Contract.QuestionOptions): Contract.CheckManyResult[] {
    const given = optionsOf(options);
    const { now, context } = environmentOf(given, this.#clock);
    const { lines, contexts } = batch(items);
    const answers = this.#read<(RawAnswer | Refusal)[]>(given, (asked) => asked.checkMany(lines, contexts, now, context));
    const revision = this.#revision();
    return answers.map((answer) => manyResult(answer, revision));
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
    return resourcePage(this.#read<RawPage>(given, (asked) => asked.lookupResources(who, what, type, now, context, limit, cursor)));
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
      this.#read<RawPage>(given, (asked) => asked.lookupSubjects(where, what, type, relation, now, context, wildcards, limit, cursor)),
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
    const given = options === undefined ? {} : record(options, "options", ["now", "relationships"]);
    const now = nowOf(given["now"], this.#clock);
    return permissionTree(this.#read<RawTreeNode[]>(given, (asked) => asked.expand(what, where, now)));
  }

  /** What is answered in JSON: from what is held, and the relationships that the options add to it. */
  #read<Result>(options: Record<string, unknown>, ask: (asked: EngineSnapshot) => string): Result {
    return askWith(this.#handle.get(), options["relationships"], (asked) => JSON.parse(call(() => ask(asked))) as Result);
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

/** The revision that the engine or snapshot answers from. */
export function revisionOf(engine: Engine | EngineSnapshot): string {
  return String(call(() => engine.revision()));
}

function question(subject: unknown, permission: unknown, resource: unknown): [string, string, string] {
  return [reference(subject, "subject"), name(permission, "permission"), reference(resource, "resource")];
}

function count([hasPermission, conditionalPermission]: [number, number]): Contract.Count {
  return { hasPermission, conditionalPermission };
}

/** Items as the engine takes them: a line each, and their contexts, each once, a line each. */
function batch(items: unknown): { lines: string; contexts: string } {
  const contexts = new Map<string, number>();
  const lines = list(items, "items").map((item, index) => {
    const path = `items[${index}]`;
    const { subject, permission, resource, context } = record(item, path, ["subject", "permission", "resource", "context"]);
    const own = contextText(context, `${path}.context`);
    if (own !== "" && !contexts.has(own)) {
      contexts.set(own, contexts.size);
    }
    const fields = [reference(subject, `${path}.subject`), reference(permission, `${path}.permission`), reference(resource, `${path}.resource`)];
    return [...fields.map(unbroken), contexts.get(own) ?? ""].join("\t");
  });
  return { lines: lines.join("\n"), contexts: [...contexts.keys()].join("\n") };
}

/** The field without what separates fields and lines. No reference may hold these, and none may hold a backslash either. */
function unbroken(field: string): string {
  return field.replaceAll("\t", "\\t").replaceAll("\n", "\\n");
}
