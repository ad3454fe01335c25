// Questions to a server, with the results of the engine's own. A server goes by its own clock and explains nothing here.

import type { DirectSubject, FoundPermissionship, PartialCaveatInfo, PermissionTree, Permissionship, SetOperation, v1 } from "../../index.cjs";
import type { Asked, Paged, Under } from "./questions.ts";
import type { Connection } from "./server-options.ts";
import { UsageError } from "./usage.ts";

const NEWEST = { fullyConsistent: true };

/** A server's answers. */
export function askServer(connection: Connection): Asked {
  return {
    async checkPermission(subject, permission, resource, options) {
      if (options.trace === true) throw new UsageError("`--trace` needs the data in files: a server is not asked for its reasons");
      const request = { ...asked(options), subject: subjectOf(subject), permission, resource: objectOf(resource) };
      const answer = (await connection.call("CheckPermission", request)) as unknown as v1.CheckPermissionResponse;
      return { permissionship: plain<Permissionship>(answer.permissionship), ...partial(answer.partialCaveatInfo) };
    },
    async lookupResources(subject, permission, type, options) {
      const request = { ...asked(options), ...page(options, "optionalLimit"), subject: subjectOf(subject), permission, resourceObjectType: type };
      const found = await all<v1.LookupResourcesResponse>(connection.stream("LookupResources", request));
      const results = found.map(({ resourceObjectId, permissionship, partialCaveatInfo }) => ({
        resourceObjectId,
        permissionship: plain<FoundPermissionship>(permissionship),
        ...partial(partialCaveatInfo),
      }));
      return { results: listed(results, ({ resourceObjectId }) => resourceObjectId, options), ...cursor(found, options) };
    },
    async lookupSubjects(resource, permission, type, options) {
      const which = {
        ...(options.subjectRelation === undefined ? {} : { optionalSubjectRelation: options.subjectRelation }),
        ...(options.wildcards === undefined ? {} : { wildcardOption: "WILDCARD_OPTION_EXCLUDE_WILDCARDS" }),
      };
      const request = { ...asked(options), ...page(options, "optionalConcreteLimit"), ...which, resource: objectOf(resource), permission, subjectObjectType: type };
      const found = await all<v1.LookupSubjectsResponse>(connection.stream("LookupSubjects", request));
      const resolved = ({ subjectObjectId, permissionship, partialCaveatInfo }: v1.ResolvedSubject) => ({
        subjectObjectId,
        permissionship: plain<FoundPermissionship>(permissionship),
        ...partial(partialCaveatInfo),
      });
      const results = found.map(({ subject, excludedSubjects = [] }) => ({
        ...resolved(subject),
        ...(excludedSubjects.length === 0 ? {} : { excludedSubjects: excludedSubjects.map(resolved) }),
      }));
      return { results: listed(results, ({ subjectObjectId }) => subjectObjectId, options), ...cursor(found, options) };
    },
    async expand(permission, resource, options) {
      const request = { ...asked(options), permission, resource: objectOf(resource) };
      const answer = (await connection.call("ExpandPermissionTree", request)) as unknown as v1.ExpandPermissionTreeResponse;
      return tree(answer.treeRoot);
    },
  };
}

function asked({ context, now }: Under): object {
  if (now !== undefined) throw new UsageError("`--now` needs the data in files: a server goes by its own clock");
  return { consistency: NEWEST, ...(context === undefined ? {} : { context }) };
}

function page({ limit, cursor }: Paged, name: string): object {
  return { ...(limit === undefined ? {} : { [name]: limit }), ...(cursor === undefined ? {} : { optionalCursor: { token: cursor } }) };
}

/**
 * The results by id, each once: SpiceDB repeats them, in no order, and has a condition beside what is certain. A page is as it comes, because its
 * cursor goes by that; several `*` leave out what each of them does.
 */
function listed<Result extends { readonly permissionship: FoundPermissionship }>(results: readonly Result[], idOf: (result: Result) => string, { limit, cursor }: Paged): readonly Result[] {
  if (limit !== undefined || cursor !== undefined) return results;
  const best = new Map<string, Result>();
  const everyone: Result[] = [];
  for (const result of results) {
    const id = idOf(result);
    if (id === "*") everyone.push(result);
    else if (result.permissionship === "HAS_PERMISSION" || !best.has(id)) best.set(id, result);
  }
  return [...everyone, ...[...best].sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other))).map(([, result]) => result)];
}

/** The cursor of the last result, where there may be more. */
function cursor(found: readonly { readonly afterResultCursor?: v1.Cursor | null }[], { limit }: Paged): { cursor?: string } {
  const last = found.at(-1)?.afterResultCursor;
  return limit !== undefined && found.length >= limit && last != null && last.token !== "" ? { cursor: last.token } : {};
}

async function all<Response>(messages: AsyncIterable<object>): Promise<Response[]> {
  const found: Response[] = [];
  for await (const message of messages) found.push(message as Response);
  return found;
}

/** `PERMISSIONSHIP_HAS_PERMISSION`, `LOOKUP_PERMISSIONSHIP_HAS_PERMISSION`: `HAS_PERMISSION`. What is not known is no yes. */
function plain<Kind extends Permissionship>(permissionship: string | undefined): Kind {
  const name = (permissionship ?? "").replace(/^(?:LOOKUP_)?PERMISSIONSHIP_/, "");
  return (name === "HAS_PERMISSION" || name === "CONDITIONAL_PERMISSION" ? name : "NO_PERMISSION") as Kind;
}

/** What is missing, each name once and sorted: SpiceDB names one for each way that needs it. */
function partial(info: { readonly missingRequiredContext?: readonly string[] } | null | undefined): { partialCaveatInfo?: PartialCaveatInfo } {
  return info == null ? {} : { partialCaveatInfo: { missingRequiredContext: [...new Set(info.missingRequiredContext)].sort() } };
}

/** A server's tree, which its messages bound in depth. */
function tree(node: v1.PermissionRelationshipTree): PermissionTree {
  const { expandedObject, expandedRelation = "" } = node;
  const place = { expandedObject: expandedObject == null ? "" : `${expandedObject.objectType}:${expandedObject.objectId}`, expandedRelation };
  if (node.intermediate !== undefined) {
    const { operation, children = [] } = node.intermediate;
    return { ...place, intermediate: { operation: operation.replace(/^OPERATION_/, "") as SetOperation, children: children.map(tree) } };
  }
  const subjects = (node.leaf?.subjects ?? []).map(({ object, optionalRelation }): DirectSubject => {
    const relation = optionalRelation == null || optionalRelation === "" ? "" : `#${optionalRelation}`;
    return { subject: `${object.objectType}:${object.objectId}${relation}` };
  });
  return { ...place, leaf: { subjects } };
}

function objectOf(text: string): v1.ObjectReference {
  const { object, optionalRelation } = subjectOf(text, "the resource is `type:id`, such as `document:plan`");
  if (optionalRelation !== undefined) throw new UsageError(`a resource has no relation: \`${text}\``);
  return object;
}

function subjectOf(text: string, form = "the subject is `type:id` or `type:id#relation`, such as `user:alice`"): v1.SubjectReference {
  const [, objectType, objectId, relation] = /^([^:#]+):([^#]+)(?:#([^#]+))?$/.exec(text) ?? [];
  if (objectType === undefined || objectId === undefined) {
    throw new UsageError(`${form}, not \`${text}\``);
  }
  return { object: { objectType, objectId }, ...(relation === undefined ? {} : { optionalRelation: relation }) };
}
