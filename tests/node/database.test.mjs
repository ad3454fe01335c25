// The examples of examples/database with a real Postgres in this process, failing at every step in every way.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { Peppercorn, PeppercornError } from "peppercorn";
import { TABLES, allRelationships, changes } from "../../examples/database/application.mjs";
import { Asynchronous } from "../../examples/database/asynchronous.mjs";
import { EngineOnly, TABLES as ENGINE_ONLY_TABLES } from "../../examples/database/engine-only.mjs";
import { Outbox, TABLES as OUTBOX_TABLES } from "../../examples/database/outbox.mjs";
import { TwoWrites } from "../../examples/database/two-writes.mjs";
import { FAILURES, failing } from "./failing.mjs";
import { object, subject } from "./messages.mjs";

const PEOPLE = ["ann", "ben", "cy", "dee", "eve", "fay"];
const DOCUMENTS = ["spec", "draft", "guide", "note", "new"];
const ROWS = `
  INSERT INTO members VALUES ('eng', 'ann'), ('eng', 'ben'), ('ops', 'cy');
  INSERT INTO folders VALUES ('plans', 'eng'), ('runbooks', 'ops');
  INSERT INTO documents VALUES ('spec', 'plans', 'ann', 'Spec'), ('draft', 'plans', 'ben', 'Draft'),
    ('guide', 'runbooks', 'dee', 'Guide'), ('note', 'plans', 'ann', 'Guide');
  INSERT INTO viewers VALUES ('spec', 'user:eve'), ('spec', 'group:ops#member'), ('note', 'user:eve');
  INSERT INTO bans VALUES ('spec', 'cy');
`;
const CHANGES = {
  "a new document": changes.create("new", "plans", "fay", "New"),
  "a document shared": changes.share("spec", "user:fay"),
  "a document shared with a group": changes.share("guide", "group:eng#member"),
  "a share taken back": changes.unshare("spec", "user:eve"),
  "a ban": changes.ban("draft", "ann"),
  "a ban that was there": changes.ban("spec", "cy"),
  "a ban lifted": changes.unban("spec", "cy"),
  "a document moved": changes.move("spec", "runbooks"),
  "a document handed over": changes.handOver("draft", "dee"),
  "a document deleted": changes.remove("spec"),
  "a member gone": changes.leave("eng", "ben"),
  "a member more": changes.join("ops", "fay"),
  "what COMMIT refuses: the title is taken": changes.move("note", "runbooks"),
};
/** Those that differ where it no longer matters which tables they are about. */
const KINDS = ["a document shared", "a share taken back", "a ban", "a document moved", "what COMMIT refuses: the title is taken"];

let postgres;
before(async () => {
  postgres = await PGlite.create();
});
after(() => postgres.close());

const begin = (...texts) => postgres.exec(["DROP SCHEMA public CASCADE; CREATE SCHEMA public;", ...texts].join("\n"));

/** Who may view what, as the tables have it: in SQL of its own. */
async function allowed() {
  const { rows } = await postgres.query(
    `SELECT person || ' ' || d.id AS pair FROM documents d JOIN folders f ON f.id = d.folder, unnest($1::text[]) person
     WHERE NOT EXISTS (SELECT FROM bans b WHERE b.document = d.id AND b.person = person.person)
       AND (d.owner = person.person
         OR EXISTS (SELECT FROM members m WHERE m.group_id = f.group_id AND m.person = person.person)
         OR EXISTS (SELECT FROM viewers v WHERE v.document = d.id AND (v.viewer = 'user:' || person.person
           OR EXISTS (SELECT FROM members m WHERE v.viewer = 'group:' || m.group_id || '#member' AND m.person = person.person))))`,
    [PEOPLE],
  );
  return rows.map((row) => row.pair).sort();
}

function granted(engine) {
  const may = (person, document) => engine.can(`user:${person}`, "view", `document:${document}`);
  return PEOPLE.flatMap((person) => DOCUMENTS.filter((document) => may(person, document)).map((document) => `${person} ${document}`)).sort();
}

/** Nobody who lost access in the database, or never had it, has it in the engine. */
async function nobodyKeeps(engine) {
  const still = new Set(await allowed());
  assert.deepEqual(granted(engine).filter((pair) => !still.has(pair)), []);
}

/** The engine says what the database says, no more and no less. */
async function agree(engine) {
  const relationships = engine.snapshot().relationships().filter((relationship) => !relationship.startsWith("outbox:"));
  assert.deepEqual(relationships, (await allRelationships(postgres)).sort());
  assert.deepEqual(granted(engine), await allowed());
}

