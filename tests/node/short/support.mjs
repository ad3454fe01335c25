// What the tests of reading, removing and watching share.

import { Peppercorn } from "peppercorn";

export const SCHEMA = `
use expiration

caveat during(day string, hours double) { day == "monday" && hours > 1.0 }

definition user {}

definition group {
  relation member: user | group#member
}

definition folder {
  relation viewer: user
}

definition document {
  relation parent: folder
  relation viewer: user | user:* | group#member | user with during | user with expiration | user with during and expiration
  permission view = viewer + parent->viewer
}
`;

/** Sorted as they are read. */
export const RELATIONSHIPS = [
  "document:a#parent@folder:one",
  "document:a#viewer@group:eng#member",
  "document:a#viewer@user:*",
  "document:a#viewer@user:ann",
  'document:a#viewer@user:ben[during:{"day":"]x[é","hours":1.5}]',
  "document:a#viewer@user:cy[during]",
  'document:a#viewer@user:dee[during:{"hours":12}][expiration:2999-01-01T00:00:00.25Z]',
  "document:ab#viewer@user:ann[expiration:2999-01-01T00:00:00Z]",
  "document:b#viewer@user:ann",
  "folder:one#viewer@user:ann",
  "group:eng#member@user:ann",
];

/** It holds no more than since yesterday. */
export const EXPIRED = "document:b#viewer@user:old[expiration:2020-01-01T00:00:00.5Z]";

export const made = (options) => new Peppercorn({ schema: SCHEMA, relationships: [...RELATIONSHIPS, EXPIRED], ...options });
