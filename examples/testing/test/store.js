// A store for each test.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { forget, storeOf, v1 } from "peppercorn/authzed";

export const SCHEMA = readFileSync(new URL("../schema.zed", import.meta.url), "utf8");

/** A client of a store with our schema and these relationships, as lines. The store ends with the test. */
export function newClient(test, relationships = []) {
  const token = randomUUID();
  const store = storeOf(token);
  store.writeSchema(SCHEMA);
  store.write(relationships.map((relationship) => ({ operation: "CREATE", relationship })));
  const client = v1.NewClient(token, "localhost:50051", v1.ClientSecurity.INSECURE_LOCALHOST_ALLOWED);
  test.after(() => {
    client.close();
    forget(token);
  });
  return client;
}
