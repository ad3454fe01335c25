// The data sets as files: ours, or others of the same format.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A data set: schema and relationships as texts, questions by list. */
export function dataSet(folder, name) {
  const read = (ending) => {
    const file = join(folder, `${name}.${ending}`);
    if (!existsSync(file)) throw new Error(`there is no ${file}`);
    return readFileSync(file, "utf8");
  };
  return { schema: read("zed"), relationships: read("rels"), queries: JSON.parse(read("queries.json")) };
}

/** The relationships of a text, one an item. */
export const lines = (relationships) => relationships.split("\n").filter((line) => line !== "");
