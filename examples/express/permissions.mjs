export const SCHEMA = `
definition user {}

definition document {
  relation owner: user
  relation viewer: user | user:*

  permission view = viewer + owner
  permission edit = owner
  permission share = owner
}
`;
