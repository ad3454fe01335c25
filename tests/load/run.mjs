// Load on a server: checks, lookups and writes at once, with a hundred watchers, two of whom read slowly. Who is cut off for being too far behind
// goes on from where it was, as a client would.
//   node tests/load/run.mjs [--seconds 60] [--watchers 100] [--writes 30] [--spicedb]
// Fails on any error and wrong answer, where a watcher misses a write or sees it out of order, and where the server's memory grows. With
// --spicedb the same runs against the embedded SpiceDB afterwards (by gRPC alone: it has no HTTP), for comparison; its figures judge nothing.

import { spawn } from "node:child_process";
import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { v1 } from "@authzed/authzed-node";
import { Metadata } from "@grpc/grpc-js";
import { DOCUMENTS, GROUPS, KEY, USERS, sees } from "./data.mjs";

const argument = (name, otherwise) => (process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : otherwise);
const seconds = argument("--seconds", 60);
const watchers = argument("--watchers", 100);
const writesPerSecond = argument("--writes", 30);
/** Calls under way at once. */
const CHECKERS = 6;
const LOOKERS = 2;
/** gRPC's code for a watcher that is too far behind. */
const BEHIND = 8;
/** Milliseconds that a slow reader takes for an event: nearly twice as long as there is until the next one. */
const SLOW = 60;
/** Events behind from which on it hurries, and to which: it is cut off before, and everything that it missed is still kept. */
const LAG = { most: 800, least: 50 };
/** Milliseconds for the last events to arrive. */
const PATIENCE = 30_000;
/** Names that the writes go round in. */
const ROUND = 500;
/** Growth of memory from the second quarter to the last that is no growth: garbage comes and goes. */
const FLAT = { ratio: 1.1, bytes: 24 * 1024 * 1024 };

const results = [await run("peppercorn")];
if (process.argv.includes("--spicedb")) results.push(await run("spicedb"));
report(results);
const [{ failures }] = results;
if (failures.length > 0) console.error(failures.slice(0, 20).join("\n"));
process.exit(failures.length > 0 ? 1 : 0);

async function run(kind) {
  const server = await started(kind);
  const failures = [];
  const fail = (what) => failures.push(what);
  const times = { "check, gRPC": [], "check, HTTP": [], "lookup resources": [], "lookup subjects": [], write: [] };
  const memory = [];
  const unary = clientOf(server.unary);
  const streaming = clientOf(server.streaming);
  const seen = [];
  let written = 0;
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);

  // The slow ones have connections of their own: what piles up there is nobody else's.
  const shared = Array.from({ length: 5 }, () => clientOf(server.streaming));
  for (let place = 0; place < watchers; place += 1) {
    const isSlow = place < 2;
    const tell = sequence(seen, isSlow, () => written, fail);
    if (server.http !== undefined && place % 2 === 1) watchHttp(server.http, tell, isSlow ? SLOW : 0, closing.signal, fail);
    else watchGrpc(isSlow ? clientOf(server.streaming) : shared[place % shared.length], tell, isSlow ? SLOW : 0, closing.signal, fail);
  }
  // That a watch stands is known once it told something.
  for (let tries = 0; seen.some(({ isThere }) => !isThere); tries += 1) {
    if (tries === 200) throw new Error("the watches do not stand");
    await unary.promises.writeRelationships(writing(0, "warm"));
    await unary.promises.writeRelationships(writing(ROUND / 2, "warm"));
    await wait(100);
  }
  const write = async () => {
    const sequence = written;
    written += 1;
    await timed(times.write, () => unary.promises.writeRelationships(writing(sequence)));
  };

  const end = performance.now() + seconds * 1000;
  const going = () => performance.now() < end;
  const repeat = async (work) => {
    while (going()) await work().catch((error) => fail(`${error.message}`));
  };
  const sampling = setInterval(() => memory.push(server.memory()), Math.max(50, (seconds * 1000) / 120));
  const begun = performance.now();
  const used = server.cpu();
  await Promise.all([
    ...Array.from({ length: CHECKERS }, (_, place) => repeat(() => (place % 2 === 1 && server.http ? checkHttp(server.http, times, fail) : checkGrpc(unary, times, fail)))),
    ...Array.from({ length: LOOKERS }, (_, place) => repeat(() => (place === 0 ? lookupResources(streaming, times, fail) : lookupSubjects(streaming, times, fail)))),
    (async () => {
      // At a steady rate: late writes are made up for.
      for (let count = 0; going(); count += 1) {
        await write().catch((error) => fail(`write: ${error.message}`));
        await wait(Math.max(0, begun + ((count + 1) * 1000) / writesPerSecond - performance.now()));
      }
    })(),
  ]);
  clearInterval(sampling);
  const busy = (server.cpu() - used) / ((performance.now() - begun) / 1000);
  const last = performance.now() + PATIENCE;
  while (performance.now() < last && seen.some(({ count }) => count < written)) {
    seen.forEach((one) => (one.hurry = true));
    await wait(20);
  }
  closing.abort();
  for (const [place, { count }] of seen.entries()) if (count !== written) fail(`watcher ${place} saw ${count} of ${written} writes`);
  const growth = grown(memory);
  if (seconds >= 20 && growth.isGrown) fail(`memory grew from ${mega(growth.before)} to ${mega(growth.after)} MB`);
  server.end();
  return { kind, failures, times, memory, growth, busy, written, events: seen.reduce((sum, { count }) => sum + count, 0) };
}