/** Does the work with each of its steps failing in each way, and looks at what is left; each time from the beginning. */
async function everyFailure(prepare, work, look) {
  let runs = 0;
  for (const way of Object.values(FAILURES)) {
    for (let step = 1; ; step += 1) {
      const database = failing(postgres);
      const application = await prepare(database);
      database.fail(step, way);
      const error = await work(application).then(() => undefined, (reason) => reason);
      if (database.steps < step) break;
      await look(application, { way, error });
      runs += 1;
    }
  }
  assert.ok(runs >= 4, `${runs} failures`);
}

async function refusesWhatDoesNotFit(application) {
  await assert.rejects(application.change(changes.share("spec", "user:eve@example.com")), PeppercornError);
  await agree(application.engine);
}

describe("relationships only in the engine", () => {
  beforeEach(() => begin(ENGINE_ONLY_TABLES));

  /** Two documents, one shared and no longer, the other deleted. Gives what was told to be done, even where it is broken off. */
  async function work(application, told) {
    told.kept = (await application.create("plans", "ann", "Kept")).id;
    await application.share(told.kept, "user:ben");
    told.shared = true;
    told.lost = (await application.create("plans", "ann", "Lost")).id;
    told.unsharing = true;
    told.token = await application.unshare(told.kept, "user:ben");
    told.unshared = true;
    await application.remove(told.lost);
    told.removed = true;
  }

  test("what was told to be done survives an end at every step, and what was taken stays taken", async () => {
    let told;
    const prepare = async (database) => {
      await begin(ENGINE_ONLY_TABLES);
      told = {};
      return EngineOnly.open(database);
    };
    await everyFailure(prepare, (application) => work(application, told), async () => {
      const { engine } = await EngineOnly.open(postgres);
      const view = (person, id) => engine.can(`user:${person}`, "view", `document:${id}`);
      if (told.kept) assert.equal(view("ann", told.kept), true);
      if (told.shared && !told.unsharing) assert.equal(view("ben", told.kept), true);
      if (told.unshared) assert.equal(view("ben", told.kept), false);
      if (told.unshared) assert.equal(engine.at(told.token).can("user:ben", "view", `document:${told.kept}`), false);
      if (told.removed) assert.equal(view("ann", told.lost), false);
      const { rows } = await postgres.query("SELECT id FROM documents");
      const seen = engine.lookupResources("user:ann", "view", "document").results.map((found) => found.resourceObjectId);
      assert.deepEqual(seen.filter((id) => !rows.some((row) => row.id === id)), [], "about nothing");
    });
  });

  test("documents are listed by both", async () => {
    const application = await EngineOnly.open(postgres);
    await work(application, {});
    assert.deepEqual((await application.list("ann")).map((row) => row.title), ["Kept"]);
    assert.deepEqual(await application.list("ben"), []);
  });

  test("changes that come together share a save", async () => {
    const database = failing(postgres);
    const application = await EngineOnly.open(database);
    database.fail(0);
    await Promise.all(PEOPLE.map((person) => application.share("spec", `user:${person}`)));
    assert.ok(database.steps <= 2, `${database.steps} saves`);
    const reopened = await EngineOnly.open(database);
    assert.deepEqual(granted(reopened.engine), [], "documents without a row are forgotten");
  });

  test("a save that fails is told, and the next one makes up for it", async () => {
    const database = failing(postgres);
    const application = await EngineOnly.open(database);
    database.fail(1, FAILURES["is refused"]);
    const { id } = await application.create("plans", "ann", "Plan").catch(() => ({}));
    assert.equal(id, undefined);
    const { id: other } = await application.create("plans", "ann", "Plan");
    const reopened = await EngineOnly.open(postgres);
    assert.deepEqual(await reopened.list("ann"), [{ id: other, title: "Plan" }]);
  });
});

