// What `require` gives: the same as `import`, whose types say what each thing is. The stock client's types are those of its own CommonJS
// module.

export { deadlineInterceptor, protobuf, v1 } from "@authzed/authzed-node";

type Entry = typeof import("./authzed.js", { with: { "resolution-mode": "import" } });

export declare const clientOf: Entry["clientOf"];
export declare const forget: Entry["forget"];
export declare const storeOf: Entry["storeOf"];
