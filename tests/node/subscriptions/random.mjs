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
  return { next, below, of: (list) => list[below(list.length)], oneIn: (count) => below(count) === 0 };
}

/** The relations that there may be: a schema may lack some of them, or some of their types. */
const RELATIONS = {
  user: { manager: "user | group#member" },
  group: { member: "user | group#member | user with expiration", lead: "user | group#everyone | group#member with at_least", parent: "group" },
  folder: {
    parent: "folder | folder with at_least | folder with expiration",
    viewer: "user | group#member | group#everyone | user with expiration | user:* with at_least",
    banned: "user | group#member | user:*",
  },
  document: {
    parent: "folder | group | group#member | folder with expiration",
    linked: "document | document with at_least",
    keeper: "folder | user",
    viewer: "user | user:* | group#member | user with at_least | user with expiration | user with at_least and expiration | group#member with ratio and expiration | document#view",
    editor: "user | group#everyone | folder#viewer | folder#view | user with ratio",
    banned: "user | user:* | user:* with expiration | user with at_least | group#member",
  },
};

/** What permissions may be made of. */
const OPERANDS = {
  user: { boss: ["manager", "manager->boss", "self"] },
  group: { everyone: ["member", "lead", "parent->everyone", "parent->member"] },
  folder: {
    view: ["viewer", "banned", "parent->view", "parent->viewer", "parent.all(view)", "parent.any(banned)", "nil"],
    own: ["viewer", "banned", "self", "view", "parent->own"],
  },
  document: {
    view: ["viewer", "editor", "banned", "parent->view", "parent->viewer", "parent->own", "parent.all(view)", "parent.any(view)", "keeper.all(view)", "keeper.all(own)", "keeper->boss", "linked.any(viewer)"],
    read: ["view", "viewer", "follow"],
    edit: ["editor", "viewer", "parent->everyone", "banned", "parent.all(everyone)", "self"],
    follow: ["linked->view", "linked->follow", "view", "linked->viewer", "linked.all(edit)", "linked.all(follow)"],
  },
};

/** A definition that may go by another name. */
const [NAME, OTHER_NAME] = ["folder", "space"];

/** A schema with other permissions over most of the relations above. */
export function schemaOf(choose) {
  const countsAll = choose.oneIn(3);
  const relations = Object.fromEntries(Object.entries(RELATIONS).map(([type, members]) => {
    const kept = Object.entries(members).filter(() => !choose.oneIn(12));
    const types = (all) => (choose.oneIn(6) ? all.split(" | ").filter((_, place) => place === 0 || !choose.oneIn(3)).join(" | ") : all);
    return [type, Object.fromEntries(kept.map(([name, all]) => [name, types(all)]))];
  }));
  // Nobody has more than users as such, so that another user's relationship counts only where it has to.
  if (choose.oneIn(2)) relations.user = {};
  const operandsOf = (type, name) => {
    const isThere = (operand) => operand === "nil" || operand === "self" || operand.match(/^\w+/)[0] in { ...OPERANDS[type], ...relations[type] };
    const boss = relations.user.manager !== undefined;
    return OPERANDS[type][name].filter((operand) => isThere(operand) && (countsAll || !operand.includes(".all")) && (boss || !operand.includes("boss")));
  };
  const expression = (operands, isPlain) => {
    const one = () => choose.of(operands);
    const operator = () => (isPlain ? "+" : choose.of(["+", "+", "+", "-", "&"]));
    const form = choose.below(5);
    if (form < 2) return one();
    return form < 4 ? `${one()} ${operator()} ${one()}` : `(${one()} ${operator()} ${one()}) ${operator()} ${one()}`;
  };
  const definition = (type) => {
    const own = Object.entries(relations[type]).map(([name, types]) => `  relation ${name}: ${types}`);
    const names = type === "user" && own.length === 0 ? [] : Object.keys(OPERANDS[type]);
    const permissions = names.map((name) => [name, operandsOf(type, name)]).filter(([, operands]) => operands.length > 0 && !choose.oneIn(20));
    own.push(...permissions.map(([name, operands]) => `  permission ${name} = ${expression(operands, name === "everyone")}`));
    if (type !== "document" || choose.oneIn(2)) return `definition ${type} {\n${own.join("\n")}\n}`;
    // The same members, some of them by way of a partial.
    const half = own.length >> 1;
    return `partial shared {\n${own.slice(0, half).join("\n")}\n}\n\ndefinition ${type} {\n  ...shared\n${own.slice(half).join("\n")}\n}`;
  };
  const caveats = [
    `caveat at_least(level int, needed int) {\n  level >= needed${choose.oneIn(6) ? " + 1" : ""}\n}`,
    "caveat ratio(level int, needed int) {\n  level / needed >= 1\n}",
  ];
  const schema = ["use expiration", "use self", "use partial", "", ...caveats, ...Object.keys(RELATIONS).map(definition), ""].join("\n");
  return choose.oneIn(8) ? schema.replace(new RegExp(`\\b${NAME}\\b`, "g"), OTHER_NAME) : schema;
}

