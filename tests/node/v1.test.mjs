// The v1 API: each method with its answer, and how it refuses.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Peppercorn, PeppercornError } from "peppercorn";
import { object, relationship, subject, update } from "./messages.mjs";
import { refusal } from "./support.mjs";

const SCHEMA = `caveat on_day(day string) {
  day == "monday"
}

definition user {}

definition document {
  relation owner: user
  relation viewer: user | user:* | user with on_day
  permission view = viewer + owner
}
`;

const made = () =>
  new Peppercorn({ schema: SCHEMA, relationships: ["document:plan#owner@user:olga", "document:plan#viewer@user:vera", "document:plan#viewer@user:mona[on_day]"] });

const view = (id) => ({ resource: object("document:plan"), permission: "view", subject: subject(`user:${id}`) });
const filter = { resourceType: "document" };

describe("questions", () => {
  const engine = made();
  const { v1 } = engine;

  test("checkPermission", () => {
    assert.deepEqual(v1.checkPermission(view("olga")), {
      checkedAt: { token: engine.token },
      permissionship: "PERMISSIONSHIP_HAS_PERMISSION",
      partialCaveatInfo: null,
      debugTrace: null,
      optionalExpiresAt: null,
    });
    assert.equal(v1.checkPermission(view("nobody")).permissionship, "PERMISSIONSHIP_NO_PERMISSION");
    assert.deepEqual(v1.checkPermission(view("mona")).partialCaveatInfo, { missingRequiredContext: ["day"] });
    assert.equal(v1.checkPermission({ ...view("mona"), context: { day: "monday" } }).permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
    assert.equal(v1.checkPermission({ ...view("olga"), withTracing: true }).debugTrace.check.permission, "view");
  });

  test("checkBulkPermissions: an answer or an error in each place", () => {
    const { pairs } = v1.checkBulkPermissions({ items: [view("olga"), { ...view("olga"), permission: "nothing" }] });
    assert.equal(pairs[0].item.permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
    assert.equal(pairs[1].item, undefined);
    assert.equal(pairs[1].error.code, 9);
  });

  test("expandPermissionTree", () => {
    const { treeRoot } = v1.expandPermissionTree({ resource: object("document:plan"), permission: "view" });
    assert.equal(treeRoot.intermediate.operation, "OPERATION_UNION");
    assert.equal(treeRoot.intermediate.children[1].leaf.subjects[0].object.objectId, "olga");
  });

  test("lookupResources", () => {
    const request = { resourceObjectType: "document", permission: "view", subject: subject("user:mona") };
    const [only, ...others] = v1.lookupResources(request);
    assert.equal(only.resourceObjectId, "plan");
    assert.equal(only.permissionship, "LOOKUP_PERMISSIONSHIP_CONDITIONAL_PERMISSION");
    assert.deepEqual(others, []);
  });

  test("lookupSubjects", () => {
    const found = [...v1.lookupSubjects({ resource: object("document:plan"), permission: "view", subjectObjectType: "user" })];
    assert.deepEqual(found.map((one) => one.subject.subjectObjectId), ["mona", "olga", "vera"]);
  });
});

describe("relationships", () => {
  test("writeRelationships and readRelationships", () => {
    const engine = made();
    const { writtenAt } = engine.v1.writeRelationships({
      updates: [update("TOUCH", "document:new#viewer@user:*"), update("DELETE", "document:plan#owner@user:olga")],
      optionalPreconditions: [{ operation: "OPERATION_MUST_MATCH", filter: { ...filter, optionalResourceId: "plan" } }],
      optionalTransactionMetadata: { by: "a test" },
    });
    assert.deepEqual(writtenAt, { token: engine.token });
    assert.equal(engine.can("user:anyone", "view", "document:new"), true);
    const read = [...engine.v1.readRelationships({ relationshipFilter: filter })];
    assert.deepEqual(read.map((one) => one.relationship.subject.object.objectId), ["*", "mona", "vera"]);
    assert.equal(read[1].relationship.optionalCaveat.caveatName, "on_day");
    assert.equal(read[0].relationship.optionalCaveat, null);
    assert.deepEqual(read[0].readAt, { token: engine.token });
  });

  test("what is read can be written", () => {
    const engine = made();
    const read = [...engine.v1.readRelationships({ relationshipFilter: filter })];
    const other = new Peppercorn({ schema: SCHEMA });
    other.v1.writeRelationships({ updates: read.map((one) => ({ operation: "OPERATION_CREATE", relationship: one.relationship })) });
    assert.deepEqual(other.snapshot().relationships(), engine.snapshot().relationships());
  });

  test("deleteRelationships", () => {
    const engine = made();
    const request = { relationshipFilter: filter, optionalLimit: 2, optionalAllowPartialDeletions: true };
    const { deletedAt, ...rest } = engine.v1.deleteRelationships(request);
    assert.deepEqual(rest, { deletionProgress: "DELETION_PROGRESS_PARTIAL", relationshipsDeletedCount: "2" });
    assert.deepEqual(deletedAt, { token: engine.token });
    assert.equal(engine.v1.deleteRelationships(request).deletionProgress, "DELETION_PROGRESS_COMPLETE");
    assert.deepEqual(engine.snapshot().relationships(), []);
  });

  test("a refused write changes nothing and says what it is about", () => {
    const engine = made();
    const error = refusal(() => engine.v1.writeRelationships({ updates: [update("CREATE", "document:plan#owner@user:olga")] }));
    assert.ok(error instanceof PeppercornError);
    assert.equal(error.code, "ATTEMPT_TO_RECREATE_RELATIONSHIP");
    assert.equal(error.status, "ALREADY_EXISTS");
    assert.equal(error.metadata.resource_object_id, "plan");
    assert.ok(Object.isFrozen(error.metadata));
    assert.equal(engine.snapshot().relationships().length, 3);
  });

  test("counters", () => {
    const { v1 } = made();
    assert.deepEqual(v1.experimentalRegisterRelationshipCounter({ name: "documents", relationshipFilter: filter }), {});
    assert.equal(v1.experimentalCountRelationships({ name: "documents" }).readCounterValue.relationshipCount, "3");
    assert.deepEqual(v1.experimentalUnregisterRelationshipCounter({ name: "documents" }), {});
    assert.equal(refusal(() => v1.experimentalCountRelationships({ name: "documents" })).code, "COUNTER_NOT_REGISTERED");
  });
});

describe("bulk", () => {
  const lines = Array.from({ length: 300 }, (_, place) => `document:${String(place).padStart(3, "0")}#owner@user:olga`);

  test("importBulkRelationships takes anything to iterate over, and exportBulkRelationships gives it back in pages", () => {
    const engine = new Peppercorn({ schema: SCHEMA });
    function* requests() {
      for (let start = 0; start < lines.length; start += 100) yield { relationships: lines.slice(start, start + 100).map(relationship) };
    }
    assert.deepEqual(engine.v1.importBulkRelationships(requests()), { numLoaded: "300" });
    assert.deepEqual(engine.v1.importBulkRelationships([]), { numLoaded: "0" });
    const pages = [...engine.v1.exportBulkRelationships({ optionalLimit: 128 })];
    assert.deepEqual(pages.map((page) => page.relationships.length), [128, 128, 44]);
    const [rest] = engine.v1.exportBulkRelationships({ optionalLimit: 128, optionalCursor: pages[1].afterResultCursor });
    assert.deepEqual(rest.relationships, pages[2].relationships);
  });

  test("an import is all or nothing, also when the iterable throws", () => {
    const engine = new Peppercorn({ schema: SCHEMA });
    function* broken() {
      yield { relationships: lines.map(relationship) };
      throw new RangeError("no more");
    }
    assert.throws(() => engine.v1.importBulkRelationships(broken()), RangeError);
    const twice = [{ relationships: [relationship(lines[0])] }, { relationships: [relationship(lines[0])] }];
    refusal(() => engine.v1.importBulkRelationships(twice));
    assert.deepEqual(engine.snapshot().relationships(), []);
    for (const requests of [undefined, {}, "text", { relationships: [] }]) {
      assert.equal(refusal(() => engine.v1.importBulkRelationships(requests)).code, "INVALID_ARGUMENT");
    }
  });
});

describe("schema", () => {
  test("writeSchema and readSchema", () => {
    const engine = new Peppercorn();
    assert.equal(refusal(() => engine.v1.readSchema({})).status, "NOT_FOUND");
    const { writtenAt } = engine.v1.writeSchema({ schema: SCHEMA });
    assert.deepEqual(engine.v1.readSchema({}), { schemaText: SCHEMA, readAt: writtenAt });
    engine.v1.writeRelationships({ updates: [update("TOUCH", "document:plan#owner@user:olga")] });
    const error = refusal(() => engine.v1.writeSchema({ schema: "definition user {}" }));
    assert.deepEqual([error.status, error.code], ["INVALID_ARGUMENT", "SCHEMA_TYPE_ERROR"]);
  });

  const { v1 } = made();
  test("reflectSchema", () => {
    const { definitions, caveats } = v1.reflectSchema({ optionalFilters: [{ optionalDefinitionNameFilter: "doc" }] });
    assert.deepEqual(definitions.map((one) => one.name), ["document"]);
    assert.deepEqual(caveats, []);
  });

  test("diffSchema", () => {
    const { diffs } = v1.diffSchema({ comparisonSchema: `${SCHEMA}\ndefinition robot {}\n` });
    assert.deepEqual(diffs.map((diff) => [Object.keys(diff), diff.definitionAdded?.name]), [[["definitionAdded"], "robot"]]);
  });

  test("computablePermissions and dependentRelations", () => {
    const { permissions } = v1.computablePermissions({ definitionName: "document", relationName: "owner" });
    assert.deepEqual(permissions, [{ definitionName: "document", relationName: "view", isPermission: true }]);
    const { relations } = v1.dependentRelations({ definitionName: "document", permissionName: "view" });
    assert.deepEqual(relations.map((one) => one.relationName), ["owner", "viewer"]);
  });
});

describe("requests", () => {
  const { v1 } = made();
  const circle = {};
  circle.context = circle;

  for (const request of [undefined, null, "{}", [], circle, { ...view("olga"), context: { big: 1n } }]) {
    test(`${typeof request === "object" && request !== null ? Object.keys(request) : request} is no request`, () => {
      const { code, message } = refusal(() => v1.checkPermission(request));
      assert.equal(code, "INVALID_ARGUMENT");
      assert.match(message, /`request`/);
    });
  }

  test("a number that JSON has not is refused wherever it is, and nothing is not", () => {
    for (const number of [NaN, Infinity, -Infinity]) {
      for (const request of [{ ...view("olga"), context: { hour: number } }, { ...view("olga"), context: { deep: [{ hour: number }] } }]) {
        const { code, message } = refusal(() => v1.checkPermission(request));
        assert.equal(code, "INVALID_ARGUMENT");
        assert.match(message, new RegExp(`\`hour\` is ${number}`));
      }
      assert.equal(refusal(() => v1.deleteRelationships({ relationshipFilter: { resourceType: "document" }, optionalLimit: number })).code, "INVALID_ARGUMENT");
    }
    assert.equal(v1.checkPermission({ ...view("olga"), context: { hour: null, text: "null" } }).permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
  });

  test("a field that the message does not have is refused, and a field may have either of its names", () => {
    assert.match(refusal(() => v1.checkPermission({ ...view("olga"), permision: "view" })).message, /permision/);
    const read = v1.readRelationships({ relationship_filter: { resource_type: "document" } });
    assert.equal([...read].length, 3);
  });

  test("the methods are those of SpiceDB, and stay what they are", () => {
    assert.ok(Object.isFrozen(v1) && Object.isFrozen(v1.async));
    const named = (service) => Object.keys(service).sort();
    assert.deepEqual(named(v1).filter((name) => name !== "async" && name !== "watch"), named(v1.async));
    for (const older of ["bulkCheckPermission", "bulkImportRelationships", "experimentalReflectSchema"]) assert.equal(typeof v1[older], "function");
    assert.equal(v1.planSchema, undefined);
  });

  test("a method goes on working when the engine itself is forgotten, and not when it is freed", () => {
    const engine = made();
    const { checkPermission } = engine.v1;
    assert.equal(checkPermission(view("olga")).permissionship, "PERMISSIONSHIP_HAS_PERMISSION");
    engine.free();
    assert.equal(refusal(() => checkPermission(view("olga"))).code, "DISPOSED");
  });
});
