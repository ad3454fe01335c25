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
    return `${JSON.stringify(text).replaceAll(/[\x7f-\uffff]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
  }
  return `|-\n${text.split("\n").map((line) => (line === "" ? "\n" : `  ${line}\n`)).join("")}`;
}
