import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Documents, Forbidden, subject } from "../documents.js";
import { newClient } from "./store.js";

describe("documents", { concurrency: true }, () => {
  test("who makes a document may read it, and nobody else", async (t) => {
    const documents = new Documents(newClient(t));
    await documents.create("ann", "plan");
    assert.equal(await documents.canRead("ann", "plan"), true);
    assert.equal(await documents.canRead("bob", "plan"), false);
    assert.equal(await documents.canRead("ann", "another"), false);
    await assert.rejects(documents.create("ann", "plan"), Forbidden);
  });

  test("the same document in another test is another document", async (t) => {
    const documents = new Documents(newClient(t));
    assert.equal(await documents.canRead("ann", "plan"), false);
    await documents.create("bob", "plan");
    assert.deepEqual(await documents.readable("bob"), ["plan"]);
    assert.deepEqual(await documents.readable("ann"), []);
  });

  test("what is shared with a team is shared with its members, until it is taken back", async (t) => {
    const documents = new Documents(newClient(t, ["document:plan#owner@user:ann", "team:press#member@user:bob"]));
    const press = subject("team", "press", "member");
    await documents.share("ann", "plan", press);
    assert.deepEqual([await documents.canRead("bob", "plan"), await documents.canRead("cal", "plan")], [true, false]);
    await documents.unshare("ann", "plan", press);
    assert.equal(await documents.canRead("bob", "plan"), false);
  });

  test("only the owner shares", async (t) => {
    const documents = new Documents(newClient(t, ["document:plan#owner@user:ann", "document:plan#reader@user:bob"]));
    await assert.rejects(documents.share("bob", "plan", subject("user", "cal")), Forbidden);
    await assert.rejects(documents.unshare("cal", "plan", subject("user", "bob")), Forbidden);
    assert.equal(await documents.canRead("cal", "plan"), false);
    assert.equal(await documents.canRead("bob", "plan"), true);
  });
});
