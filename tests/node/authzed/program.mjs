// A program as an application would write it against the stock client: every method, every form of a call, streams, errors, cancellation
// and deadlines. It is run with `@authzed/authzed-node` and with `peppercorn/authzed`, and must tell the same.

import * as grpc from "@grpc/grpc-js";
import { errorOf, metadataOf, plain, statusOf } from "./told.mjs";

const SCHEMA = `use expiration

caveat on_day(day string, wanted string) {
  day == wanted
}

/** someone */
definition user {}

definition group {
  relation member: user
}

definition document {
  relation viewer: user | user:* | group#member | user with on_day | user with expiration
  relation banned: user
  permission view = viewer - banned
}
`;

/**
 * Runs the program. `connect(token, options)` makes a client. Steps that name one of the words in `without` are left out: `reached`, what
 * SpiceDB's embedded build does not have; `served`, what the server of the tests does not have.
 */
export async function run({ v1, connect, without = [] }) {
  const told = [];
  const client = connect("main");
  for (const { name, work, ...step } of [...program(v1, client, connect)]) {
    if (without.some((word) => step[word] === false)) continue;
    const found = [];
    try {
      await work((...words) => found.push(...words));
    } catch (error) {
      found.push({ threw: errorOf(error) });
    }
    // What comes later is no part of the step.
    told.push({ name, found: [...found] });
  }
  client.close();
  return told;
}

