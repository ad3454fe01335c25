export interface Schema {
  definitions: {
    user: { relations: {}; permissions: {} };
    group: {
      relations: {
        member: { allows: "user" | "group#member"; subjects: "user" | "group#member"; caveats: never };
      };
      permissions: {};
    };
    document: {
      relations: {
        /** Who edits. */
        editor: { allows: "user" | "user with expiration"; subjects: "user"; caveats: never };
        viewer: { allows: "user:*" | "user with only_on" | "group#member with only_on and expiration"; subjects: "user" | "group#member"; caveats: "only_on" };
      };
      permissions: {
        view: { subjects: "user" | "group#member"; caveats: "only_on" };
        edit: { subjects: "user"; caveats: never };
      };
    };
  };
  caveats: {
    only_on: { day: number | bigint | string; name: string };
  };
}
