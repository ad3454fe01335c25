// Colour, where somebody is looking.

const CODES = { green: 32, red: 31 } as const;

/** The text in a colour, on a terminal whose user has not asked for none (https://no-color.org). */
export function styleText(colour: keyof typeof CODES, text: string): string {
  const plain = !process.stdout.isTTY || (process.env["NO_COLOR"] ?? "") !== "";
  return plain ? text : `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}
