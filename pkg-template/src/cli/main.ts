// The command line: `peppercorn <command>`.

import { load } from "./dev.ts";
import { fmt } from "./fmt.ts";
import { UsageError } from "./usage.ts";
import { validate } from "./validate.ts";

declare const PEPPERCORN_VERSION: string;

const HELP = `peppercorn: a permissions engine compatible with SpiceDB

  peppercorn validate FILE... [--json] [--warnings] [--update]   check validation files
  peppercorn fmt FILE... [--check]                               format schema files in place
  peppercorn --help
  peppercorn --version

validate runs the assertions and compares the expected relations (\`validation:\`). It prints one line a file and each failure
with its place; --json prints the reports as one array, --warnings adds what is doubtful in the schemas.
--update first writes the expected relations anew, for the permissions that the file names or, where it names none, for all;
everything else in the file stays as it is.
fmt --check changes nothing and names the files that would change.

exit status  0  everything passed
             1  an assertion or expected relation failed, or a file is not formatted
             2  something could not be used: an unreadable file, bad YAML, a bad schema, no FILE (2 wins over 1)
`;

/** Runs the command and gives the exit status. */
function main(words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === "--version") {
    console.log(PEPPERCORN_VERSION);
    return 0;
  }
  if (command === "help" || words.includes("--help") || words.includes("-h")) {
    process.stdout.write(HELP);
    return 0;
  }
  try {
    switch (command) {
      case "validate":
        load();
        return validate(rest);
      case "fmt":
        load();
        return fmt(rest);
      case undefined:
        throw new UsageError("there is no command");
      default:
        throw new UsageError(`there is no command \`${command}\``);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`error: ${error.message}\n\n${HELP}`);
      return 2;
    }
    throw error;
  }
}

// A reader that has seen enough (`| head`) is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

// Not process.exit: what was printed into a pipe must arrive.
process.exitCode = main(process.argv.slice(2));
