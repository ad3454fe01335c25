// A validation file, written.

/** The text of a validation file with this schema and these relationships. */
export function validationFile(schema: string, relationships: readonly string[]): string {
  return `schema: ${scalar(schema.trimEnd())}relationships: ${scalar(relationships.join("\n"))}`;
}

/** A text in YAML: as it is where its lines can be, else within quotes. */
function scalar(text: string): string {
  if (text === "") return '""\n';
  // JSON's strings are YAML's; what YAML takes for a line break or no character stands escaped there.
  if (/[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/.test(text) || /^[ \t\n]/.test(text)) {
    return `${JSON.stringify(text).replaceAll(/[\x7f-\u{10ffff}]/gu, escaped)}\n`;
  }
  return `|-\n${text.split("\n").map((line) => (line === "" ? "\n" : `  ${line}\n`)).join("")}`;
}

/** A character as YAML escapes it: JSON's surrogates are none there. */
function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
}
