/**
 * Keeps an engine like another one: what `watch` gives, perhaps over a WebSocket or server-sent events, is written as it comes. Ends with the
 * feed, and throws with it: an engine that no longer follows is not to be asked.
 */
export async function follow(engine, writes) {
  for await (const { updates, schemaUpdated } of writes) {
    if (schemaUpdated) throw new Error("the schema is another: load the engine anew");
    engine.write(updates);
  }
}
