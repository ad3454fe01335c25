// Hooks in a page: what is rendered, how often, and what is left when it is gone.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import "./browser.mjs";
import { Component, StrictMode, Suspense, act, createElement, memo, startTransition, use, useState } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { Peppercorn } from "peppercorn";
import { PeppercornProvider, useCan, useCheck, useLookup, useLookupSubjects, usePeppercorn, usePermissions } from "peppercorn/react";

const SCHEMA = `
use expiration

caveat in_hours(hour int) { hour >= 9 && hour < 17 }

definition user {}

definition document {
  relation viewer: user | user with in_hours | user with expiration
  relation note: user
  permission view = viewer
  permission edit = viewer
}
`;
const touch = (...relationships) => relationships.map((relationship) => ({ operation: "TOUCH", relationship }));
const remove = (...relationships) => relationships.map((relationship) => ({ operation: "DELETE", relationship }));
const made = (...relationships) => new Peppercorn({ schema: SCHEMA, relationships });
const ANN = "document:a#viewer@user:ann";

/** How many subscriptions an engine has now. */
function counted(engine) {
  const count = { now: 0, ever: 0 };
  engine.subscribe = (...given) => {
    const subscription = Peppercorn.prototype.subscribe.apply(engine, given);
    count.now += 1;
    count.ever += 1;
    const { unsubscribe } = subscription;
    subscription.unsubscribe = () => {
      count.now -= 1;
      unsubscribe();
    };
    return subscription;
  };
  return count;
}

/** Renders something, and gives what changes it. */
async function page(element, wrapped = (inner) => inner) {
  const container = document.createElement("div");
  const errors = [];
  const root = createRoot(container, { onUncaughtError: (error) => errors.push(error), onCaughtError: (error) => errors.push(error) });
  const show = (element) => act(async () => root.render(wrapped(element)));
  await show(element);
  return { container, errors, show, text: () => container.textContent, unmount: () => act(async () => root.unmount()) };
}

const within = (engine, ...children) => createElement(PeppercornProvider, { engine }, ...children);

/** A component that shows what a hook gives and counts how often it is rendered. */
function shows(hook) {
  const rendered = { count: 0, values: [] };
  const Shown = memo(function Shown(properties) {
    const value = hook(properties);
    rendered.count += 1;
    rendered.values.push(value);
    return JSON.stringify(value, (key, value) => (key === "revision" ? undefined : value));
  });
  return { Shown, rendered };
}

class Boundary extends Component {
  state = {};
  static getDerivedStateFromError = (error) => ({ error });
  render() {
    return this.state.error === undefined ? this.props.children : `error ${this.state.error.code ?? this.state.error.message}`;
  }
}

describe("useCan", () => {
  test("renders again when the answer flips, and at no other write", async () => {
    const engine = made();
    const { Shown, rendered } = shows(() => useCan("user:ann", "view", "document:a"));
    const { text } = await page(within(engine, createElement(Shown)));
    assert.deepEqual([text(), rendered.count], ["false", 1]);
    await act(async () => engine.write(touch(ANN)));
    assert.deepEqual([text(), rendered.count], ["true", 2]);
    await act(async () => engine.write(touch("document:b#viewer@user:ann", "document:a#viewer@user:ben", "document:a#note@user:ann")));
    await act(async () => engine.write(touch(ANN)));
    await act(async () => {
      engine.write(remove(ANN));
      engine.write(touch(ANN));
    });
    assert.deepEqual([text(), rendered.count], ["true", 2]);
    await act(async () => engine.delete({ resourceType: "document" }));
    assert.deepEqual([text(), rendered.count], ["false", 3]);
    assert.ok(rendered.values.every((value) => typeof value === "boolean"));
  });

  test("of a thousand rows renders the one that is touched", async () => {
    const engine = made();
    const { Shown, rendered } = shows(({ id }) => useCan("user:ann", "view", `document:${id}`));
    const rows = Array.from({ length: 1000 }, (_, id) => createElement(Shown, { id, key: id }));
    await page(within(engine, rows));
    assert.equal(rendered.count, 1000);
    await act(async () => engine.write(touch("document:7#viewer@user:ann")));
    assert.equal(rendered.count, 1001);
  });

  test("options written in place do not subscribe anew, other options do", async () => {
    const engine = made('document:a#viewer@user:ann[in_hours]');
    const count = counted(engine);
    let change;
    const { Shown, rendered } = shows(() => {
      const [hour, setHour] = useState(8);
      change = setHour;
      return useCan("user:ann", "view", "document:a", { context: { hour, at: new Date(0), much: 10n, bytes: new Uint8Array([1]) } });
    });
    const { text, show } = await page(within(engine, createElement(Shown, { round: 1 })));
    await show(within(engine, createElement(Shown, { round: 2 })));
    assert.deepEqual([text(), rendered.count, count.ever], ["false", 2, 1]);
    await act(async () => change(10));
    assert.deepEqual([text(), rendered.count, count.ever, count.now], ["true", 3, 2, 1]);
  });

  test("options that are changed in place count as they are", async () => {
    const engine = made('document:a#viewer@user:ann[in_hours]');
    const context = { hour: 10 };
    const { Shown } = shows(() => useCan("user:ann", "view", "document:a", { context }));
    const { text, show } = await page(within(engine, createElement(Shown, { round: 1 })));
    assert.equal(text(), "true");
    context.hour = 20;
    await show(within(engine, createElement(Shown, { round: 2 })));
    assert.equal(text(), "false");
  });

  test("a relationship that expires is over for the page too", async () => {
    const engine = made(`document:a#viewer@user:ann[expiration:${new Date(Date.now() + 300).toISOString()}]`);
    const { Shown } = shows(() => useCan("user:ann", "view", "document:a"));
    const { text } = await page(within(engine, createElement(Shown)));
    assert.equal(text(), "true");
    await act(() => new Promise((resolve) => setTimeout(resolve, 400)));
    assert.equal(text(), "false");
  });
});