async function started(kind) {
  const child = spawn(process.execPath, [fileURLToPath(new URL("served.mjs", import.meta.url)), kind], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once("line", (text) => resolve([text]))),
    new Promise((_, reject) => child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)))),
  ]);
  return {
    ...JSON.parse(line),
    memory: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) * 1024,
    /** Seconds of processor time. */
    cpu: () => readFileSync(`/proc/${child.pid}/stat`, "utf8").split(" ").slice(13, 15).reduce((sum, ticks) => sum + Number(ticks) / 100, 0),
    end: () => child.kill(),
  };
}

function clientOf(address) {
  return v1.NewClient(KEY, address, v1.ClientSecurity.INSECURE_PLAINTEXT_CREDENTIALS, 0, { "grpc.use_local_subchannel_pool": 1 });
}

async function timed(times, work) {
  const start = performance.now();
  const result = await work();
  times.push(performance.now() - start);
  return result;
}

function below(count) {
  return Math.floor(Math.random() * count);
}

/** A question, every other one with a yes, and its answer. */
function question() {
  const user = below(USERS);
  const document = below(2) === 0 ? below(DOCUMENTS) : (user % GROUPS) + GROUPS * below(DOCUMENTS / GROUPS);
  const request = {
    consistency: { fullyConsistent: true },
    resource: { objectType: "document", objectId: `d${document}` },
    permission: "view",
    subject: { object: { objectType: "user", objectId: `u${user}` } },
  };
  return { request, expected: sees(user, document) };
}

async function checkGrpc(client, times, fail) {
  const { request, expected } = question();
  const message = v1.CheckPermissionRequest.fromJson(request);
  const { permissionship } = await timed(times["check, gRPC"], () => client.promises.checkPermission(message));
  if ((permissionship === v1.CheckPermissionResponse_Permissionship.HAS_PERMISSION) !== expected) fail(`a wrong answer: ${JSON.stringify(request)}`);
}

async function checkHttp(base, times, fail) {
  const { request, expected } = question();
  const { permissionship } = await timed(times["check, HTTP"], async () => {
    const response = await fetch(`${base}/v1/permissions/check`, { method: "POST", headers: { authorization: `Bearer ${KEY}` }, body: JSON.stringify(request) });
    return response.json();
  });
  if ((permissionship === "PERMISSIONSHIP_HAS_PERMISSION") !== expected) fail(`a wrong answer: ${JSON.stringify(request)}`);
}

async function lookupResources(client, times, fail) {
  const user = below(USERS);
  const request = v1.LookupResourcesRequest.fromJson({
    consistency: { fullyConsistent: true },
    resourceObjectType: "document",
    permission: "view",
    subject: { object: { objectType: "user", objectId: `u${user}` } },
  });
  const found = await timed(times["lookup resources"], () => client.promises.lookupResources(request));
  const ids = new Set(found.map(({ resourceObjectId }) => resourceObjectId));
  if (ids.size !== DOCUMENTS / GROUPS || ![...ids].every((id) => sees(user, Number(id.slice(1))))) fail(`${ids.size} documents for u${user}`);
}

async function lookupSubjects(client, times, fail) {
  const document = below(DOCUMENTS);
  const request = v1.LookupSubjectsRequest.fromJson({
    consistency: { fullyConsistent: true },
    resource: { objectType: "document", objectId: `d${document}` },
    permission: "view",
    subjectObjectType: "user",
  });
  const found = await timed(times["lookup subjects"], () => client.promises.lookupSubjects(request));
  if (found.length !== USERS / GROUPS) fail(`${found.length} people for d${document}`);
}

/** The write of that number: it adds a name, and removes one that was added half a round before. The store stays as large as it is. */
function writing(sequence, prefix = "t") {
  const update = (operation, number) => ({
    operation,
    relationship: {
      resource: { objectType: "document", objectId: "ticks" },
      relation: "viewer",
      subject: { object: { objectType: "user", objectId: `${prefix}${number % ROUND}` } },
    },
  });
  return v1.WriteRelationshipsRequest.fromJson({ updates: [update("OPERATION_TOUCH", sequence), update("OPERATION_DELETE", sequence + ROUND / 2)] });
}

