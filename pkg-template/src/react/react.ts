"use client"; // Next.js has to be told: what is rendered on a server alone cannot use hooks.

// The entry for React.

import { type ReactElement, type ReactNode, createContext, createElement, useContext, useRef, useSyncExternalStore } from "react";
import type * as Contract from "../../index.cjs";
import type * as ReactContract from "../../react.cjs";
import { type Store, isOf, storeOf } from "./store.ts";

const Engine = createContext<Contract.Peppercorn | undefined>(undefined);

export function PeppercornProvider({ engine, children }: { readonly engine: Contract.Peppercorn; readonly children?: ReactNode }): ReactElement {
  return createElement(Engine.Provider, { value: engine }, children);
}

export function usePeppercorn(): Contract.Peppercorn {
  const engine = useContext(Engine);
  if (engine === undefined) {
    throw new Error("there is no engine here: put a `PeppercornProvider` with an `engine` around what asks for permissions");
  }
  return engine;
}

export function useCan(subject: string, permission: string, resource: string, options?: Contract.QuestionOptions): boolean {
  return useAnswer(["can", subject, permission, resource, options]);
}

export function useCheck(subject: string, permission: string, resource: string, options?: Contract.QuestionOptions): Contract.CheckPermissionResult {
  return useAnswer(["checkPermission", subject, permission, resource, options]);
}

export function usePermissions(subject: string, resource: string, options?: Contract.QuestionOptions): Contract.PermissionResults {
  return useAnswer(["permissions", subject, resource, options]);
}

export function useLookup(subject: string, permission: string, resourceType: string, options?: Contract.LookupResourcesOptions): Contract.Page<Contract.FoundResource> {
  return useAnswer(["lookupResources", subject, permission, resourceType, options]);
}

export function useLookupSubjects(resource: string, permission: string, subjectType: string, options?: Contract.LookupSubjectsOptions): Contract.Page<Contract.FoundSubject> {
  return useAnswer(["lookupSubjects", resource, permission, subjectType, options]);
}

function useAnswer<const Asked extends Contract.Question>(question: Asked): Contract.AnswerTo<Asked> {
  const engine = usePeppercorn();
  const held = useRef<Store | undefined>(undefined);
  // Written while rendering, and harmless: whichever rendering finds another question there makes its own anew.
  if (held.current === undefined || !isOf(held.current, engine, question)) {
    held.current = storeOf(engine, question);
  }
  const { subscribe, read } = held.current;
  const outcome = useSyncExternalStore(subscribe, read, read);
  if ("error" in outcome) {
    throw outcome.error;
  }
  return outcome.answer as Contract.AnswerTo<Asked>;
}

// The compiler checks here that what is exported is what the contract says.
const contract: Omit<typeof ReactContract, "default"> = { PeppercornProvider, usePeppercorn, useCan, useCheck, usePermissions, useLookup, useLookupSubjects };
void contract;
