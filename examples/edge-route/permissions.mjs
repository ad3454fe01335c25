import { Peppercorn } from "peppercorn";

export const engine = new Peppercorn({
  schema: `
    caveat from_office(address ipaddress) {
      address.in_cidr("192.0.2.0/24")
    }

    definition user {}

    definition document {
      relation owner: user
      relation viewer: user | user with from_office
      permission view = viewer + owner
      permission remove = owner
    }`,
  relationships: [
    "document:plan#owner@user:ann",
    "document:plan#viewer@user:ben",
    "document:plan#viewer@user:cy[from_office]",
  ],
});
