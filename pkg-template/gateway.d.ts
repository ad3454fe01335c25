// The ES module and the CommonJS one are the same, and so are their types.
export * from "./gateway.cjs";
