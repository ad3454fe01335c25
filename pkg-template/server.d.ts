// The ES module passes on what the CommonJS one holds, and so do its types.
export * from "./server.cjs";