describe("the other hooks", () => {
  test("give what the calls give, the same object for as long as it says the same", async () => {
    const engine = made(ANN);
    const { Shown, rendered } = shows(() => ({
      check: useCheck("user:ann", "view", "document:a"),
      permissions: usePermissions("user:ann", "document:a"),
      resources: useLookup("user:ann", "view", "document", { limit: 5 }),
      subjects: useLookupSubjects("document:a", "view", "user", { wildcards: "exclude" }),
      isEngine: usePeppercorn() === engine,
    }));
    const { show } = await page(within(engine, createElement(Shown, { round: 1 })));
    await show(within(engine, createElement(Shown, { round: 2 })));
    const [first, second] = rendered.values;
    assert.deepEqual(first.check, engine.checkPermission("user:ann", "view", "document:a"));
    assert.deepEqual(first.permissions, engine.permissions("user:ann", "document:a"));
    assert.deepEqual(first.resources, engine.lookupResources("user:ann", "view", "document"));
    assert.deepEqual(first.subjects, engine.lookupSubjects("document:a", "view", "user"));
    assert.equal(first.isEngine, true);
    for (const key of ["check", "permissions", "resources", "subjects"]) assert.equal(first[key], second[key], key);
    await act(async () => engine.write(touch("document:b#viewer@user:ann")));
    assert.equal(rendered.count, 3, "one more rendering for the one that changed");
    const [, , third] = rendered.values;
    assert.deepEqual(third.resources.results.map((one) => one.resourceObjectId), ["a", "b"]);
    assert.equal(third.check, first.check);
    assert.equal(third.subjects, first.subjects);
  });
});

describe("coming and going", () => {
  test("what is no longer there is not subscribed", async () => {
    const engine = made(ANN);
    const count = counted(engine);
    const { Shown } = shows(() => useCan("user:ann", "view", "document:a"));
    const { unmount, show } = await page(within(engine, createElement(Shown), createElement(Shown)));
    assert.equal(count.now, 2);
    await show(within(engine, createElement(Shown)));
    assert.equal(count.now, 1);
    await unmount();
    assert.equal(count.now, 0);
    await act(async () => engine.write(remove(ANN)));
  });

  test("twice, as strict mode has it", async () => {
    const engine = made();
    const count = counted(engine);
    const { Shown } = shows(() => useLookup("user:ann", "view", "document").results.length);
    const { text, unmount } = await page(within(engine, createElement(Shown)), (inner) => createElement(StrictMode, null, inner));
    assert.equal(count.now, 1);
    assert.ok(count.ever > 1);
    await act(async () => engine.write(touch(ANN)));
    assert.equal(text(), "1");
    await unmount();
    assert.equal(count.now, 0);
  });

  test("another engine is asked from then on, and the one before is left", async () => {
    const [first, second] = [made(), made(ANN)];
    const [before, after] = [counted(first), counted(second)];
    const { Shown, rendered } = shows(() => useCan("user:ann", "view", "document:a"));
    const { text, show } = await page(within(first, createElement(Shown)));
    assert.equal(text(), "false");
    await show(within(second, createElement(Shown)));
    assert.deepEqual([text(), before.now, after.now], ["true", 0, 1]);
    const { count } = rendered;
    await act(async () => first.write(touch("document:a#viewer@user:ben", ANN)));
    await act(async () => first.free());
    assert.deepEqual([text(), rendered.count], ["true", count]);
    await act(async () => second.write(remove(ANN)));
    assert.equal(text(), "false");
  });

  test("a revocation is shown while a transition waits, and is none of its question's", async () => {
    const engine = made(ANN, "document:b#viewer@user:ann");
    const count = counted(engine);
    let [change, come] = [];
    const coming = new Promise((resolve) => (come = resolve));
    const Slow = ({ id }) => (id === "b" ? use(coming) : "");
    const Shown = () => {
      const [id, setId] = useState("a");
      change = setId;
      return [`${id} ${useCan("user:ann", "view", `document:${id}`)}`, createElement(Slow, { id, key: "slow" })];
    };
    const { text, unmount } = await page(within(engine, createElement(Suspense, { fallback: "waiting" }, createElement(Shown))));
    await act(async () => startTransition(() => change("b")));
    assert.equal(text(), "a true");
    await act(async () => engine.write(remove(ANN)));
    assert.equal(text(), "a false");
    await act(async () => come(""));
    assert.equal(text(), "b true");
    await act(async () => engine.delete({ resourceType: "document" }));
    assert.deepEqual([text(), count.now], ["b false", 1]);
    await unmount();
    assert.equal(count.now, 0);
  });

  test("a write between the rendering and the subscription is not lost", async () => {
    const engine = made();
    const { Shown } = shows(() => {
      const allowed = useCan("user:ann", "view", "document:a");
      if (!allowed) queueMicrotask(() => engine.write(touch(ANN)));
      return allowed;
    });
    const { text } = await page(within(engine, createElement(Shown)));
    assert.equal(text(), "true");
  });
});

