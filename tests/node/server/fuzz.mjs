// Sends a server what nobody should: random bytes and random requests on both ports, for so many seconds.
//   node tests/node/server/fuzz.mjs [--seconds 4] [--seed N]
// Fails where an answer is none that a refusal may be, and where the server does not go on.

import assert from "node:assert/strict";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { Peppercorn } from "peppercorn";
import { CHECK, KEY, SCHEMA, base, isWell, post, server } from "./http.mjs";

const argument = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : otherwise);
const seconds = argument("--seconds", 4);
const seed = argument("--seed", Math.floor(Math.random() * 2 ** 31));
/** At once. */
const WORKERS = 8;
/** Bodies that each worker makes of a template. */
const STATUSES = new Set([200, 400, 401, 403, 404, 408, 409, 413, 415, 429, 431, 501]);
const CODES = new Set([0, 3, 5, 6, 7, 8, 9, 11, 12, 13, 16, 1]);

console.log(`seed ${seed}`);
process.on("unhandledRejection", (error) => fail(error));
process.on("uncaughtException", (error) => fail(error));

/** Numbers from a seed, the same on every machine (mulberry32). */
function random(from) {
  let state = from >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count) => Math.floor(next() * count);
  return { next, below, of: (list) => list[below(list.length)], bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))) };
}

const engine = new Peppercorn({ schema: SCHEMA, relationships: "document:readme#viewer@user:alice" });
const running = await server(undefined, { engine, requestTimeout: 2000, maxRequestBytes: 100_000 });
const { paths } = await (await fetch(`${base(running)}/openapi.json`)).json();
const PATHS = Object.keys(paths).filter((path) => path.startsWith("/v1") && path !== "/v1/watch");
const NAMES = [...new Set(JSON.stringify(await (await fetch(`${base(running)}/openapi.json`)).json()).match(/(?<=")\w+(?=":)/g))];
const METHODS = Object.values(paths).flatMap(({ post: method }) => (method ? [`authzed.api.v1.${method.tags[0]}/${method.operationId}`] : []));
const VALUES = ["document", "readme", "user", "alice", "view", "viewer", "*", "...", "", 0, -1, 1e400, true, null, "OPERATION_TOUCH", "2999-01-01T00:00:00Z", "\u0000", "x".repeat(5000), SCHEMA];

let requests = 0;
const end = performance.now() + seconds * 1000;
await Promise.all(Array.from({ length: WORKERS }, (_, place) => worker(random(seed + place))));
// Whatever was written, the server still does what it is for.
await post(running, "/v1/schema/write", { schema: SCHEMA });
await post(running, "/v1/relationships/write", { updates: [{ operation: "OPERATION_TOUCH", relationship: { resource: CHECK.resource, relation: "viewer", subject: CHECK.subject } }] });
assert.ok(await isWell(running), "the server does not go on");
await running.close({ grace: 0 });
console.log(`seed ${seed}: ${requests} requests`);
process.exit(0);

async function worker(dice) {
  while (performance.now() < end) {
    await dice.of([requested, requested, requested, mangled, garbage, called, called])(dice);
    requests += 1;
  }
}

/** A value of any kind, some of it as requests have it. */
function value(dice, levels = 4) {
  if (levels === 0 || dice.below(3) === 0) return dice.of(VALUES);
  if (dice.below(4) === 0) return Array.from({ length: dice.below(4) }, () => value(dice, levels - 1));
  return Object.fromEntries(Array.from({ length: dice.below(5) }, () => [dice.of(NAMES), value(dice, levels - 1)]));
}

/** A text with some of it gone, doubled or changed. */
function mutated(dice, text) {
  const bytes = Buffer.from(text);
  for (let count = dice.below(4); count >= 0; count -= 1) {
    const place = dice.below(bytes.length);
    const kind = dice.below(3);
    if (kind === 0) bytes[place] = dice.below(256);
    else if (kind === 1) bytes.copy(bytes, place, dice.below(bytes.length));
    else bytes.fill(dice.below(256), place, Math.min(bytes.length, place + dice.below(20)));
  }
  return bytes;
}

/** A request that HTTP has nothing against, with a body of any kind. */
async function requested(dice) {
  const path = dice.of([...PATHS, dice.bytes(6).toString("hex")].map((one) => (one.startsWith("/") ? one : `/${one}`)));
  const body = dice.of([() => JSON.stringify(value(dice)), () => mutated(dice, JSON.stringify(CHECK)), () => dice.bytes(dice.below(200)), () => JSON.stringify({ ...CHECK, [dice.of(NAMES)]: value(dice) })])();
  const headers = dice.of([{}, {}, { "content-type": dice.bytes(5).toString("hex") }, { "grpc-timeout": dice.of(["1S", "1m", "0n", "x"]) }, { "content-encoding": "gzip" }]);
  const key = dice.of([KEY, KEY, KEY, KEY, "wrong", null]);
  const { status, text } = await post(running, path, body, { headers, key });
  if (!STATUSES.has(status) && status !== 504) fail(new Error(`${path} answers ${status} ${text} to ${Buffer.from(body).toString("latin1")}`));
  for (const line of text.split("\n")) if (line !== "") JSON.parse(line);
}

/** A request whose very letters are changed. */
async function mangled(dice) {
  const body = JSON.stringify(CHECK);
  await bytes(dice, running.httpPort, mutated(dice, `POST ${dice.of(PATHS)} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${KEY}\r\ncontent-length: ${body.length}\r\n\r\n${body}`));
}

/** Bytes that nobody meant anything by, some after what HTTP/2 begins with. */
function garbage(dice) {
  const preface = dice.of(["", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]);
  return bytes(dice, dice.of([running.httpPort, running.grpcPort]), Buffer.concat([Buffer.from(preface), dice.bytes(dice.below(300))]));
}

function bytes(dice, port, sent) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.setTimeout(30 + dice.below(50), () => socket.destroy());
    socket.on("error", () => {});
    socket.on("data", () => {});
    socket.on("close", resolve);
    socket.end(sent);
  });
}

/** A gRPC call with a message, or frames, of any kind. */
function called(dice) {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${running.grpcPort}`);
    const timer = setTimeout(() => session.destroy(), 1000);
    session.on("error", () => {});
    session.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
    const method = dice.of([...METHODS.filter((name) => !name.endsWith("/Watch")), "authzed.api.v1.Nothing/Nothing"]);
    const request = session.request({ ":method": "POST", ":path": `/${method}`, "content-type": "application/grpc", te: "trailers", authorization: `Bearer ${dice.of([KEY, KEY, "wrong"])}` });
    request.on("error", () => {});
    request.on("data", () => {});
    let code;
    const told = (headers) => (code = headers["grpc-status"] ?? code);
    request.on("response", told).on("trailers", told);
    request.on("close", () => {
      if (code !== undefined && !CODES.has(Number(code))) fail(new Error(`${method} answers ${code}`));
      session.destroy();
    });
    const message = dice.bytes(dice.below(60));
    const length = Buffer.alloc(5);
    length.writeUInt32BE(dice.below(4) === 0 ? dice.below(2 ** 32) : message.length, 1);
    request.end(Buffer.concat([length, message]));
  });
}

function fail(error) {
  console.error(`seed ${seed}:`, error);
  process.exit(1);
}
