// Random schemas, relationships and questions, the same for the same seed.

/** Numbers from 0 to 1 that look random (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Choices by such numbers. */
export function choices(seed) {
  const next = random(seed);
  const below = (count) => Math.floor(next() * count);
  return { next, below, of: (list) => list[below(list.length)] };
}

const RELATIONS = {
  group: { member: "user | group#member | user with expiration", lead: "user | group#everyone" },
  folder: { parent: "folder", viewer: "user | group#member | group#everyone | user with expiration", banned: "user | group#member" },
  document: {
    parent: "folder | group",
    linked: "document",
    keeper: "folder | user",
    viewer: "user | user:* | group#member | user with at_least | user with expiration | user with at_least and expiration",
    editor: "user | group#everyone | folder#viewer",
    banned: "user | user:*",
  },
};

/** What permissions may be made of. */
const OPERANDS = {
  group: { everyone: ["member", "lead"] },
  folder: { view: ["viewer", "banned", "parent->view", "parent->viewer", "parent.all(view)"], own: ["viewer", "banned", "self"] },
  document: {
    view: ["viewer", "editor", "banned", "parent->view", "parent->viewer", "parent->own", "parent.all(view)", "parent.any(view)", "keeper.all(view)", "keeper.all(own)"],
    edit: ["editor", "viewer", "parent->everyone", "banned"],
    follow: ["linked->view", "linked->follow", "view", "linked->viewer", "linked.all(edit)"],
  },
};

/** A schema with other permissions over the relations that all of them have. Without `isWild` nothing recurs through an operator. */
export function schemaOf(choose) {
  const expression = (operands, isOwn) => {
    const one = () => choose.of(operands);
    const simple = one();
    const operator = isOwn ? "+" : choose.of(["+", "+", "+", "-", "&"]);
    return choose.below(3) === 0 ? simple : choose.below(2) === 0 ? `${simple} ${operator} ${one()}` : `(${simple} + ${one()}) ${operator} ${one()}`;
  };
  const definition = (type) => {
    const relations = Object.entries(RELATIONS[type]).map(([name, types]) => `  relation ${name}: ${types}`);
    const permissions = Object.entries(OPERANDS[type]).map(([name, operands]) => `  permission ${name} = ${expression(operands, name === "everyone")}`);
    return `definition ${type} {\n${[...relations, ...permissions].join("\n")}\n}`;
  };
  const rest = ["group", "folder", "document"].map(definition).join("\n\n");
  return `use expiration\nuse self\n\ncaveat at_least(level int, needed int) {\n  level >= needed\n}\n\ndefinition user {}\n\n${rest}\n`;
}

const IDS = ["1", "2", "3"];
const USERS = ["ann", "ben", "cy"];
const object = (choose, type) => `${type}:${choose.of(type === "user" ? USERS : IDS)}`;

/** A relationship that fits every schema, perhaps one that expires soon after `time`. */
export function relationshipOf(choose, time) {
  const type = choose.of(["group", "folder", "document", "document"]);
  const relation = choose.of(Object.keys(RELATIONS[type]));
  const [subject, ...traits] = choose.of(RELATIONS[type][relation].split(" | ")).split(/ with | and /);
  const [name, set] = subject.split("#");
  const who = name.endsWith(":*") ? name : `${object(choose, name)}${set === undefined ? "" : `#${set}`}`;
  const caveat = traits.includes("at_least") ? choose.of(["[at_least]", '[at_least:{"needed":3}]']) : "";
  const expiration = traits.includes("expiration") ? `[expiration:${new Date(time + 1 + choose.below(5000)).toISOString()}]` : "";
  return `${object(choose, type)}#${relation}@${who}${caveat}${expiration}`;
}

/** A question that fits every schema. */
export function questionOf(choose, time) {
  const type = choose.of(["group", "folder", "document", "document", "document"]);
  const names = [...Object.keys(OPERANDS[type]), ...Object.keys(OPERANDS[type]), ...Object.keys(RELATIONS[type])];
  const permission = choose.of(names);
  const resource = object(choose, type);
  const subject = choose.of([object(choose, "user"), object(choose, "user"), object(choose, "user"), `${object(choose, "group")}#member`, object(choose, "folder")]);
  const options = choose.of([undefined, undefined, undefined, { context: { level: 4 } }, { relationships: [relationshipOf(choose, time)] }]);
  const rest = options === undefined ? [] : [options];
  return choose.of([
    ["can", subject, permission, resource, ...rest],
    ["can", subject, permission, resource, ...rest],
    ["checkPermission", subject, permission, resource, ...rest],
    ["permissions", subject, resource, ...rest],
    ["lookupResources", subject, permission, type, ...rest],
    ["lookupSubjects", resource, permission, "user", ...rest],
    ["lookupSubjects", resource, permission, "group", { ...options, subjectRelation: "member" }],
  ]);
}