function* program(v1, client, connect) {
  const { promises } = client;
  const object = (objectType, objectId) => v1.ObjectReference.create({ objectType, objectId });
  const subject = (objectType, objectId, optionalRelation = "") => v1.SubjectReference.create({ object: object(objectType, objectId), optionalRelation });
  const relationship = (id, relation, of, more = {}) => v1.Relationship.create({ resource: object("document", id), relation, subject: of, ...more });
  const update = (operation, of) => v1.RelationshipUpdate.create({ operation: v1.RelationshipUpdate_Operation[operation], relationship: of });
  const now = v1.Consistency.create({ requirement: { oneofKind: "fullyConsistent", fullyConsistent: true } });
  const check = (id, user, more = {}) =>
    v1.CheckPermissionRequest.create({ consistency: now, resource: object("document", id), permission: "view", subject: subject("user", user), ...more });
  const lookup = (user, more = {}) =>
    v1.LookupResourcesRequest.create({ consistency: now, resourceObjectType: "document", permission: "view", subject: subject("user", user), ...more });
  const filter = (more = {}) => v1.RelationshipFilter.create({ resourceType: "document", ...more });
  const read = (more = {}) => v1.ReadRelationshipsRequest.create({ consistency: now, relationshipFilter: filter(), ...more });
  const context = v1.createStructFromObject({ day: "monday", nested: { list: [1, null, true, "x"], empty: {} } });

  const sorted = (messages) => messages.map((message) => plain(message)).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const events = (call, say, names = ["metadata", "data", "end", "error", "status"]) =>
    new Promise((resolve) => {
      let open = new Set(["status", ...(names.includes("end") ? ["end"] : [])]);
      for (const name of names) {
        call.on(name, (value) => {
          if (name === "metadata") say({ metadata: metadataOf(value) });
          else if (name === "error") say({ error: errorOf(value) });
          else if (name === "status") say({ status: statusOf(value) });
          else if (name === "end") say("end");
          else say({ data: plain(value) });
          open.delete(name);
          if (open.size === 0) setImmediate(resolve);
        });
      }
    });
  const called = (start) => new Promise((resolve) => start((error, value) => resolve(error ? { error: errorOf(error) } : { value: plain(value) })));
  const refused = async (promise) => promise.then((value) => ({ value: plain(value) }), (error) => ({ error: errorOf(error) }));
  const all = async (call) => {
    const messages = [];
    for await (const message of call) messages.push(message);
    return messages;
  };

  // Schemas.
  yield { name: "no schema yet", work: async (say) => say(await refused(promises.readSchema(v1.ReadSchemaRequest.create()))) };
  yield { name: "a schema that is wrong", work: async (say) => say(await refused(promises.writeSchema(v1.WriteSchemaRequest.create({ schema: "definition user {" })))) };
  yield { name: "write a schema", work: async (say) => say(plain(await promises.writeSchema(v1.WriteSchemaRequest.create({ schema: SCHEMA })))) };
  yield { name: "read the schema", work: async (say) => say((await promises.readSchema(v1.ReadSchemaRequest.create())).schemaText.includes("permission view")) };

  // Relationships.
  yield {
    name: "write relationships",
    work: async (say) => {
      const request = v1.WriteRelationshipsRequest.create({
        updates: [
          update("CREATE", relationship("a", "viewer", subject("user", "ann"))),
          update("TOUCH", relationship("a", "viewer", subject("group", "eng", "member"))),
          update("CREATE", relationship("b", "viewer", subject("user", "*"))),
          update("CREATE", relationship("b", "banned", subject("user", "zoe"))),
          update("CREATE", relationship("c", "viewer", subject("user", "cal"), { optionalCaveat: v1.ContextualizedCaveat.create({ caveatName: "on_day", context: v1.createStructFromObject({ wanted: "monday" }) }) })),
          update("CREATE", relationship("d", "viewer", subject("user", "ann"), { optionalExpiresAt: { seconds: "4102444800", nanos: 0 } })),
          update("CREATE", v1.Relationship.create({ resource: object("group", "eng"), relation: "member", subject: subject("user", "gus") })),
        ],
        optionalPreconditions: [v1.Precondition.create({ operation: v1.Precondition_Operation.MUST_NOT_MATCH, filter: filter({ optionalResourceId: "a" }) })],
        optionalTransactionMetadata: v1.createStructFromObject({ by: "the test" }),
      });
      say(plain(await promises.writeRelationships(request)));
      say(await refused(promises.writeRelationships(request)));
      say(await refused(promises.writeRelationships({ ...request, optionalPreconditions: [] })));
    },
  };

  // The forms of a call with one answer.
  for (const [who, id] of [["ann", "a"], ["nobody", "a"], ["cal", "c"], ["gus", "a"], ["zoe", "b"], ["yan", "b"]]) {
    yield { name: `check ${who}`, work: async (say) => say(plain(await promises.checkPermission(check(id, who)))) };
  }
  const metadata = () => {
    const made = new grpc.Metadata();
    made.set("x-application", "test");
    return made;
  };
  yield { name: "(request, callback)", work: async (say) => say(await called((done) => client.checkPermission(check("a", "ann"), done))) };
  yield { name: "(request, metadata, callback)", work: async (say) => say(await called((done) => client.checkPermission(check("a", "ann"), metadata(), done))) };
  yield { name: "(request, options, callback)", work: async (say) => say(await called((done) => client.checkPermission(check("a", "ann"), { deadline: Date.now() + 20000 }, done))) };
  yield {
    name: "(request, metadata, options, callback)",
    work: async (say) => say(await called((done) => client.checkPermission(check("a", "ann"), metadata(), { deadline: new Date(Date.now() + 20000) }, done))),
  };
  yield { name: "promise (request, metadata, options)", work: async (say) => say(plain(await promises.checkPermission(check("a", "ann"), metadata(), { deadline: Date.now() + 20000 }))) };
  yield { name: "promise (request, metadata)", work: async (say) => say(plain(await promises.checkPermission(check("a", "ann"), metadata()))) };
  yield { name: "no callback", work: () => client.checkPermission(check("a", "ann")) };
  yield { name: "no request", work: async (say) => say((await called((done) => client.checkPermission(undefined, done))).error.code) };
  yield {
    name: "events of a call",
    work: async (say) => {
      const call = client.checkPermission(check("a", "ann"), (error, value) => say(error ? { error: errorOf(error) } : { value: plain(value) }));
      await events(call, say, ["metadata", "status"]);
    },
  };
  yield {
    name: "events of a call that fails",
    work: async (say) => {
      const call = client.checkPermission(check("a", "ann", { permission: "nope" }), (error) => say({ error: errorOf(error) }));
      await events(call, say, ["metadata", "status"]);
    },
  };
  yield {
    name: "a callback is called later",
    work: async (say) => {
      await called((done) => {
        client.checkPermission(check("a", "ann"), done);
        say("called");
      });
      say("answered");
    },
  };
  yield {
    name: "timers have their turn among calls",
    work: async (say) => {
      let rang = false;
      setTimeout(() => (rang = true), 5);
      for (let count = 0; !rang && count < 100_000; count += 1) await promises.checkPermission(check("a", "ann"));
      say(rang);
    },
  };

  // Messages that say nothing, or what cannot be.
  const codeOf = async (promise) => (await refused(promise)).error?.code;
  yield {
    name: "messages that cannot be right",
    work: async (say) => {
      const writing = (update) => codeOf(promises.writeRelationships(v1.WriteRelationshipsRequest.create({ updates: [update] })));
      say(await writing({ operation: 99, relationship: relationship("a", "viewer", subject("user", "odd")) }));
      say(await writing({ operation: 0, relationship: relationship("a", "viewer", subject("user", "odd")) }));
      say(await writing(v1.RelationshipUpdate.create()));
      say(await writing(update("TOUCH", relationship("a", "viewer", v1.SubjectReference.create()))));
      say(await codeOf(promises.checkPermission(check("a", "ann", { subject: undefined }))));
      say(await codeOf(all(client.lookupResources(lookup("ann", { optionalLimit: 4_000_000_000 })))));
    },
  };
  yield {
    name: "values that JSON does not have",
    work: async (say) => {
      const context = (name, kind) => ({ fields: { kind: { kind: { oneofKind: "listValue", listValue: { values: [{ kind }] } } }, [name]: { kind } } });
      const number = (numberValue) => ({ oneofKind: "numberValue", numberValue });
      for (const given of [context("day", number(1 / 0)), context("day", number(0 / 0)), context("other", number(-1 / 0)), context("day", { oneofKind: undefined })]) {
        say(await refused(promises.checkPermission(check("c", "cal", { context: given }))));
      }
    },
  };
  yield {
    name: "a consistency that says nothing",
    work: async (say) => say(await codeOf(promises.checkPermission(check("a", "ann", { consistency: v1.Consistency.create() })))),
  };
  yield {
    name: "relationships at odd times",
    work: async (say) => {
      for (const [seconds, nanos] of [["253402300800", 0], ["4102444800", -1], ["-1", 0]]) {
        const expiring = relationship("a", "viewer", subject("user", "odd"), { optionalExpiresAt: { seconds, nanos } });
        say(await codeOf(promises.writeRelationships(v1.WriteRelationshipsRequest.create({ updates: [update("TOUCH", expiring)] }))));
      }
    },
  };

  // What a check may say.
  yield {
    name: "contexts",
    work: async (say) => {
      say(plain(await promises.checkPermission(check("c", "cal", { context }))));
      say(plain(await promises.checkPermission(check("c", "cal", { context: v1.createStructFromObject({ day: "friday" }) }))));
      say(await refused(promises.checkPermission(check("c", "cal", { context: v1.createStructFromObject({ day: 7 }) }))));
    },
  };
  yield {
    name: "errors of checks",
    work: async (say) => {
      say(await refused(promises.checkPermission(check("a", "ann", { permission: "nope" }))));
      say(await refused(promises.checkPermission(check("a", "ann", { resource: object("nope", "a") }))));
      say(await refused(promises.checkPermission(check("a", "*"))));
      say((await refused(promises.checkPermission(v1.CheckPermissionRequest.create()))).error.code);
      say((await refused(promises.checkPermission(check("not an id!", "ann")))).error.code);
      say((await refused(promises.checkPermission(check("a", "ann", { consistency: v1.Consistency.create({ requirement: { oneofKind: "atLeastAsFresh", atLeastAsFresh: { token: "nonsense" } } }) })))).error.code);
    },
  };
  yield {
    name: "a bulk check",
    work: async (say) => {
      const item = (id, user, permission = "view") => v1.CheckBulkPermissionsRequestItem.create({ resource: object("document", id), permission, subject: subject("user", user) });
      const items = [item("a", "ann"), item("c", "cal"), item("a", "ann", "nope"), item("b", "zoe")];
      const { pairs } = await promises.checkBulkPermissions(v1.CheckBulkPermissionsRequest.create({ consistency: now, items }));
      for (const { request, response } of pairs) {
        const error = response.oneofKind === "error" ? { ...response.error, details: response.error.details.map(({ typeUrl }) => typeUrl) } : undefined;
        say(plain(request), plain(error ?? response));
      }
    },
  };
  yield {
    name: "an older bulk check",
    reached: false,
    work: async (say) => {
      const item = v1.BulkCheckPermissionRequestItem.create({ resource: object("document", "a"), permission: "view", subject: subject("user", "ann") });
      say(plain(await promises.bulkCheckPermission(v1.BulkCheckPermissionRequest.create({ consistency: now, items: [item] }))));
    },
  };
  yield {
    name: "expand",
    work: async (say) => {
      const request = v1.ExpandPermissionTreeRequest.create({ consistency: now, resource: object("document", "b"), permission: "view" });
      say(plain(await promises.expandPermissionTree(request)));
      say(await refused(promises.expandPermissionTree({ ...request, permission: "nope" })));
    },
  };
  yield {
    name: "a trace",
    work: async (say) => {
      const { debugTrace } = await promises.checkPermission(check("a", "ann", { withTracing: true }));
      const { resource, permission, permissionType, result } = debugTrace.check;
      say(plain({ resource, permission, permissionType, result, uses: debugTrace.schemaUsed.includes("caveat on_day") }));
    },
  };

  // Streams.
  yield { name: "promise of a stream", work: async (say) => say(sorted(await promises.readRelationships(read()))) };
  yield { name: "iteration over a stream", work: async (say) => say(sorted(await all(client.lookupResources(lookup("ann"))))) };
  yield { name: "a conditional resource", work: async (say) => say(sorted(await all(client.lookupResources(lookup("cal"))))) };
  yield {
    name: "pages of a stream",
    work: async (say) => {
      const found = [];
      let optionalCursor;
      for (let page = 0; page < 10; page += 1) {
        const messages = await all(client.lookupResources(lookup("ann", { optionalLimit: 1, optionalCursor })));
        if (messages.length === 0) break;
        found.push(...messages.map(({ resourceObjectId }) => resourceObjectId));
        optionalCursor = messages.at(-1).afterResultCursor;
      }
      say(found.sort());
    },
  };
  yield {
    name: "subjects",
    work: async (say) => {
      const request = v1.LookupSubjectsRequest.create({ consistency: now, resource: object("document", "b"), permission: "view", subjectObjectType: "user" });
      // SpiceDB gives no cursor with these.
      const found = await all(client.lookupSubjects(request));
      say(sorted(found.map(({ afterResultCursor: _, ...message }) => message)));
      say(await refused(promises.lookupSubjects({ ...request, permission: "nope" })));
    },
  };
  yield { name: "events of a stream", work: async (say) => events(client.readRelationships(read({ optionalLimit: 1 })), say) };
  yield { name: "events of an empty stream", work: async (say) => events(client.lookupResources(lookup("nobody", { permission: "banned" })), say) };
  yield { name: "events of a stream that fails", work: async (say) => events(client.lookupResources(lookup("ann", { permission: "nope" })), say) };
  yield { name: "a stream that fails and is not read", work: async (say) => events(client.lookupResources(lookup("ann", { resourceObjectType: "nope" })), say, ["error", "status"]) };
  yield { name: "a promise of a stream that fails", work: async (say) => say(await refused(promises.lookupResources(lookup("ann", { permission: "nope" })))) };
  yield { name: "iteration over a stream that fails", work: async (say) => say(await refused(all(client.lookupResources(lookup("ann", { permission: "nope" }))))) };
  yield {
    name: "forms of a stream",
    work: async (say) => {
      say(sorted(await all(client.readRelationships(read(), metadata()))).length);
      say(sorted(await all(client.readRelationships(read(), { deadline: Date.now() + 20000 }))).length);
      say(sorted(await all(client.readRelationships(read(), metadata(), { deadline: Date.now() + 20000 }))).length);
    },
  };
  yield {
    name: "leaving a stream early",
    work: async (say) => {
      const call = client.readRelationships(read());
      call.on("error", (error) => say({ error: errorOf(error) }));
      const closed = new Promise((resolve) => call.once("close", resolve));
      for await (const message of call) {
        say(message.relationship !== undefined);
        break;
      }
      await closed;
    },
  };

  // Cancelling.
  yield {
    name: "cancelling a call",
    work: async (say) => {
      say(await called((done) => client.checkPermission(check("a", "ann"), done).cancel()));
    },
  };
  yield {
    name: "cancelling a stream",
    work: async (say) => {
      const call = client.readRelationships(read());
      const told = events(call, say, ["error", "status"]);
      call.cancel();
      await told;
    },
  };
  yield {
    name: "cancelling after the end",
    work: async (say) => {
      const call = client.readRelationships(read({ optionalLimit: 1 }));
      await events(call, say);
      call.cancel();
      call.on("error", (error) => say({ late: errorOf(error) }));
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };

  // Deadlines.
  yield { name: "a deadline that is over", work: async (say) => say(await called((done) => client.checkPermission(check("a", "ann"), { deadline: Date.now() - 1000 }, done))) };
  yield { name: "a deadline that is over, of a stream", work: async (say) => events(client.readRelationships(read(), { deadline: new Date(0) }), say) };
  yield { name: "a deadline of a watch", work: async (say) => events(client.watch(v1.WatchRequest.create(), { deadline: Date.now() + 100 }), say, ["error", "status"]) };

  // Watching.
  const watched = (call, count, say) =>
    new Promise((resolve) => {
      let left = count;
      call.on("error", (error) => {
        say({ error: errorOf(error) });
        resolve();
      });
      call.on("data", ({ updates, optionalTransactionMetadata }) => {
        say(plain({ updates, optionalTransactionMetadata }));
        left -= 1;
        if (left === 0) call.cancel();
      });
    });
  yield {
    name: "watching",
    work: async (say) => {
      const { writtenAt } = await promises.writeRelationships(v1.WriteRelationshipsRequest.create({ updates: [update("TOUCH", relationship("w", "viewer", subject("user", "wil")))] }));
      await promises.writeRelationships(
        v1.WriteRelationshipsRequest.create({
          updates: [update("DELETE", relationship("w", "viewer", subject("user", "wil")))],
          optionalTransactionMetadata: v1.createStructFromObject({ by: "watching", more: [1, 2.5, null] }),
        }),
      );
      await watched(client.watch(v1.WatchRequest.create({ optionalStartCursor: writtenAt })), 1, say);
    },
  };
  yield {
    name: "watching what is to come",
    work: async (say) => {
      const { writtenAt } = await promises.writeRelationships(v1.WriteRelationshipsRequest.create({ updates: [update("TOUCH", relationship("w", "viewer", subject("user", "wim")))] }));
      const told = watched(client.watch(v1.WatchRequest.create({ optionalStartCursor: writtenAt })), 2, say);
      await new Promise((resolve) => setTimeout(resolve, 30));
      await promises.deleteRelationships(v1.DeleteRelationshipsRequest.create({ relationshipFilter: filter({ optionalResourceId: "w" }) }));
      await promises.writeRelationships(v1.WriteRelationshipsRequest.create({ updates: [update("TOUCH", relationship("w", "viewer", subject("user", "wes")))] }));
      await told;
    },
  };
  yield {
    name: "a watch that is refused",
    work: async (say) => {
      const call = client.watch(v1.WatchRequest.create({ optionalObjectTypes: ["document"], optionalRelationshipFilters: [filter()] }));
      const code = await new Promise((resolve) => call.on("error", (error) => resolve(error.code)).on("data", resolve));
      say(code);
    },
  };

  // Deleting.
  yield {
    name: "deleting",
    work: async (say) => {
      const request = v1.DeleteRelationshipsRequest.create({ relationshipFilter: filter({ optionalResourceId: "w" }) });
      say(plain(await promises.deleteRelationships(request)));
      say(plain(await promises.deleteRelationships(request)));
      say((await refused(promises.deleteRelationships(v1.DeleteRelationshipsRequest.create()))).error.code);
    },
  };

  // Importing and exporting.
  const batch = (...ids) => v1.ImportBulkRelationshipsRequest.create({ relationships: ids.map((id) => relationship(id, "viewer", subject("user", "imp"))) });
  const imports = [
    ["(callback)", (done) => [done]],
    ["(metadata, callback)", (done) => [metadata(), done]],
    ["(options, callback)", (done) => [{ deadline: Date.now() + 20000 }, done]],
    ["(metadata, options, callback)", (done) => [metadata(), { deadline: Date.now() + 20000 }, done]],
  ];
  for (const [at, [form, given]] of imports.entries()) {
    yield {
      name: `importing ${form}`,
      reached: false,
      work: async (say) => {
        say(
          await called((done) => {
            const call = (at % 2 === 0 ? client : promises).importBulkRelationships(...given(done));
            call.on("status", (status) => say({ status: statusOf(status) }));
            call.write(batch(`${at}-1`, `${at}-2`), () => say("taken"));
            call.write(batch(`${at}-3`));
            call.end();
          }),
        );
      },
    };
  }
  yield {
    name: "importing what is there",
    reached: false,
    work: async (say) => {
      say(
        await called((done) => {
          const call = client.importBulkRelationships(done);
          call.on("error", (error) => say({ stream: errorOf(error) }));
          call.end(batch("0-1"));
        }),
      );
    },
  };
  yield { name: "importing nothing", reached: false, work: async (say) => say(await called((done) => client.bulkImportRelationships(done).end())) };
  yield {
    name: "importing what is wrong",
    reached: false,
    work: async (say) => {
      say(
        await called((done) => {
          const call = client.importBulkRelationships(done);
          call.on("error", () => {});
          call.write(v1.ImportBulkRelationshipsRequest.create({ relationships: [relationship("x", "nope", subject("user", "imp"))] }));
          call.end();
        }),
      );
    },
  };
  yield {
    name: "cancelling an import",
    reached: false,
    work: async (say) => {
      say(
        await called((done) => {
          const call = client.importBulkRelationships(done);
          call.on("error", () => {});
          call.write(batch("never"), () => call.cancel());
        }),
      );
      say((await promises.readRelationships(read({ relationshipFilter: filter({ optionalResourceId: "never" }) }))).length);
    },
  };
  yield {
    name: "an import that is never ended",
    reached: false,
    work: async (say) => {
      say(
        await called((done) => {
          const call = client.importBulkRelationships({ deadline: Date.now() + 60 }, done);
          call.on("error", () => {});
          call.write(batch("never"));
        }),
      );
    },
  };
  yield {
    name: "exporting",
    reached: false,
    work: async (say) => {
      const optionalRelationshipFilter = filter({ optionalSubjectFilter: { subjectType: "user", optionalSubjectId: "imp" } });
      const request = v1.ExportBulkRelationshipsRequest.create({ consistency: now, optionalRelationshipFilter, optionalLimit: 5 });
      say(plain(await promises.exportBulkRelationships(request)));
      say(plain(await all(client.bulkExportRelationships(v1.BulkExportRelationshipsRequest.create({ ...request, optionalLimit: 0 })))));
      await events(client.exportBulkRelationships({ ...request, optionalCursor: { token: "nonsense" } }), say);
    },
  };

  // Reflection.
  for (const [name, older, Request, request] of [
    ["reflectSchema", "experimentalReflectSchema", "ReflectSchemaRequest", {}],
    ["computablePermissions", "experimentalComputablePermissions", "ComputablePermissionsRequest", { definitionName: "document", relationName: "banned" }],
    ["dependentRelations", "experimentalDependentRelations", "DependentRelationsRequest", { definitionName: "document", permissionName: "view" }],
    ["diffSchema", "experimentalDiffSchema", "DiffSchemaRequest", { comparisonSchema: "definition user {}" }],
  ]) {
    yield {
      name,
      reached: false,
      work: async (say) => {
        say(plain(await promises[name](v1[Request].create({ consistency: now, ...request }))));
        say(plain(await promises[older](v1[`Experimental${Request}`].create({ consistency: now, ...request }))));
      },
    };
  }
  yield {
    name: "reflection of nothing",
    reached: false,
    work: async (say) => say(await refused(promises.dependentRelations(v1.DependentRelationsRequest.create({ consistency: now, definitionName: "nope", permissionName: "view" })))),
  };

  // Counters.
  yield {
    name: "counters",
    reached: false,
    work: async (say) => {
      const register = v1.ExperimentalRegisterRelationshipCounterRequest.create({ name: "documents", relationshipFilter: filter() });
      say(plain(await promises.experimentalRegisterRelationshipCounter(register)));
      say(await refused(promises.experimentalRegisterRelationshipCounter(register)));
      say(plain(await promises.experimentalCountRelationships(v1.ExperimentalCountRelationshipsRequest.create({ name: "documents" }))));
      say(plain(await promises.experimentalUnregisterRelationshipCounter(v1.ExperimentalUnregisterRelationshipCounterRequest.create({ name: "documents" }))));
      say(await refused(promises.experimentalCountRelationships(v1.ExperimentalCountRelationshipsRequest.create({ name: "documents" }))));
    },
  };

  // What SpiceDB does not have.
  yield { name: "materialize", reached: false, served: false, work: async (say) => say(await refused(promises.watchPermissions(v1.WatchPermissionsRequest.create({ permissions: [] })))) };
  yield { name: "materialize, a stream", reached: false, served: false, work: async (say) => say(await refused(all(client.lookupPermissionSets(v1.LookupPermissionSetsRequest.create({ limit: 1 }))))) };

  // Clients.
  yield {
    name: "tokens",
    work: async (say) => {
      const other = connect("other");
      say(await refused(other.promises.readSchema(v1.ReadSchemaRequest.create())));
      await other.promises.writeSchema(v1.WriteSchemaRequest.create({ schema: "definition user {}" }));
      const again = connect("other");
      say((await again.promises.readSchema(v1.ReadSchemaRequest.create())).schemaText);
      say((await promises.readSchema(v1.ReadSchemaRequest.create())).schemaText.includes("document"));
      other.close();
      say((await again.promises.readSchema(v1.ReadSchemaRequest.create())).schemaText);
      again.close();
    },
  };
  yield {
    name: "interceptors, of a client",
    work: async (say) => {
      const heard = [];
      const interceptor = (options, next) => {
        heard.push(options.method_definition.path);
        return new grpc.InterceptingCall(next(options), {
          start: (given, listener, begin) =>
            begin(given, {
              onReceiveStatus: (status, pass) => {
                heard.push(status.code);
                pass(status);
              },
            }),
        });
      };
      const other = connect("main", { interceptors: [interceptor] });
      say(plain(await other.promises.checkPermission(check("a", "ann"))));
      say((await all(other.readRelationships(read({ optionalLimit: 2 })))).length);
      say(heard);
      other.close();
    },
  };
  yield {
    name: "a small limit of what is received",
    work: async (say) => {
      const other = connect("main", { "grpc.max_receive_message_length": 4 });
      const { error } = await refused(other.promises.checkPermission(check("a", "ann")));
      say(error.code, error.details.replace(/\d+/, "*"));
      other.close();
    },
  };
  yield {
    name: "a small limit of what is sent",
    work: async (say) => {
      const other = connect("main", { "grpc.max_send_message_length": 4 });
      say(await refused(other.promises.checkPermission(check("a", "ann"))));
      other.close();
    },
  };
  yield {
    name: "messages that are too large for the server",
    work: async (say) => {
      const large = (bytes) => ({ context: v1.createStructFromObject({ much: "x".repeat(bytes) }) });
      say((await all(client.lookupResources(lookup("ann", large(4_000_000))))).length);
      const { error } = await refused(promises.lookupResources(lookup("ann", large(4_200_000))));
      say(error.code, /^(grpc: r|R)eceived message larger than max \(\d+ vs\.? 4194304\)$/.test(error.details));
    },
  };
  yield {
    name: "two tokens in one call",
    work: async (say) => {
      const given = new grpc.Metadata();
      given.set("authorization", "Bearer another");
      say(await refused(promises.checkPermission(check("a", "ann"), given)));
    },
  };
  yield {
    name: "credentials of a call",
    work: async (say) => {
      const given = (generate) => ({ credentials: grpc.credentials.createFromMetadataGenerator(generate) });
      const also = given((_, done) => done(null, metadata()));
      say(await called((done) => client.checkPermission(check("a", "ann"), also, done)));
      const failing = given((_, done) => done(Object.assign(new Error("no key"), { code: grpc.status.UNAUTHENTICATED })));
      say(await called((done) => client.checkPermission(check("a", "ann"), failing, done)));
      const broken = given((_, done) => done(new Error("no key")));
      say(await called((done) => client.checkPermission(check("a", "ann"), broken, done)));
      const misleading = given((_, done) => done(Object.assign(new Error("no key"), { code: grpc.status.NOT_FOUND })));
      say(await called((done) => client.checkPermission(check("a", "ann"), misleading, done)));
    },
  };
  yield {
    name: "being ready",
    work: async (say) => {
      const other = connect("main");
      say(await new Promise((resolve) => other.waitForReady(Date.now() + 5000, (error) => resolve(error ? error.message : "ready"))));
      say(grpc.connectivityState[other.getChannel().getConnectivityState(false)]);
      other.close();
    },
  };
  yield {
    name: "a closed client",
    work: async (say) => {
      const other = connect("main");
      say(plain(await other.promises.checkPermission(check("a", "ann"))));
      other.close();
      other.close();
      try {
        other.checkPermission(check("a", "ann"), (error) => say({ error: errorOf(error) }));
      } catch (error) {
        say({ threw: error.message });
      }
      say(await refused(other.promises.checkPermission(check("a", "ann"))));
      say(await refused(other.promises.readRelationships(read())));
    },
  };
  yield {
    name: "closing during a stream",
    work: async (say) => {
      const other = connect("main");
      const call = other.readRelationships(read({ optionalLimit: 2 }));
      const told = all(call);
      await new Promise((resolve) => call.once("metadata", resolve));
      other.close();
      say((await told).length);
    },
  };
}
