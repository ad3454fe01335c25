// The ES module and the CommonJS one are typed alike.
export * from "./middleware.cjs";