describe("where there is no answer", () => {
  test("the error goes to the boundary, at first and later on: the old yes is not shown", async () => {
    const engine = made(ANN);
    const count = counted(engine);
    const { Shown } = shows(({ permission }) => useCan("user:ann", permission, "document:a"));
    const bounded = (permission) => within(engine, createElement(Boundary, null, createElement(Shown, { permission })));
    const misspelt = await page(bounded("viw"));
    assert.equal(misspelt.text(), "error UNKNOWN_RELATION_OR_PERMISSION");
    const { text } = await page(bounded("view"));
    assert.equal(text(), "true");
    await act(async () => engine.writeSchema(SCHEMA.replace("  permission view = viewer\n", "")));
    assert.equal(text(), "error UNKNOWN_RELATION_OR_PERMISSION");
    assert.equal(count.now, 0);
  });

  test("a freed engine is an error", async () => {
    const engine = made(ANN);
    const { Shown } = shows(() => useCan("user:ann", "view", "document:a"));
    const { text } = await page(within(engine, createElement(Boundary, null, createElement(Shown))));
    assert.equal(text(), "true");
    await act(async () => engine.free());
    assert.equal(text(), "error DISPOSED");
  });

  test("and so is a question that can be asked but not subscribed to: nobody would hear of a change", async () => {
    const engine = made(ANN);
    const { Shown } = shows(() => useCan("user:ann", "view", "document:a", new Proxy({}, {})));
    const { text } = await page(within(engine, createElement(Boundary, null, createElement(Shown))));
    assert.equal(text(), "error INVALID_ARGUMENT");
  });

  test("and so is no provider", async () => {
    const { Shown } = shows(() => useCan("user:ann", "view", "document:a"));
    const { text } = await page(createElement(Boundary, null, createElement(Shown)));
    assert.match(text(), /^error there is no engine here: put a `PeppercornProvider`/);
  });
});

describe("on a server", () => {
  test("what is rendered there is taken over in the page without another rendering", async () => {
    const engine = made(ANN);
    const { Shown, rendered } = shows(() => useLookup("user:ann", "view", "document").results.map((one) => one.resourceObjectId));
    const element = within(engine, createElement(Shown));
    const html = renderToString(element);
    assert.equal(html, "[&quot;a&quot;]");
    const container = document.createElement("div");
    container.innerHTML = html;
    const [copy, problems] = [Peppercorn.load(engine.save()), []];
    rendered.count = 0;
    await act(async () => hydrateRoot(container, within(copy, createElement(Shown)), { onRecoverableError: (error) => problems.push(error) }));
    assert.deepEqual([container.textContent, rendered.count, problems], ['["a"]', 1, []]);
    await act(async () => copy.write(remove(ANN)));
    assert.equal(container.textContent, "[]");
  });

  test("the CommonJS form renders alike", () => {
    const { PeppercornProvider: Provider, useCan: can } = createRequire(import.meta.url)("peppercorn/react");
    const Shown = () => String(can("user:ann", "view", "document:a"));
    assert.equal(renderToString(createElement(Provider, { engine: made(ANN) }, createElement(Shown))), "true");
  });
});
