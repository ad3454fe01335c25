// The messages of the API, as `proto/schemas.mjs` writes them; resolved when the package is bundled.
declare module "#schemas" {
  const schemas: { readonly messages: Readonly<Record<string, string>>; readonly enums: Readonly<Record<string, readonly string[]>> };
  export default schemas;
}
