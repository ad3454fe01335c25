// What an application may write, and what must not compile.

import { Peppercorn, PeppercornError, type CheckPermissionResult, type ModuleSource, load, type v1 } from "peppercorn";
import * as inline from "peppercorn/inline";
import * as slim from "peppercorn/slim";

async function main(source: ModuleSource): Promise<boolean> {
  await load();
  await slim.load(source);
  await inline.load();
  using engine = new Peppercorn({ schema: "definition user {}" });
  const result: CheckPermissionResult = engine.checkPermission("user:a", "view", "document:b");
  const response: v1.ReadSchemaResponse = engine.v1.readSchema({});
  // One set of classes, whichever entry they come from.
  const same: typeof Peppercorn = inline.Peppercorn;
  const error: unknown = new Error();
  if (error instanceof slim.PeppercornError && error.code === "NOT_LOADED") return false;
  // @ts-expect-error an object is not an answer
  const answer: boolean = result;
  // @ts-expect-error no such option
  new Peppercorn({ schemas: "" });
  // @ts-expect-error a number is no module
  await load(1);
  for await (const { token } of engine.watch()) return token === engine.token;
  void [response, same, answer, PeppercornError];
  return engine.can("user:a", "view", "document:b");
}
void main;