const IDS = ["1", "2"];
const USERS = ["ann", "ben"];
const named = (choose, type) => (type === NAME && choose.oneIn(10) ? OTHER_NAME : type);
const object = (choose, type) => `${named(choose, type)}:${choose.of(type === "user" ? USERS : IDS)}`;

/** A relationship that fits most schemas, perhaps one that expires soon after `time`, or has. */
export function relationshipOf(choose, time) {
  const type = choose.of(["group", "group", "folder", "folder", "document", "document", "document", "document", "user"]);
  const relation = choose.of(Object.keys(RELATIONS[type]));
  const [subject, ...traits] = choose.of(RELATIONS[type][relation].split(" | ")).split(/ with | and /);
  const [name, set] = subject.split("#");
  const who = name.endsWith(":*") ? name : `${object(choose, name)}${set === undefined ? "" : `#${set}`}`;
  const caveat = traits.filter((trait) => trait !== "expiration").map((name) => `[${name}${choose.of(["", ':{"needed":3}', ':{"needed":5}', ':{"needed":0}'])}]`);
  const expiration = traits.includes("expiration") ? `[expiration:${new Date(time - 500 + choose.below(5000)).toISOString()}]` : "";
  return `${object(choose, type)}#${relation}@${who}${caveat.join("")}${expiration}`;
}

/** A relationship for a question alone, mostly about what it is about, and mostly one that expires. */
function supposedOf(choose, resource, time) {
  const text = relationshipOf(choose, time);
  const type = resource.replace(/:.*/, "");
  if (choose.oneIn(3) || !("viewer" in (RELATIONS[type] ?? {}))) return text;
  return `${resource}#viewer@${object(choose, "user")}[expiration:${new Date(time + choose.below(4000)).toISOString()}]`;
}

/** A question that fits most schemas. */
export function questionOf(choose, time) {
  const type = choose.of(["group", "folder", "document", "document", "document", "document", "user"]);
  const names = [...Object.keys(OPERANDS[type]), ...Object.keys(OPERANDS[type]), ...Object.keys(RELATIONS[type])];
  const permission = choose.of(names);
  const resource = object(choose, type);
  const user = () => object(choose, "user");
  const sets = [() => `${object(choose, "group")}#member`, () => `${object(choose, "group")}#everyone`, () => object(choose, "folder"), () => `${resource}#${permission}`, () => object(choose, "document")];
  const subject = choose.oneIn(3) ? choose.of(sets)() : choose.of([user, user, user, () => ` ${user()}\n`, () => `${user()}#...`])();
  const options = {
    ...(choose.oneIn(2) ? { context: choose.of([{ level: 4 }, { level: 4 }, { level: 2 }, {}, { level: "much" }]) } : {}),
    ...(choose.oneIn(5) ? { relationships: Array.from({ length: 1 + choose.below(2) }, () => supposedOf(choose, resource, time)) } : {}),
    ...(choose.oneIn(10) ? { now: choose.of([time + choose.below(2000), new Date(time)]) } : {}),
  };
  const rest = Object.keys(options).length > 0 ? [options] : [];
  const page = choose.oneIn(4) ? [{ ...options, limit: 1 + choose.below(2) }] : rest;
  return choose.of([
    ["can", subject, permission, choose.oneIn(10) ? `${resource} ` : resource, ...rest],
    ["can", subject, permission, resource, ...rest],
    ["checkPermission", subject, permission, resource, ...rest],
    ["permissions", subject, resource, ...rest],
    ["lookupResources", subject, permission, named(choose, type), ...page],
    ["lookupSubjects", resource, permission, choose.of(["user", "user", "folder", "document"]), ...page],
    ["lookupSubjects", resource, permission, "user", { ...options, wildcards: "exclude" }],
    ["lookupSubjects", resource, permission, "group", { ...options, subjectRelation: choose.of(["member", "everyone"]) }],
  ]);
}

/** Whatever would stand against a schema that lacks a relation, a type of it or a definition. */
export function obstaclesOf(choose) {
  const type = choose.of(Object.keys(RELATIONS));
  return choose.of([
    { resourceType: type, relation: choose.of(Object.keys(RELATIONS[type])) },
    { resourceType: type },
    { subjectType: named(choose, "folder") },
    { resourceType: named(choose, "folder") },
  ]);
}
