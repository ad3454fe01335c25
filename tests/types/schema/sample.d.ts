// Written by `peppercorn types sample.zed`. Do not edit: write it anew when the schema changes.

/** The schema of `sample.zed`: `const engine: Typed<Schema> = new Peppercorn({ schema })`, with `Typed` of "peppercorn". */
export interface Schema {
  readonly definitions: {
    readonly "company/team": {
      readonly relations: {
        readonly member: {
          readonly allows: "user with during_hours";
          readonly subjects: "user";
          readonly caveats: "during_hours";
        };
      };
      readonly permissions: {};
    };
    /** A text that people share. */
    readonly document: {
      readonly relations: {
        /**
         * The folder that it lies in;
         * there may be none.
         */
        readonly parent: {
          readonly allows: "folder";
          readonly subjects: "folder";
          readonly caveats: never;
        };
        /** Who may change it. */
        readonly editor: {
          readonly allows: "user" | "user with expiration";
          readonly subjects: "user";
          readonly caveats: never;
        };
        readonly viewer: {
          readonly allows: "user with from_network" | "group#member with during_hours and expiration";
          readonly subjects: "group#member" | "user";
          readonly caveats: "during_hours" | "from_network";
        };
      };
      readonly permissions: {
        readonly edit: {
          readonly subjects: "user";
          readonly caveats: never;
        };
        /** Who may see it: `edit` */
        readonly view: {
          readonly subjects: "company/team#member" | "group#member" | "user";
          readonly caveats: "during_hours" | "from_network";
        };
        readonly nothing: {
          readonly subjects: never;
          readonly caveats: never;
        };
      };
    };
    readonly folder: {
      readonly relations: {
        readonly parent: {
          readonly allows: "folder";
          readonly subjects: "folder";
          readonly caveats: never;
        };
        readonly viewer: {
          readonly allows: "user:*" | "company/team#member";
          readonly subjects: "company/team#member" | "user";
          readonly caveats: "during_hours";
        };
      };
      readonly permissions: {
        readonly view: {
          readonly subjects: "company/team#member" | "user";
          readonly caveats: "during_hours";
        };
      };
    };
    readonly group: {
      readonly relations: {
        readonly member: {
          readonly allows: "user" | "group#member";
          readonly subjects: "group#member" | "user";
          readonly caveats: never;
        };
      };
      readonly permissions: {};
    };
    readonly user: {
      readonly relations: {};
      readonly permissions: {
        readonly profile: {
          readonly subjects: "user";
          readonly caveats: never;
        };
      };
    };
  };
  readonly caveats: {
    /** During working hours. */
    readonly during_hours: {
      readonly hour: number | bigint | string;
      readonly zone: string;
    };
    readonly from_network: {
      readonly address: string;
      readonly key: Uint8Array | string;
      readonly level: number | bigint | string;
      readonly limits: { readonly [key: string]: number | bigint | string };
      readonly other: unknown;
      readonly since: Date | string;
      readonly tags: readonly (string)[];
      readonly wait: string;
      readonly whole: boolean;
    };
  };
}
