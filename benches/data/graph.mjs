// Relationships, and what they come to by walking them one by one: naive on purpose, and nothing of the engine's.

/** Relationships as lines and by resource and relation. */
export class Graph {
  /** The lines, in the order they were added. */
  lines = [];
  #subjects = new Map();

  /** Adds a relationship; `extra` is what follows the subject, a caveat. One that is there already is left out: false. */
  add(resource, relation, subject, extra = "") {
    const set = `${resource}#${relation}`;
    let subjects = this.#subjects.get(set);
    if (subjects === undefined) {
      this.#subjects.set(set, (subjects = new Set()));
    } else if (subjects.has(subject)) {
      return false;
    }
    subjects.add(subject);
    this.lines.push(`${set}@${subject}${extra}`);
    return true;
  }

  /** The subjects of a relation as they were written. */
  subjects(resource, relation) {
    return this.#subjects.get(`${resource}#${relation}`) ?? new Set();
  }

  /** The one subject of a relation, if there is one. */
  subject(resource, relation) {
    return this.subjects(resource, relation).values().next().value;
  }

  /** Everyone in a relation: those written there, and the members of the sets written there. */
  everyone(resource, relation) {
    const found = new Set();
    const sets = new Set([`${resource}#${relation}`]);
    for (const set of sets) {
      for (const subject of this.#subjects.get(set) ?? []) {
        (subject.includes("#") ? sets : found).add(subject);
      }
    }
    return found;
  }

  /** Whether the subject is in a relation. */
  holds(resource, relation, subject) {
    const sets = new Set([`${resource}#${relation}`]);
    for (const set of sets) {
      const subjects = this.#subjects.get(set) ?? new Set();
      if (subjects.has(subject) || subjects.has("user:*")) return true;
      for (const found of subjects) {
        if (found.includes("#")) sets.add(found);
      }
    }
    return false;
  }

  /** The object, what it is in, and so on to the top. */
  upwards(object) {
    const objects = [];
    for (let at = object; at !== undefined; at = this.subject(at, "parent")) objects.push(at);
    return objects;
  }
}

/** A question with its answer. */
export const question = (resource, permission, subject, expect, context) => ({
  resource,
  permission,
  subject,
  expect,
  ...(context === undefined ? {} : { context }),
});

/** How many different questions a list has. */
export const QUESTIONS = 2000;

/** So many of what `make` gives; it is asked again where it gives nothing. */
export function collect(count, make) {
  const made = [];
  while (made.length < count) {
    const one = make();
    if (one !== undefined) made.push(one);
  }
  return made;
}
