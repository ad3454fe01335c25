// Colour, where somebody is looking.

const CODES = { green: 32, red: 31, yellow: 33, bold: 1, dim: 2 } as const;

/** A stream that may be a terminal. */
interface Stream {
  readonly isTTY?: boolean;
}

/** Whether to colour what goes to a stream: as its user says (https://no-color.org, https://force-color.org), or else on a terminal. */
export function hasColour(stream: Stream): boolean {
  const { NO_COLOR: none = "", FORCE_COLOR: force } = process.env;
  if (none !== "" || force === "0" || force === "false") return false;
  return (force !== undefined && force !== "") || stream.isTTY === true;
}

/** The text in a colour, where there is any. */
export function styleText(style: keyof typeof CODES, text: string, stream: Stream = process.stdout): string {
  return text !== "" && hasColour(stream) ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}
