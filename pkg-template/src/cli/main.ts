// The command line: `peppercorn <command>`.

import { CommanderError } from "commander";
import { program } from "./program.ts";
import { UNUSABLE, YES } from "./status.ts";
import { styleText } from "./style.ts";
import { UsageError } from "./usage.ts";

declare const PEPPERCORN_VERSION: string;

/** Runs the command and gives the exit status. */
async function main(words: readonly string[]): Promise<number> {
  let status = UNUSABLE;
  const root = program(PEPPERCORN_VERSION, (found) => (status = found));
  try {
    if (words.every((word) => word === "--")) {
      throw new UsageError("there is no command");
    }
    const [first = "", second = ""] = words;
    const name = first === "help" ? second : first;
    // Where help is asked for on a command that there is not, commander would show the help of all.
    const isUnknown = /^[^-]/.test(name) && !root.commands.some((command) => command.name() === name);
    await root.parseAsync(isUnknown ? [name] : words, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError && ["commander.help", "commander.helpDisplayed", "commander.version"].includes(error.code)) {
      return YES;
    }
    const command = root.commands.find((each) => each.name() === words[0])?.name();
    const told = error instanceof CommanderError || error instanceof UsageError ? misuse(error.message, command) : await failure(error);
    if (words.includes("--json")) {
      console.log(JSON.stringify(told.json, null, 2));
    }
    console.error(told.lines.join("\n"));
    return UNUSABLE;
  }
}

interface Told {
  readonly lines: readonly string[];
  readonly json: object;
}

/** What is said of a command line that makes no sense, in our words: commander's quote otherwise and suggest in brackets. */
function misuse(text: string, command: string | undefined): Told {
  const [first = "", suggested] = text.replace(/^error: /, "").replaceAll(/'([^']*)'/g, "`$1`").split("\n");
  const message = first.replace(/\.$/, "");
  const [, near] = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(suggested ?? "") ?? [];
  const help = [
    ...(near === undefined ? [] : [`did you mean ${near.split(", ").map((name) => `\`${name}\``).join(" or ")}?`]),
    `\`peppercorn${command === undefined ? "" : ` ${command}`} --help\` says how it is used`,
  ];
  const lines = [`${styleText("red", "error", process.stderr)}: ${message}`, ...help.map((line) => `  help: ${line}`)];
  return { lines, json: { error: { code: "usage", message, diagnostics: [] } } };
}

/** What is said of whatever else went wrong. What nobody expected is for whoever mends it: it is thrown on. */
async function failure(error: unknown): Promise<Told> {
  const told = (await import("./failures.ts")).failureOf(error);
  if (told === undefined) throw error;
  return told;
}

// A reader that has seen enough (`| head`) is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

// Node's own statuses, 0 for what never ends and 1 for what nobody caught, would be a yes and a no here.
process.exitCode = UNUSABLE;
process.on("uncaughtException", (error) => {
  console.error(error);
  process.exit(UNUSABLE);
});

// Not process.exit: what was printed into a pipe must arrive.
void main(process.argv.slice(2)).then((status) => (process.exitCode = status));
