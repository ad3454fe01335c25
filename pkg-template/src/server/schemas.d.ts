// JSON Schemas by the names of messages, from `proto/schemas.mjs`; resolved when the package is bundled.
declare module "#schemas" {
  const schemas: Readonly<Record<string, object>>;
  export default schemas;
}
