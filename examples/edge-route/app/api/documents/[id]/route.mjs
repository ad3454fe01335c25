import { authorized } from "peppercorn/middleware";
import { engine } from "../../../../permissions.mjs";

export const runtime = "edge";

const PEOPLE = ["ann", "ben", "cy"];

/** Stands in for a signed cookie. */
function subject(request) {
  const [, name] = /(?:^|; )session=(\w+)/.exec(request.headers.get("cookie") ?? "") ?? [];
  return PEOPLE.includes(name) ? `user:${name}` : undefined;
}

const rule = {
  engine,
  subject,
  resource: async (_request, { params }) => `document:${(await params).id}`,
  // Set by the platform in front of this; without it a caveat that asks for it is undecided, and that is no yes.
  context: (request) => {
    const address = request.headers.get("x-real-ip");
    return address === null ? {} : { address };
  },
};

export const GET = authorized({ ...rule, permission: "view" }, async (_request, { params }) => {
  const { id } = await params;
  return Response.json({ id, text: "The plan" });
});

export const DELETE = authorized({ ...rule, permission: "remove" }, async () => new Response(null, { status: 204 }));
