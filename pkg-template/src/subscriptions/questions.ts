// Questions that are subscribed to: what they ask, and what they are about.

import type * as Contract from "../../index.cjs";
import { list, relationshipLines, text } from "../arguments.ts";
import { PeppercornError, invalidArgument } from "../errors.ts";
import { optionsOf } from "../options.ts";
import type { About } from "./needs.ts";
import { expiring } from "./rows.ts";

/** A question, apart from who asks it. */
export interface Asked {
  /** Asks it. Throws where there is no answer. */
  ask(): unknown;
  /** What it is about. To be looked at only after it has been answered. */
  readonly about: About;
  /** When relationships of its own expire, in order, unless it is about one moment for ever. */
  readonly ends: readonly number[];
}

type Arguments = readonly string[];

/** What the arguments of each call are about, by their order. */
const CALLS = new Map<string, (given: Arguments) => About>([
  ["can", check],
  ["checkPermission", check],
  ["permissions", ([subject, resource]: Arguments) => ({ ...whom(subject), ...what(resource) })],
  ["lookupResources", ([subject, permission = "", type = ""]: Arguments) => ({ ...whom(subject), permission, type })],
  ["lookupSubjects", ([resource, permission = "", subjectType = ""]: Arguments) => ({ ...what(resource), permission, subjectType })],
]);

/** The question that an engine is to be asked again and again, as it is now: what the caller does to its parts makes no difference. */
export function askedOf(question: unknown, engine: Contract.Peppercorn): Asked {
  const [call, ...rest] = list(question, "question");
  const about = CALLS.get(call as string);
  if (about === undefined) {
    const calls = [...CALLS.keys()].map((call) => `"${call}"`).join(", ");
    throw invalidArgument(`\`question[0]\` must be the name of a call: ${calls}`);
  }
  const count = call === "permissions" ? 2 : 3;
  if (rest.length > count + 1) {
    throw invalidArgument(`\`question\` has more than the arguments of \`${call}\``);
  }
  const names = Array.from({ length: count }, (_, place) => text(rest[place], `question[${place + 1}]`));
  // The options are looked at in full by the call: here, only for what a subscription itself has to know.
  const { now, relationships } = optionsOf(rest[count], "limit", "cursor", "subjectRelation", "wildcards");
  const lines = relationships === undefined ? [] : relationshipLines(relationships, "options.relationships");
  const given = [...names, rest[count]];
  let isCopied = false;
  return {
    ask() {
      const answer: unknown = (engine[call as Contract.Question[0]] as (...given: unknown[]) => unknown)(...given);
      // What has been asked once can be copied.
      if (!isCopied) {
        given[count] = copied(rest[count], count + 1);
        isCopied = true;
      }
      return answer;
    },
    get about() {
      return about(names);
    },
    ends: now === undefined ? lines.flatMap((line) => expiring(line.trim())?.at ?? []).sort((left, right) => left - right) : [],
  };
}

function check([subject, permission = "", resource]: Arguments): About {
  return { ...whom(subject), permission, ...what(resource) };
}

/** The type and the id, without the blanks that there may be around a reference, and without a relation. */
function what(reference = ""): { type: string; id: string } {
  const [, type = "", id = ""] = /([\w/]+):([^#\s\x85]+)/.exec(reference) ?? [];
  return { type, id };
}

function whom(subject: string | undefined): { subjectType: string; subjectId: string } {
  const { type, id } = what(subject);
  return { subjectType: type, subjectId: id };
}

function copied(options: unknown, place: number): unknown {
  try {
    return structuredClone(options);
  } catch (cause) {
    throw new PeppercornError("INVALID_ARGUMENT", `\`question[${place}]\` cannot be copied: it must be a plain object`, { cause });
  }
}