describe("two writes and a commit", () => {
  const prepare = async (database) => {
    await begin(TABLES, ROWS);
    return TwoWrites.open(database);
  };

  for (const [name, change] of Object.entries(CHANGES)) {
    test(`${name}: whatever fails`, () =>
      everyFailure(prepare, (application) => application.change(change), async ({ engine }, { way }) => {
        await nobodyKeeps(engine);
        // The database has said no: compensation is enough.
        if (!way.end && !way.done) await agree(engine);
        await new TwoWrites(postgres, engine).sweep();
        await agree(engine);
        await agree((await TwoWrites.open(postgres)).engine);
      }));
  }

  test("changes take effect in both, or in neither where COMMIT refuses", async () => {
    const application = await prepare(postgres);
    for (const change of Object.values(CHANGES)) {
      const refused = change === CHANGES["what COMMIT refuses: the title is taken"];
      await (refused ? assert.rejects(application.change(change), { code: "23505" }) : application.change(change));
      await agree(application.engine);
    }
  });

  test("changes at the same time, some refused", async () => {
    const application = await prepare(postgres);
    const all = [...Object.values(CHANGES), changes.share("note", "user:fay"), changes.unshare("note", "user:eve"), ...Object.values(CHANGES)];
    const results = await Promise.allSettled([...all.map((change) => application.change(change)), application.sweep()]);
    assert.ok(results.some((result) => result.status === "rejected"));
    await agree(application.engine);
  });

  test("an answer that comes late does not let a later change come first", async () => {
    let late = true;
    const transaction = async (work) => {
      const result = await postgres.transaction(work);
      if (late) await new Promise((resolve) => setTimeout(resolve, 50, (late = false)));
      return result;
    };
    const application = await prepare({ query: (...values) => postgres.query(...values), transaction });
    await Promise.all([changes.share("spec", "user:fay"), changes.unshare("spec", "user:fay")].map((change) => application.change(change)));
    await agree(application.engine);
  });

  /** The relationships after a change that the database refuses at its end. */
  async function refused(change, { before = [], meanwhile = [] }) {
    let application;
    const refusal = Object.assign(new Error("refused"), { code: "40001" });
    const transaction = (work) =>
      postgres.transaction(async (within) => {
        await work(within);
        application.engine.write(meanwhile);
        throw refusal;
      });
    application = await prepare({ query: (...values) => postgres.query(...values), transaction });
    application.engine.write(before);
    const { token } = application.engine;
    await assert.rejects(application.change(change), refusal);
    const [old, now] = [application.engine.at(token), application.engine.snapshot()].map((snapshot) => snapshot.relationships());
    await application.sweep();
    await agree(application.engine);
    return { old, now };
  }

  test("an undo puts back what was really there", async () => {
    const eve = "document:spec#viewer@user:eve";
    const { old, now } = await refused(changes.unshare("spec", "user:eve"), { before: [{ operation: "DELETE", relationship: eve }] });
    assert.deepEqual(now, old);
  });

  test("an undo does not overwrite what somebody else has written meanwhile", async () => {
    const eve = "document:spec#viewer@user:eve";
    const { now } = await refused(changes.remove("spec"), { meanwhile: [{ operation: "TOUCH", relationship: eve }] });
    assert.deepEqual(now.filter((relationship) => relationship.startsWith("document:spec#")), ["document:spec#banned@user:cy", eve]);
  });

  test("what the engine would refuse is not committed", async () => refusesWhatDoesNotFit(await prepare(postgres)));
});

