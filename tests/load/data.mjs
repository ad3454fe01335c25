// What the load is about: people in groups that see documents in folders. Who may see what is plain arithmetic, so that answers can be told
// right from wrong.

export const KEY = "load";

export const SCHEMA = `definition user {}
definition group {
  relation member: user
}
definition folder {
  relation viewer: group#member
  permission view = viewer
}
definition document {
  relation folder: folder
  relation viewer: user
  permission view = viewer + folder->view
}`;

export const USERS = 1000;
export const GROUPS = 50;
export const FOLDERS = 100;
export const DOCUMENTS = 5000;

/** User u is in group u % 50, group g sees folders g and g + 50, document d is in folder d % 100. */
export const sees = (user, document) => user % GROUPS === (document % FOLDERS) % GROUPS;

export function* relationships() {
  for (let user = 0; user < USERS; user += 1) yield `group:g${user % GROUPS}#member@user:u${user}`;
  for (let folder = 0; folder < FOLDERS; folder += 1) yield `folder:f${folder}#viewer@group:g${folder % GROUPS}#member`;
  for (let document = 0; document < DOCUMENTS; document += 1) yield `document:d${document}#folder@folder:f${document % FOLDERS}`;
}
