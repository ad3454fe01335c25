// Components: what hooks give, and what the compiler must refuse.

import type { ReactElement } from "react";
import { type CheckPermissionResult, type FoundResource, type Page, Peppercorn, type PermissionResults } from "peppercorn";
import { PeppercornProvider, useCan, useCheck, useLookup, useLookupSubjects, usePeppercorn, usePermissions } from "peppercorn/react";

function Document({ id }: { readonly id: string }): ReactElement {
  const allowed: boolean = useCan("user:ann", "edit", `document:${id}`, { context: { hour: 10 } });
  const result: CheckPermissionResult = useCheck("user:ann", "edit", `document:${id}`);
  const permissions: PermissionResults = usePermissions("user:ann", `document:${id}`);
  const page: Page<FoundResource> = useLookup("user:ann", "view", "document", { limit: 10 });
  const { results } = useLookupSubjects(`document:${id}`, "view", "user", { wildcards: "exclude" });
  const engine: Peppercorn = usePeppercorn();
  // @ts-expect-error no resource
  useCan("user:ann", "edit");
  // @ts-expect-error a misspelt option
  useCan("user:ann", "edit", "document:a", { contxt: {} });
  // @ts-expect-error a check has no trace here
  useCheck("user:ann", "edit", "document:a", { trace: true });
  // @ts-expect-error an object is no answer
  const wrong: boolean = useCheck("user:ann", "edit", "document:a");
  void [result, permissions, engine, wrong];
  return <p>{allowed ? page.results.length : results.length}</p>;
}

export const app = (
  <PeppercornProvider engine={new Peppercorn()}>
    <Document id="a" />
    <Document id="b" />
  </PeppercornProvider>
);
// @ts-expect-error no engine
export const nothing = <PeppercornProvider />;
