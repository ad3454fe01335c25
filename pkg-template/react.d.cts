/**
 * Permissions in React: hooks whose components render again when an answer flips, and at no other write.
 *
 * Each asks the engine of the nearest {@link PeppercornProvider}, with the arguments of the engine's call, and gives what that gives. Options
 * may be written in place: what counts is what they say. Where a question has no answer (a misspelt permission, a freed engine) the hook
 * throws the `PeppercornError` into the nearest error boundary: there is no old answer to show.
 *
 * On a server the hooks ask too, so that the first rendering in the browser is the same if the engine there holds the same.
 *
 * What is decided here is what to show. What may be done is for the server to decide.
 *
 * @packageDocumentation
 */

import type { ReactElement, ReactNode } from "react";
import type {
  CheckPermissionResult,
  FoundResource,
  FoundSubject,
  LookupResourcesOptions,
  LookupSubjectsOptions,
  Page,
  Peppercorn,
  PermissionResults,
  QuestionOptions,
  ResourceReference,
  SubjectReference,
} from "./index.cjs";

/** Hands an engine to the hooks below. With another engine they ask that one. */
export declare function PeppercornProvider(props: { readonly engine: Peppercorn; readonly children?: ReactNode }): ReactElement;

/**
 * The engine of the nearest provider.
 *
 * @throws an `Error` where there is none
 */
export declare function usePeppercorn(): Peppercorn;

/** Whether the subject definitely has the permission on the resource: `engine.can`. */
export declare function useCan(subject: SubjectReference, permission: string, resource: ResourceReference, options?: QuestionOptions): boolean;

/** The same with all three answers: `engine.checkPermission`. An object is always truthy: compare `permissionship`. */
export declare function useCheck(
  subject: SubjectReference,
  permission: string,
  resource: ResourceReference,
  options?: QuestionOptions,
): CheckPermissionResult;

/** Every permission of the resource's type: `engine.permissions`. */
export declare function usePermissions(subject: SubjectReference, resource: ResourceReference, options?: QuestionOptions): PermissionResults;

/** The resources of a type that the subject has the permission on: `engine.lookupResources`. Some may be conditional. */
export declare function useLookup(
  subject: SubjectReference,
  permission: string,
  resourceType: string,
  options?: LookupResourcesOptions,
): Page<FoundResource>;

/** The subjects of a type that have the permission on the resource: `engine.lookupSubjects`. */
export declare function useLookupSubjects(
  resource: ResourceReference,
  permission: string,
  subjectType: string,
  options?: LookupSubjectsOptions,
): Page<FoundSubject>;
