import { memo, useState } from "react";
import { useCan, useLookup } from "peppercorn/react";

/** What somebody may read, and the document that is open. */
export function Documents({ user, texts }) {
  const [open, setOpen] = useState();
  const { results } = useLookup(user, "view", "document");
  const ids = results.filter((found) => found.permissionship === "HAS_PERMISSION").map((found) => found.resourceObjectId);

  return (
    <main>
      {ids.length === 0 && <p>Nothing is shared with you.</p>}
      <ul>
        {ids.map((id) => (
          <Row key={id} user={user} id={id} onOpen={setOpen} />
        ))}
      </ul>
      {open !== undefined && <Reader key={open} user={user} id={open} text={texts[open]} />}
    </main>
  );
}

const Row = memo(function Row({ user, id, onOpen }) {
  const canEdit = useCan(user, "edit", `document:${id}`);
  return (
    <li>
      <button onClick={() => onOpen(id)}>{id}</button>
      {canEdit && " (yours)"}
    </li>
  );
});

function Reader({ user, id, text }) {
  // Not what the list said when it was opened: what is so now.
  return useCan(user, "view", `document:${id}`) ? <article>{text}</article> : <p role="alert">{id} is no longer shared with you.</p>;
}
