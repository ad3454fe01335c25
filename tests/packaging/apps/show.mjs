// What a page does with the package once it has it.

/** Leaves the answers in `window.result`, and shows them to whoever looks. */
export async function show(peppercorn, answers, expected, ready) {
  const result = {};
  try {
    try {
      new peppercorn.Peppercorn();
      result.before = "not refused";
    } catch (error) {
      result.before = error instanceof peppercorn.PeppercornError ? error.code : String(error);
    }
    await Promise.all([ready(peppercorn.load), ready(peppercorn.load)]);
    await peppercorn.load();
    result.answers = answers(peppercorn);
  } catch (error) {
    result.error = { code: error.code, message: error.message };
  }
  for (const [name, value] of Object.entries(result.answers ?? { error: result.error.message })) {
    const row = document.body.appendChild(document.createElement("p"));
    const right = JSON.stringify(value) === JSON.stringify(expected[name]);
    row.textContent = `${right ? "✓" : "✗"} ${name}: ${JSON.stringify(value)}`;
  }
  window.result = result;
}
