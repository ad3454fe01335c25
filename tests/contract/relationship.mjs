/** A relationship written as one line, `type:id#relation@type:id[#relation][[caveat[:{...}]]][[expiration:...]]`, as JSON of the v1 API. */
export function relationship(line) {
  const parts = /^([^#]+)#([^@]+)@([^#[]+)(?:#([^[]+))?(?:\[(?!expiration:)([^:\]]+)(?::(\{.*\}))?\])?(?:\[expiration:([^\]]+)\])?$/.exec(line);
  if (!parts) throw new Error(`not a relationship: ${line}`);
  const [, resource, relation, subject, subjectRelation, caveatName, context, optionalExpiresAt] = parts;
  return {
    resource: object(resource),
    relation,
    subject: { object: object(subject), ...(subjectRelation && { optionalRelation: subjectRelation }) },
    ...(caveatName && { optionalCaveat: { caveatName, ...(context && { context: JSON.parse(context) }) } }),
    ...(optionalExpiresAt && { optionalExpiresAt }),
  };
}

function object(text) {
  const colon = text.indexOf(":");
  return { objectType: text.slice(0, colon), objectId: text.slice(colon + 1) };
}
