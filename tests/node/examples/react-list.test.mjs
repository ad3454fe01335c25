// examples/react-list: its components and its feed in a page, with an engine elsewhere that revokes.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import "../react/browser.mjs";
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { Peppercorn } from "peppercorn";
import { PeppercornProvider } from "peppercorn/react";
import { path } from "../support.mjs";
import { bundled, installed } from "./support.mjs";

const SCHEMA = `
definition user {}

definition document {
  relation owner: user
  relation viewer: user
  permission view = viewer + owner
  permission edit = owner
}
`;

async function shown(context, user) {
  const example = installed(context, "react-list");
  // As Vite makes it: JSX to functions; React and Peppercorn are those of the page.
  const jsx = { jsx: "automatic", packages: "external" };
  writeFileSync(join(example, "documents.mjs"), await bundled(join(example, "documents.jsx"), jsx));
  const { Documents } = await import(pathToFileURL(join(example, "documents.mjs")));
  const { follow } = await import(pathToFileURL(join(example, "feed.mjs")));

  const relationships = ["document:notes#owner@user:ann", "document:plan#viewer@user:ann", "document:plan#viewer@user:ben", "document:readme#viewer@user:ann"];
  const server = new Peppercorn({ schema: SCHEMA, relationships });
  const writes = server.watch();
  const engine = Peppercorn.load(server.save());
  const feed = follow(engine, writes);
  const container = document.createElement("div");
  const texts = { notes: "Milk", plan: "The plan", readme: "Read me" };
  await act(async () => createRoot(container).render(createElement(PeppercornProvider, { engine }, createElement(Documents, { user, texts }))));
  const list = () => Array.from(container.querySelectorAll("li"), (row) => row.textContent);
  const open = (id) => act(async () => [...container.querySelectorAll("button")].find((button) => button.textContent === id).click());
  return { server, writes, feed, container, list, open };
}

test("a revocation takes the row away and closes the document, and no other row is touched", async (context) => {
  const { server, container, list, open } = await shown(context, "user:ann");
  document.body.append(container);
  assert.deepEqual(list(), ["notes (yours)", "plan", "readme"]);
  await open("plan");
  assert.equal(container.querySelector("article").textContent, "The plan");

  const [notes, plan, readme] = container.querySelectorAll("li");
  await act(async () => server.delete({ resourceType: "document", resourceId: "plan", subjectType: "user", subjectId: "ann" }));
  assert.deepEqual(list(), ["notes (yours)", "readme"]);
  assert.deepEqual([...container.querySelectorAll("li")], [notes, readme], "the same rows as before");
  assert.equal(plan.isConnected, false);
  assert.equal(container.querySelector("article"), null);
  assert.equal(container.querySelector("[role=alert]").textContent, "plan is no longer shared with you.");

  await act(async () => server.write([{ operation: "TOUCH", relationship: "document:plan#viewer@user:ann" }]));
  assert.deepEqual(list(), ["notes (yours)", "plan", "readme"]);
  assert.equal(container.querySelector("article").textContent, "The plan");
});

test("what others lose and gain is not shown", async (context) => {
  const { server, list, container } = await shown(context, "user:ann");
  const before = container.innerHTML;
  await act(async () => server.write([{ operation: "DELETE", relationship: "document:plan#viewer@user:ben" }, { operation: "TOUCH", relationship: "document:diary#owner@user:ben" }]));
  assert.equal(container.innerHTML, before);
  assert.equal(list().length, 3);
});

test("a feed that can no longer be followed says so", async (context) => {
  const { server, feed, writes } = await shown(context, "user:ann");
  server.writeSchema(`${SCHEMA}\ndefinition robot {}`);
  await assert.rejects(feed, /load the engine anew/);
  assert.deepEqual(await writes.next(), { value: undefined, done: true });
});

test("the page as it is built: the button revokes, and the row is gone", async (context) => {
  const example = installed(context, "react-list");
  writeFileSync(join(example, "main.mjs"), await bundled(join(example, "main.jsx"), { jsx: "automatic", conditions: ["browser", "development"] }));
  // Where Vite serves the module from.
  const fetched = [];
  context.mock.method(globalThis, "fetch", async (url) => {
    fetched.push(String(url));
    return new Response(readFileSync(path("pkg/engine.wasm")), { headers: { "content-type": "application/wasm" } });
  });
  globalThis.IS_REACT_ACT_ENVIRONMENT = false;
  const root = document.createElement("div");
  root.id = "root";
  document.body.replaceChildren(root);
  await import(pathToFileURL(join(example, "main.mjs")));
  const rows = async (count) => {
    for (let round = 0; round < 200 && root.querySelectorAll("li").length !== count; round++) await new Promise((resolve) => setTimeout(resolve, 10));
    return Array.from(root.querySelectorAll("li"), (row) => row.textContent);
  };
  assert.deepEqual(await rows(3), ["notes (yours)", "plan", "readme"]);
  assert.equal(fetched.length, 1);
  assert.match(fetched[0], /engine\.wasm$/);
  [...root.querySelectorAll("button")].find((button) => button.textContent === "Revoke the plan").click();
  assert.deepEqual(await rows(2), ["notes (yours)", "readme"]);
});
