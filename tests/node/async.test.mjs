// The asynchronous forms: who asks for a revision that the engine has not reached waits for it, and nobody else waits.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn } from "peppercorn";
import { object, relationship, subject, update } from "./messages.mjs";
import { refusal } from "./support.mjs";

const SCHEMA = "definition user {}\ndefinition document { relation viewer: user; }";
const CREATE = [{ operation: "CREATE", relationship: "document:1#viewer@user:a" }];
const check = (token) => ({ consistency: { atLeastAsFresh: { token } }, resource: object("document:1"), permission: "viewer", subject: subject("user:a") });

/** Two engines of one store, of which the second is behind, and the token of the first. */
function behind() {
  const [ahead, engine] = [1n, 1n].map((identity) => new Peppercorn({ schema: SCHEMA, identity }));
  return { engine, token: ahead.write(CREATE).token };
}

async function pending(promise) {
  const open = Symbol("open");
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, open))])) === open;
}

describe("at least as fresh as a revision not reached", () => {
  test("the synchronous form refuses", () => {
    const { engine, token } = behind();
    const error = refusal(() => engine.v1.checkPermission(check(token)));
    assert.deepEqual([error.code, error.status], ["REVISION_NOT_REACHED", "OUT_OF_RANGE"]);
  });

  test("the asynchronous form waits, and answers with what was written", async () => {
    const { engine, token } = behind();
    const request = check(token);
    const answer = engine.v1.async.checkPermission(request);
    request.resource.objectId = "another";
    assert.ok(await pending(answer));
    engine.write(CREATE);
    const { permissionship, checkedAt } = await answer;
    assert.equal(permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
    assert.equal(checkedAt.token, engine.token);
  });

  test("a stream waits as well, and one write is not enough for a revision two ahead", async () => {
    const [ahead, engine] = [1n, 1n].map((identity) => new Peppercorn({ schema: SCHEMA, identity }));
    ahead.write(CREATE);
    // A revision, though it changes nothing.
    const again = CREATE.map((update) => ({ ...update, operation: "TOUCH" }));
    const { token } = ahead.write(again);
    const answer = engine.v1.async.readRelationships({ consistency: { atLeastAsFresh: { token } }, relationshipFilter: { resourceType: "document" } });
    engine.write(CREATE);
    assert.ok(await pending(answer));
    engine.write(again);
    assert.equal([...(await answer)].length, 1);
  });

  test("an aborted wait throws the reason, and leaves nothing behind", async () => {
    const { engine, token } = behind();
    const control = new AbortController();
    const answer = engine.v1.async.checkPermission(check(token), { signal: control.signal });
    const reason = new Error("enough");
    control.abort(reason);
    await assert.rejects(answer, reason);
    await assert.rejects(engine.v1.async.checkPermission(check(token), { signal: control.signal }), reason);
    engine.write(CREATE);
  });

  test("a freed engine tells who waits", async () => {
    const { engine, token } = behind();
    const answer = engine.v1.async.checkPermission(check(token));
    engine.free();
    await assert.rejects(answer, { code: "DISPOSED" });
  });
});

describe("everything else settles at once", () => {
  const { engine, token } = behind();
  const { v1 } = engine;
  const exact = { ...check(token), consistency: { atExactSnapshot: { token } } };
  const cases = {
    "an exact revision that is not reached": [() => v1.async.checkPermission(exact), "REVISION_NOT_REACHED"],
    "no token": [() => v1.async.checkPermission(check("nonsense")), "INVALID_TOKEN"],
    "no request": [() => v1.async.checkPermission(), "INVALID_ARGUMENT"],
    "no signal": [() => v1.async.checkPermission(check(engine.token), { signal: 1 }), "INVALID_ARGUMENT"],
    "an unknown name": [() => v1.async.lookupSubjects({ resource: object("document:1"), permission: "nothing", subjectObjectType: "user" }), "UNKNOWN_RELATION_OR_PERMISSION"],
    "no iterable": [() => v1.async.importBulkRelationships({}), "INVALID_ARGUMENT"],
  };
  for (const [name, [work, code]] of Object.entries(cases)) {
    test(`${name}: a promise that is rejected with ${code}`, async () => {
      await assert.rejects(work(), { code });
    });
  }

  test("answers, writes and streams", async () => {
    assert.equal((await v1.async.checkPermission(check(engine.token))).permissionship, "PERMISSIONSHIP_NO_PERMISSION");
    await v1.async.writeRelationships({ updates: [update("TOUCH", "document:2#viewer@user:a")] });
    const found = await v1.async.lookupResources({ resourceObjectType: "document", permission: "viewer", subject: subject("user:a") });
    assert.deepEqual([...found].map((one) => one.resourceObjectId), ["2"]);
  });

  test("an import from an asynchronous iterable", async () => {
    async function* requests() {
      yield { relationships: [relationship("document:3#viewer@user:a")] };
      await null;
      yield { relationships: [relationship("document:4#viewer@user:a")] };
    }
    assert.deepEqual(await v1.async.importBulkRelationships(requests()), { numLoaded: "2" });
    const control = new AbortController();
    async function* endless() {
      for (let id = 10; ; id += 1) {
        if (id === 15) control.abort(new RangeError("enough"));
        yield { relationships: [relationship(`document:${id}#viewer@user:a`)] };
      }
    }
    await assert.rejects(v1.async.importBulkRelationships(endless(), { signal: control.signal }), RangeError);
    assert.equal(engine.can("user:a", "viewer", "document:10"), false);
  });
});
