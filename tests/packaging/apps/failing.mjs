// What is left of an engine whose module traps at each write, before and after another instance of it was made.

/** What each call gives. */
export async function failing({ Peppercorn, PeppercornError, load }) {
  const code = (work) => {
    try {
      return work();
    } catch (error) {
      return error instanceof PeppercornError ? error.code : String(error);
    }
  };
  const made = () => new Peppercorn({ schema: "definition user {}\ndefinition document { relation owner: user; }", relationships: "document:1#owner@user:alice" });
  const ask = (engine) => engine.can("user:alice", "owner", "document:1");
  // Where the import has tried already, another instance is needed for a beginning.
  await load();
  const engine = made();
  const results = [ask(engine), code(() => engine.write([])), code(() => ask(engine)), code(() => ask(made()))];
  await load();
  return [...results, code(() => ask(engine)), ask(made())];
}

export const EXPECTED_FAILING = [true, "ENGINE_FAILED", "ENGINE_FAILED", "ENGINE_FAILED", "ENGINE_FAILED", true];
