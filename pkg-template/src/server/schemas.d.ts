// JSON Schemas by the names of messages, from `proto/schemas.mjs`; resolved when the package is bundled.
declare module "#schemas" {
  export default function schemas(): Readonly<Record<string, object>>;
}

/** A file of `dist`, which the server and the command line share. */
declare module "#descriptors" {
  /** A serialised FileDescriptorSet, deflated, in base64. */
  export const descriptors: string;
}
