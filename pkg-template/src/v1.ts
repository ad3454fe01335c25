// The v1 API: requests and responses are proto3 JSON, and the engine does the rest.

import type { v1 } from "../index.cjs";
import { perhaps } from "./arguments.ts";
import { PeppercornError, invalidArgument } from "./errors.ts";
import { type Host, atThisTime } from "./host.ts";
import { requestText } from "./messages.ts";
import { call } from "./raw.ts";
import { importAll, importAllAsync, messages } from "./streams.ts";
import { Watcher } from "./watch.ts";

/** What a method does with the text of a request. */
type Answer = (host: Host, request: string) => unknown;
type Kind = (method: string) => Answer;

const unary: Kind = (method) => (host, request) => {
  const [engine, now] = atThisTime(host);
  return JSON.parse(call(() => engine.call(method, request, now)));
};

const writing: Kind = (method) => (host, request) => {
  const response = unary(method)(host, request);
  host.changes.tell(Number((response as Partial<v1.DeleteRelationshipsResponse>).relationshipsDeletedCount ?? 0));
  return response;
};

const streaming = (atOnce: number): Kind => (method) => (host, request) => {
  const [engine, now] = atThisTime(host);
  return messages(call(() => engine.stream(method, request, now)), atOnce);
};

/** Messages of one result that cross at a time; a message of an export holds thousands. */
const MANY = 256;

const METHODS: Readonly<Record<string, Kind>> = {
  CheckPermission: unary,
  CheckBulkPermissions: unary,
  ExpandPermissionTree: unary,
  LookupResources: streaming(MANY),
  LookupSubjects: streaming(MANY),
  ReadRelationships: streaming(MANY),
  WriteRelationships: writing,
  DeleteRelationships: writing,
  ExportBulkRelationships: streaming(1),
  ReadSchema: unary,
  WriteSchema: writing,
  ReflectSchema: unary,
  ComputablePermissions: unary,
  DependentRelations: unary,
  DiffSchema: unary,
  // Older names of the above.
  BulkCheckPermission: unary,
  BulkExportRelationships: streaming(1),
  ExperimentalReflectSchema: unary,
  ExperimentalComputablePermissions: unary,
  ExperimentalDependentRelations: unary,
  ExperimentalDiffSchema: unary,
  ExperimentalRegisterRelationshipCounter: unary,
  ExperimentalCountRelationships: unary,
  ExperimentalUnregisterRelationshipCounter: unary,
};

/** The methods of an engine. They keep the host, and so the engine, for as long as they are kept. */
export function serviceOf(host: Host): v1.Service {
  const service: Record<string, unknown> = {
    importBulkRelationships: (requests: unknown) => importAll(host, requests),
    bulkImportRelationships: (requests: unknown) => importAll(host, requests),
    watch: (request: unknown, options?: unknown) => watch(host, request, options),
  };
  const importing = async (requests: unknown, options?: unknown): Promise<unknown> => {
    const signal = signalOf(options);
    return importAllAsync(host, requests, () => throwIfAborted(signal));
  };
  const waiting: Record<string, unknown> = {
    importBulkRelationships: importing,
    bulkImportRelationships: importing,
  };
  for (const [method, kind] of Object.entries(METHODS)) {
    const answer = kind(method);
    const name = method.charAt(0).toLowerCase() + method.slice(1);
    service[name] = (request: unknown) => answer(host, requestText(request));
    waiting[name] = async (request: unknown, options?: unknown) => settled(host, answer, request, signalOf(options));
  }
  service["async"] = Object.freeze(waiting);
  return Object.freeze(service) as unknown as v1.Service;
}

/** A watcher of an engine. */
export function watch(host: Host, request: unknown, options: unknown): Watcher {
  const text = requestText(request);
  const signal = signalOf(options);
  throwIfAborted(signal);
  const [engine, now] = atThisTime(host);
  return new Watcher(host, call(() => engine.watch(text, now)), signal);
}

/** The answer, once the engine has reached the revision that the request is to be at least as fresh as. */
function settled(host: Host, answer: Answer, request: unknown, signal: v1.Signal | undefined): Promise<unknown> {
  throwIfAborted(signal);
  // Written once: what the caller does to the request meanwhile does not change the question.
  const text = requestText(request);
  return new Promise((resolve, reject) => {
    const look = (): boolean => {
      try {
        resolve(answer(host, text));
      } catch (thrown) {
        if (thrown instanceof PeppercornError && thrown.code === "REVISION_NOT_REACHED" && isAtLeastAsFresh(text)) return false;
        reject(thrown);
      }
      return true;
    };
    if (!look()) host.changes.wait(look, signal, reject);
  });
}

/** Whether the request names a revision that an answer may be newer than. Of a request with a cursor, the cursor says the revision. */
function isAtLeastAsFresh(text: string): boolean {
  const { consistency, optionalCursor, optional_cursor: cursor = optionalCursor } = JSON.parse(text) as Record<string, unknown>;
  const hasToken = typeof consistency === "object" && consistency !== null && ("atLeastAsFresh" in consistency || "at_least_as_fresh" in consistency);
  return hasToken && (cursor === undefined || cursor === null);
}

function signalOf(options: unknown): v1.Signal | undefined {
  const { signal } = perhaps(options, "options", ["signal"]);
  if (signal === undefined) {
    return undefined;
  }
  if (typeof signal !== "object" || signal === null || !("aborted" in signal) || !("addEventListener" in signal)) {
    throw invalidArgument("`options.signal` must be an AbortSignal");
  }
  return signal as v1.Signal;
}

function throwIfAborted(signal: v1.Signal | undefined): void {
  if (signal?.aborted === true) {
    throw signal.reason;
  }
}
