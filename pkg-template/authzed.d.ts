// The ES module passes on what the CommonJS one holds; the stock client's types are those of its own ES module.
export { deadlineInterceptor, protobuf, v1 } from "@authzed/authzed-node";
export { clientOf, forget, storeOf } from "./authzed.cjs";
