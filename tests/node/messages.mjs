// Messages of the v1 API, from the texts that people read.

/** `document:plan` */
export function object(text) {
  const [objectType, objectId] = text.split(":");
  return { objectType, objectId };
}

/** `group:eng#member` */
export function subject(text) {
  const [name, optionalRelation = ""] = text.split("#");
  return { object: object(name), optionalRelation };
}

/** `document:plan#viewer@user:vera`, without a caveat or expiration. */
export function relationship(text) {
  const [, resource, relation, who] = /^([^#]*)#([^@]*)@(.*)$/.exec(text);
  return { resource: object(resource), relation, subject: subject(who) };
}

export const update = (operation, text) => ({ operation: `OPERATION_${operation}`, relationship: relationship(text) });
