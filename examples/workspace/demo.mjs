// The example, in Node: `cargo xtask demo`. In your own code the first line is `import { Peppercorn } from "peppercorn"`.

import { Peppercorn, PeppercornError } from "../../pkg/dist/node.mjs";
import { idsOf, measure, questions, workspace } from "./workspace.mjs";

const PEOPLE = ["alice", "grace", "mina", "ravi", "farid", "dana", "mallory", "ken", "stranger"];
const DOCUMENTS = ["handbook", "architecture", "logo-drafts", "outage-june", "salaries", "newsletter"];
const PERMISSIONS = ["view", "comment", "edit", "manage", "publish"];

const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : String(text));
const [bold, dim, red, green] = [1, 2, 31, 32].map(paint);
const answer = (yes) => (yes ? green("true") : red("false"));
const title = (text) => console.log(`\n${bold(text)}`);

const { schema, relationships, assertions } = workspace();
const engine = new Peppercorn({ schema, relationships });
const size = (type) => `${idsOf(type, relationships).length} ${type}s`;
console.log(bold("A workspace product on Peppercorn"));
console.log(`${relationships.length} relationships: ${["organization", "group", "folder", "document", "user"].map(size).join(", ")}`);

title("Assertions");
const wrong = assertions.filter(({ subject, permission, resource, expected }) => engine.can(subject, permission, resource) !== expected);
for (const { text, expected } of wrong.slice(0, 5)) console.log(`  ${red("wrong")} ${text} should be ${expected}`);
console.log(`  ${assertions.length - wrong.length} of ${assertions.length} hold`);
if (wrong.length > 0) process.exitCode = 1;

title("Who may do what");
const wide = Math.max(...DOCUMENTS.map((document) => document.length)) + 2;
console.log(`  ${"".padEnd(10)}${DOCUMENTS.map((document) => document.padEnd(wide)).join("")}`);
for (const person of PEOPLE) {
  const cells = DOCUMENTS.map((document) => {
    const letters = PERMISSIONS.map((permission) =>
      engine.can(`user:${person}`, permission, `document:${document}`) ? green(permission[0]) : dim("·"),
    );
    return letters.join("") + " ".repeat(wide - PERMISSIONS.length);
  });
  console.log(`  ${person.padEnd(10)}${cells.join("")}`);
}
console.log(dim(`  ${PERMISSIONS.map((permission) => `${permission[0]} ${permission}`).join(", ")}; mallory is banned, ken is suspended`));

title("Questions");
const ask = (subject, permission, resource, why) => {
  const call = `can("${subject}", "${permission}", "${resource}")`;
  console.log(`  ${call.padEnd(62)} ${answer(engine.can(subject, permission, resource))}  ${dim(why)}`);
};
ask("user:zoe", "edit", "document:rotate-keys", "her group is in a group that edits a folder above");
ask("user:stranger", "view", "document:handbook", "a public link");
ask("user:mallory", "view", "document:handbook", "banned, public link or not");
ask("user:ravi", "publish", "document:outage-june", "edits, and sits in every reviewing group");
const { permissionship, revision } = engine.checkPermission("user:farid", "publish", "document:pricing");
console.log(`  ${'checkPermission("user:farid", "publish", "document:pricing")'.padEnd(62)} ${permissionship} at revision ${revision}`);
try {
  engine.can("user:alice", "destroy", "document:handbook");
} catch (error) {
  if (!(error instanceof PeppercornError)) throw error;
  console.log(`  ${'can("user:alice", "destroy", "document:handbook")'.padEnd(62)} ${error.code}\n    ${dim(error.message)}`);
}

title("Lists");
const show = (list) => (list.length > 8 ? `${list.slice(0, 8).join(" ")} … (${list.length})` : list.join(" "));
const editable = engine.lookupResources("user:grace", "edit", "document").results;
console.log(`  lookupResources("user:grace", "edit", "document")\n    ${show(editable.map((found) => found.resourceObjectId))}`);
const viewers = engine.lookupSubjects("document:handbook", "view", "user").results;
const name = ({ subjectObjectId, excludedSubjects = [] }) =>
  excludedSubjects.length === 0 ? subjectObjectId : `${subjectObjectId} but ${excludedSubjects.map((excluded) => excluded.subjectObjectId).join(", ")};`;
console.log(`  lookupSubjects("document:handbook", "view", "user")\n    ${show(viewers.map(name))}`);

title("It depends");
const audit = ["user:bob", "audit", "document:salaries"];
const lacking = engine.checkPermission(...audit).partialCaveatInfo;
console.log(`  bob audits the salaries if ${bold(lacking.residual)}  ${dim(`missing: ${lacking.missingRequiredContext.join(", ")}`)}`);
for (const address of ["10.1.2.3", "192.0.2.1"]) {
  console.log(`    from ${address.padEnd(10)} ${answer(engine.can(...audit, { context: { address } }))}`);
}

title("Why");
const { trace } = engine.checkPermission("user:dana", "audit", "document:salaries", { trace: true, context: { address: "10.1.2.3" } });
console.log(trace.text.trimEnd().replaceAll(/^/gm, "  "));

title("A ban, and a snapshot from before it");
using(engine.snapshot(), (before) => {
  engine.write([{ operation: "CREATE", relationship: "document:logo-drafts#banned@user:mina" }]);
  for (const [when, from] of [["before", before], ["now", engine]]) {
    const answers = ["view", "edit"].map((permission) => `${permission} ${answer(from.can("user:mina", permission, "document:logo-drafts"))}`);
    const at = from.checkPermission("user:mina", "view", "document:logo-drafts").revision;
    console.log(`  ${when.padEnd(8)} mina on logo-drafts: ${answers.join(", ")}  ${dim(`revision ${at}`)}`);
  }
});

title("Speed");
const list = questions(relationships, PERMISSIONS);
const { asked, perSecond, microseconds } = measure((...question) => engine.can(...question), list, 1000);
const number = (value) => Math.round(value).toLocaleString("en");
console.log(`  ${number(perSecond)} checks a second (${microseconds.toFixed(2)} µs each; ${number(asked)} asked, ${number(list.length)} different)`);
engine.free();

/** What `using` does in newer languages: gives the memory back at the end. */
function using(resource, work) {
  try {
    work(resource);
  } finally {
    resource[Symbol.dispose]();
  }
}