describe("an outbox", () => {
  const prepare = async (database) => {
    await begin(TABLES, ROWS, OUTBOX_TABLES);
    const application = await Outbox.open(database);
    // One entry saved, one applied and not saved, one not applied.
    await application.change(changes.ban("spec", "eve"));
    await application.relay();
    await application.save();
    await application.change(changes.unban("spec", "eve"));
    await application.relay();
    await application.change(changes.ban("guide", "cy"));
    return application;
  };

  for (const name of KINDS) {
    test(`${name}: whatever fails`, () =>
      everyFailure(
        prepare,
        async (application) => {
          await application.tokenFor(await application.change(CHANGES[name]));
          await application.save();
        },
        async (application, { way }) => {
          const [token, relationships] = [application.engine.token, application.engine.snapshot().relationships()];
          const survivor = way.end ? await Outbox.open(postgres) : application;
          if (!way.end) await survivor.relay();
          await agree(survivor.engine);
          assert.deepEqual(survivor.engine.at(token).relationships(), relationships, "tokens mean what they meant");
          await survivor.save();
          await survivor.tokenFor(await survivor.change(changes.share("guide", "user:fay")));
          await agree(survivor.engine);
        },
      ));
  }

  test("opening fails at any step, and is done again", () =>
    everyFailure(
      async (database) => {
        await begin(TABLES, ROWS, OUTBOX_TABLES);
        return database;
      },
      (database) => Outbox.open(database),
      async () => {
        const { engine } = await Outbox.open(postgres);
        await agree(engine);
        assert.equal((await Outbox.open(postgres)).engine.token, engine.token);
      },
    ));

  test("who holds a token waits for an engine that has started again, and is never told what is older", async () => {
    const old = await prepare(postgres);
    const token = await old.tokenFor(await old.change(changes.ban("spec", "ben")));
    assert.equal(old.engine.can("user:ben", "view", "document:spec"), false);
    const { rows } = await postgres.query("SELECT bytes FROM saved");
    const started = new Outbox(postgres, Peppercorn.load(rows[0].bytes));
    assert.equal(started.engine.can("user:ben", "view", "document:spec"), true, "the older answer, to who does not ask for a newer one");
    const question = { resource: object("document:spec"), permission: "view", subject: subject("user:ben") };
    const request = { consistency: { atLeastAsFresh: { token } }, ...question };
    assert.throws(() => started.engine.v1.checkPermission(request), { code: "REVISION_NOT_REACHED" });
    let answered = false;
    const answer = started.engine.v1.async.checkPermission(request).finally(() => (answered = true));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(answered, false);
    await started.relay();
    assert.equal((await answer).permissionship, "PERMISSIONSHIP_NO_PERMISSION");
    assert.equal(started.engine.token, token);
  });

  test("relays at the same time, and more entries than a batch", async () => {
    const application = await prepare(postgres);
    for (let round = 0; round < 60; round += 1) {
      await application.change(changes.share("spec", "user:fay"));
      await application.change(changes.unshare("spec", "user:fay"));
    }
    await Promise.all([application.relay(), application.relay(), application.save()]);
    assert.equal(application.position, 123);
    await agree(application.engine);
  });

  test("a change that is rolled back leaves no gap, and a gap stops the relay", async () => {
    const application = await prepare(postgres);
    await assert.rejects(application.change(CHANGES["what COMMIT refuses: the title is taken"]), { code: "23505" });
    const position = await application.change(changes.share("spec", "user:fay"));
    await application.tokenFor(position);
    await agree(application.engine);
    await application.change(changes.share("note", "user:fay"));
    await application.change(changes.unshare("note", "user:fay"));
    await postgres.query("DELETE FROM outbox WHERE position = $1", [position + 1]);
    await assert.rejects(application.relay(), /entry \d+ of the outbox is missing/);
    await assert.rejects(application.tokenFor(position + 3), /missing/);
  });

  test("a process on its way out does not put back what a later one has saved", async () => {
    const old = await prepare(postgres);
    const young = await Outbox.open(postgres);
    await young.relay();
    await young.save();
    await old.save();
    const { engine, position } = await Outbox.open(postgres);
    assert.equal(position, young.position);
    await agree(engine);
  });

  test("what the engine would refuse is not committed", async () => {
    const application = await prepare(postgres);
    await application.relay();
    await refusesWhatDoesNotFit(application);
  });
});

describe("asynchronous updates", () => {
  let messages;
  const prepare = async (database) => {
    await begin(TABLES, ROWS);
    messages = [];
    return Asynchronous.open(database, (message) => messages.push(message));
  };
  /** A worker behind a queue without order, which delivers twice. */
  const deliver = async (application) => {
    for (const message of [...messages, ...messages].reverse()) await application.look(message);
  };

  for (const name of KINDS) {
    test(`${name}: whatever fails, in the change or in the worker`, () =>
      everyFailure(
        prepare,
        async (application) => {
          await application.change(CHANGES[name]);
          await deliver(application);
        },
        async (application, { way }) => {
          const { engine } = application;
          await nobodyKeeps(engine);
          if (way.end) messages.length = 0;
          const next = new Asynchronous(postgres, engine, () => {});
          await deliver(next);
          if (!way.end) await agree(engine);
          await next.sweep();
          await agree(engine);
        },
      ));
  }

  test("what is given comes later, what is taken is gone at once", async () => {
    const application = await prepare(postgres);
    const may = (person) => application.engine.can(`user:${person}`, "view", "document:spec");
    await application.change(changes.share("spec", "user:fay"));
    assert.equal(may("fay"), false);
    await application.change(changes.unshare("spec", "user:eve"));
    assert.equal(may("eve"), false);
    await deliver(application);
    assert.equal(may("fay"), true);
    await agree(application.engine);
  });

  test("workers, changes and a sweep at the same time", async () => {
    const application = await prepare(postgres);
    const looks = [...DOCUMENTS, ...DOCUMENTS].map((id) => application.look({ type: "document", id }));
    const changing = [...Object.values(CHANGES), changes.unshare("note", "user:eve")].map((change) => application.change(change));
    await Promise.allSettled([...looks, ...changing, application.sweep()]);
    await nobodyKeeps(application.engine);
    await deliver(application);
    await agree(application.engine);
  });

  test("what the engine would refuse is not committed", async () => refusesWhatDoesNotFit(await prepare(postgres)));
});
