// The ES module and the CommonJS one are typed alike.
export * from "./react.cjs";
