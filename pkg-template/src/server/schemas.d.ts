// The messages of the API, as `proto/schemas.mjs` writes them; resolved when the package is bundled.
declare module "#schemas" {
  export default function schemas(): { readonly messages: Readonly<Record<string, string>>; readonly enums: Readonly<Record<string, readonly string[]>> };
}

/** A file of `dist`, which the server and the command line share. */
declare module "#descriptors" {
  /** A serialised FileDescriptorSet, deflated, in base64. */
  export const descriptors: string;
}
