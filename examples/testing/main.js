// In production: the stock client, and a SpiceDB that is somewhere else.

import { v1 } from "@authzed/authzed-node";
import { Documents } from "./documents.js";

const { SPICEDB_TOKEN, SPICEDB_ENDPOINT } = process.env;
if (SPICEDB_TOKEN === undefined || SPICEDB_ENDPOINT === undefined) {
  throw new Error("SPICEDB_TOKEN and SPICEDB_ENDPOINT say which SpiceDB to ask");
}
const client = v1.NewClient(SPICEDB_TOKEN, SPICEDB_ENDPOINT, v1.ClientSecurity.SECURE);

const [user, document] = process.argv.slice(2);
console.log((await new Documents(client).canRead(user, document)) ? "yes" : "no");
client.close();
