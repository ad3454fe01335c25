// Writes one relationship and a thousand at a time, and watching for them.

import { lines } from "./data.mjs";
import { expectAll, measure, measureEach, spread } from "./measure.mjs";

const update = (operation, relationship) => ({ operation, relationship });

/** So many relationships that the flat data sets do not have. */
const fresh = (count, kind) => Array.from({ length: count }, (_, number) => `document:${kind}${number}#viewer@user:u${number % 1000}`);

/** The relationship as a question. */
function asked(relationship, expect) {
  const [, resource, subject] = /^(.*)#viewer@(.*)$/.exec(relationship);
  return { resource, subject, expect };
}

const asking = (engine) => ({ subject, resource, expect }) => engine.can(subject, "view", resource) === expect;

/** On 100,000 relationships, with a snapshot held throughout. */
export function ordinary(bench) {
  const { schema, relationships, queries } = bench.data("W1");
  const engine = new bench.Peppercorn({ schema, relationships });
  const before = engine.snapshot();
  const [singles, batches] = bench.budget.quick ? [2_000, 3] : [20_000, 50];

  const single = fresh(singles, "single");
  bench.row("W9.single", measureEach(single, (relationship) => engine.write([update("TOUCH", relationship)])));

  const rows = Array.from({ length: batches }, (_, batch) => fresh(1000, `batch${batch}_`));
  const touched = rows.map((batch) => batch.map((relationship) => update("TOUCH", relationship)));
  bench.row("W9.batch", measureEach(touched, (updates) => engine.write(updates)));

  const written = [...single, ...rows.flat()];
  expectAll(written.map((relationship) => asked(relationship, true)), asking(engine));
  expectAll(written.map((relationship) => asked(relationship, false)), asking(before));
  expectAll([...queries.allow, ...queries.deny], asking(engine));
  bench.row("W9.after", measure(queries.allow, asking(engine), bench.budget));

  const deleted = rows.map((batch) => batch.map((relationship) => update("DELETE", relationship)));
  bench.row("W9.delete", measureEach(deleted, (updates) => engine.write(updates)));
  expectAll(rows.flat().map((relationship) => asked(relationship, false)), asking(engine));
  expectAll([...queries.allow, ...queries.deny], asking(before));
}

/** 100,000 single writes into a million: none may be slow because the store tidies up. */
export function million(bench) {
  const { schema, relationships, queries } = bench.data("W10M");
  const engine = new bench.Peppercorn({ schema, relationships });
  const before = engine.snapshot();
  const written = fresh(100_000, "single");
  globalThis.gc?.();
  bench.row("W9.million", measureEach(written, (relationship) => engine.write([update("TOUCH", relationship)])));
  expectAll(written.map((relationship) => asked(relationship, true)), asking(engine));
  expectAll(written.map((relationship) => asked(relationship, false)), asking(before));
  expectAll(queries.allow, asking(before));
  bench.row("W9.million.after", measure(queries.allow, asking(engine), bench.budget));
}

/** From a write to its event at a watcher, from the call and from its return. */
export async function watch(bench) {
  const { schema, relationships } = bench.data("W1");
  const engine = new bench.Peppercorn({ schema, relationships: lines(relationships).slice(0, 10_000).join("\n") });
  const watcher = engine.v1.watch({});
  const [called, returned] = [[], []];
  for (const relationship of fresh(bench.budget.quick ? 300 : 3000, "watched")) {
    const event = watcher.next();
    const start = performance.now();
    engine.write([update("TOUCH", relationship)]);
    const end = performance.now();
    const { value } = await event;
    const arrived = performance.now();
    called.push(arrived - start);
    returned.push(arrived - end);
    const [{ relationship: told }] = value.updates;
    expectAll([relationship], () => relationship.startsWith(`document:${told.resource.objectId}#`));
  }
  // The first tenth is for warming up.
  const warm = (each) => each.slice(each.length / 10).map((milliseconds) => milliseconds * 1000);
  bench.row("W11.call", spread(warm(called)));
  bench.row("W11.return", spread(warm(returned)));
  await watcher.return?.();
}