/** What a watcher is told, checked: each write once, in order. */
function sequence(seen, isSlow, written, fail) {
  const state = { count: 0, isThere: false, hurry: !isSlow };
  seen.push(state);
  const place = seen.length - 1;
  state.tell = (subjects) => {
    for (const subject of subjects) {
      state.isThere = true;
      if (subject.startsWith("warm")) continue;
      if (subject !== `t${state.count % ROUND}`) fail(`watcher ${place} saw ${subject} as write ${state.count}`);
      state.count += 1;
    }
    const lag = written() - state.count;
    if (lag >= LAG.most) state.hurry = true;
    else if (lag <= LAG.least) state.hurry = !isSlow;
  };
  return state;
}

/** Whether a relationship is of the writes of this run: SpiceDB tells its watchers of what was there before, too. */
function isTick({ resource }) {
  return resource.objectId === "ticks";
}

function subjectOf({ subject }) {
  return subject.object.objectId;
}

function watchGrpc(client, state, pause, signal, fail, from = undefined) {
  let reached = from;
  // The stock client gives every call up after a while unless told otherwise.
  const call = client.watch(v1.WatchRequest.create({ optionalStartCursor: from }), new Metadata(), { deadline: Date.now() + 24 * 3_600_000 });
  const touch = v1.RelationshipUpdate_Operation.TOUCH;
  const cancel = () => {
    call.cancel();
    client.close();
  };
  let isOver = false;
  call.on("data", async ({ updates, changesThrough }) => {
    // What was read ahead comes even after the error, and comes again to the watch that goes on.
    if (isOver) return;
    reached = changesThrough;
    state.tell(updates.filter(({ operation }) => operation === touch).map(({ relationship }) => relationship).filter(isTick).map(subjectOf));
    if (pause > 0 && !state.hurry) {
      call.pause();
      await wait(pause);
      call.resume();
    }
  });
  call.on("error", (error) => {
    isOver = true;
    signal.removeEventListener("abort", cancel);
    if (signal.aborted) return;
    if (error.code === BEHIND && reached !== from) watchGrpc(client, state, pause, signal, fail, reached);
    else fail(`watch: ${error.message}`);
  });
  signal.addEventListener("abort", cancel);
}

async function watchHttp(base, state, pause, signal, fail, from = undefined) {
  let reached = from;
  try {
    const body = JSON.stringify({ optionalStartCursor: from });
    const response = await fetch(`${base}/v1/watch`, { method: "POST", headers: { authorization: `Bearer ${KEY}` }, body, signal });
    let begun = "";
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (begun + part).split("\n");
      begun = lines.pop();
      for (const line of lines) {
        const { result, error } = JSON.parse(line);
        if (error?.code === BEHIND && reached !== from) return watchHttp(base, state, pause, signal, fail, reached);
        if (error) throw new Error(error.message);
        reached = result.changesThrough;
        state.tell(result.updates.filter(({ operation }) => operation === "OPERATION_TOUCH").map(({ relationship }) => relationship).filter(isTick).map(subjectOf));
        if (pause > 0 && !state.hurry) await wait(pause);
      }
    }
    throw new Error("a watch ended");
  } catch (error) {
    if (!signal.aborted) fail(`watch, HTTP: ${error.message}`);
  }
}

/** Whether there is more memory in the last quarter of the time than in the second. */
function grown(memory) {
  const quarter = Math.floor(memory.length / 4);
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
  const before = median(memory.slice(quarter, 2 * quarter));
  const after = median(memory.slice(3 * quarter));
  return { before, after, isGrown: after > before * FLAT.ratio && after > before + FLAT.bytes };
}

function report(all) {
  const at = (times, share) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))];
  for (const { kind, times, memory, growth, busy, written, events, failures } of all) {
    console.log(`${kind}: ${seconds} s, ${watchers} watchers, ${written} writes, ${events} events told, ${failures.length} failures`);
    for (const [name, list] of Object.entries(times)) {
      if (list.length === 0) continue;
      const figures = [0.5, 0.99, 1].map((share) => at(list, share).toFixed(2).padStart(8));
      console.log(`  ${name.padEnd(17)} ${String(Math.round(list.length / seconds)).padStart(6)}/s  p50 ${figures[0]} ms  p99 ${figures[1]} ms  worst ${figures[2]} ms`);
    }
    console.log(`  the server kept ${busy.toFixed(2)} processors busy`);
    const peak = memory.reduce((most, one) => Math.max(most, one), 0);
    console.log(`  memory: second quarter ${mega(growth.before)} MB, last quarter ${mega(growth.after)} MB, most ${mega(peak)} MB`);
  }
}

function mega(bytes) {
  return (bytes / 2 ** 20).toFixed(0);
}
