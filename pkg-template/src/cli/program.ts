// The commands, their options and their help. What they do is loaded when they do it.

import { type Argument, Command } from "commander";
import { SHELLS } from "./completion.ts";
import type { CheckOptions, LookupOptions, QuestionOptions } from "./questions.ts";
import { serverOptions } from "./server-options.ts";
import type { ServeOptions } from "./serve.ts";
import { KEYS } from "./serving.ts";
import { sourceOptions } from "./source-options.ts";
import { hasColour, styleText } from "./style.ts";
import type { DiffOptions } from "./diff.ts";
import type { FormatOptions } from "./fmt.ts";
import type { ExportOptions, ImportOptions } from "./transfer.ts";
import type { TypesOptions } from "./types/command.ts";
import type { ValidateOptions } from "./validate.ts";

/** The program; `done` is told the exit status of the command that ran. */
export function program(version: string, done: (status: number) => void): Command {
  const root = new Command("peppercorn")
    .description("A permissions engine compatible with SpiceDB.")
    .exitOverride()
    .version(version, "--version", "say the version")
    .helpOption("-h, --help", "say how it is used")
    .addHelpCommand(new Command("help").argument("[COMMAND]").helpGroup("Other:").summary("say how a command is used").description("Says how a command is used."))
    .configureOutput({ outputError: () => undefined, getOutHasColors: () => hasColour(process.stdout), getErrHasColors: () => hasColour(process.stderr) })
    .configureHelp({
      subcommandTerm: (command) => `${command.name()} ${command.registeredArguments.map(term).join(" ")}`.trim(),
      commandUsage: (command) => (command.parent === null ? "peppercorn <command>" : `peppercorn ${command.name()} ${command.usage()}`),
      styleTitle: (text) => styleText("bold", text),
      styleCommandText: (text) => text,
    });

  const command = (group: string, usage: string, summary: string, description: string, help: Help): Command => {
    const [name = "", ...args] = usage.split(" ");
    const made = root.command(name).helpGroup(group).summary(summary).description(description).showSuggestionAfterError();
    for (const argument of args) made.argument(argument.replace(/^([^[<].*)$/, "<$1>"));
    made.usage([...args.map((argument) => argument.replaceAll(/[<>]/g, "")), "[options]"].join(" "));
    return made.addHelpText("after", () => helpText(help));
  };
  const json = (made: Command): Command => made.option("--json", "print JSON, for programs");
  const run = <Words extends unknown[]>(made: Command, work: (...words: Words) => number | Promise<number>): void => {
    made.action(async (...words) => done(await work(...(words as unknown as Words))));
  };

  const validate = command("Files:", "validate <FILE...>", "check validation files", "Runs the assertions of validation files and compares their expected relations (`validation:`). Schemas (.zed) are only compiled.", {
    examples: ["validate permissions.yaml", "validate --update permissions.yaml", "validate --json tests/*.yaml"],
    status: { 0: "everything holds", 1: "an assertion or expected relation does not", 2: "a file cannot be used (2 wins over 1)" },
    notes: ["--update writes the expected relations of the permissions that the file names or, where it names none, of all; everything else in", "the file stays as it is."],
  });
  validate.option("--warnings", "show what is doubtful in the schemas").option("--update", "first write the expected relations anew");
  run(json(validate), async (files: string[], options: ValidateOptions) => (await import("./validate.ts")).validate(files, options));

  const fmt = command("Files:", "fmt <FILE...>", "format schema files in place", "Formats schema files in place; standard input (`-`) to standard output.", {
    examples: ["fmt schema.zed", "fmt --check schemas/*.zed"],
    status: { 0: "everything is formatted", 1: "with --check, a file is not", 2: "a file cannot be used (2 wins over 1)" },
  });
  fmt.option("--check", "change nothing, name the files that would change");
  run(json(fmt), async (files: string[], options: FormatOptions) => (await import("./fmt.ts")).fmt(files, options));

  const questions = async () => import("./questions.ts");
  const asks = (made: Command): Command =>
    json(made.option("-c, --context <JSON>", "values for the parameters of caveats").option("--now <TIME>", "the time of the question: RFC 3339, or milliseconds since 1970"));
  const pages = (made: Command): Command => asks(made.option("-n, --limit <NUMBER>", "at most so many results").option("--cursor <TEXT>", "go on after the page that it came with"));

  const check = command("Questions:", "check <SUBJECT> [PERMISSION] [RESOURCE]", "whether a subject has a permission", "Says whether the subject has the permission, or is in the relation, on the resource. The three may be one text, as in a validation file.", {
    examples: ["check user:alice view document:plan --file permissions.yaml", "check 'document:plan#view@user:alice' -f permissions.yaml --trace", "check user:bob view document:plan -f permissions.yaml --context '{\"hour\": 10}'", "check user:alice view document:plan --endpoint localhost:50051 --insecure"],
    status: { 0: "yes", 1: "no", 2: "the question or the data cannot be used", 3: "it depends on a caveat whose context is not known" },
  });
  asks(check).option("--trace, --explain", "say why");
  run(sourceOptions(check), async (subject: string, permission: string | undefined, resource: string | undefined, options: CheckOptions) =>
    (await questions()).check([subject, permission, resource].filter((word) => word !== undefined), options),
  );

  const lookupResources = command("Questions:", "lookup-resources <SUBJECT> <PERMISSION> <TYPE>", "what a subject has a permission on", "Lists the resources of a type that the subject has the permission on, by id.", {
    examples: ["lookup-resources user:alice view document --file permissions.yaml", "lookup-resources user:alice view document -f permissions.yaml --limit 100 --json"],
    status: { 0: "answered, even where nothing is found", 2: "the question or the data cannot be used" },
  });
  run(sourceOptions(pages(lookupResources)), async (subject: string, permission: string, type: string, options: LookupOptions) => (await questions()).lookupResources(subject, permission, type, options));

  const lookupSubjects = command("Questions:", "lookup-subjects <RESOURCE> <PERMISSION> <TYPE>", "who has a permission on a resource", "Lists the subjects of a type, such as `user` or `group#member`, that have the permission on the resource, by id; `*` is everyone.", {
    examples: ["lookup-subjects document:plan view user --file permissions.yaml", "lookup-subjects document:plan view group#member -f permissions.yaml"],
    status: { 0: "answered, even where nobody is found", 2: "the question or the data cannot be used" },
  });
  pages(lookupSubjects).option("--no-wildcards", "leave `*` out");
  run(sourceOptions(lookupSubjects), async (resource: string, permission: string, type: string, options: LookupOptions) => (await questions()).lookupSubjects(resource, permission, type, options));

  const expand = command("Questions:", "expand <PERMISSION> <RESOURCE>", "what a permission is made of", "Draws the permission, or relation, of a resource as a tree, down to the subjects that its relations hold.", {
    examples: ["expand view document:plan --file permissions.yaml"],
    status: { 0: "answered", 2: "the question or the data cannot be used" },
  });
  expand.option("--now <TIME>", "the time of the question: RFC 3339, or milliseconds since 1970");
  run(sourceOptions(json(expand)), async (permission: string, resource: string, options: QuestionOptions) => (await questions()).expand(permission, resource, options));

  const diff = command("Schemas:", "diff <OLD> <NEW>", "what is different between two schemas", "Says what the new schema has that the old one has not and the other way round. Where the old one comes with relationships (a validation file, a saved engine, or `--relationships`), it also says which of them the change would be refused for.", {
    examples: ["diff old.zed new.zed", "diff permissions.yaml new.zed", "diff old.zed new.zed --relationships rows.txt --json"],
    status: { 0: "nothing is different", 1: "something is", 2: "a file cannot be used", 3: "relationships stand against the change" },
  });
  diff.option("-r, --relationships <FILE>", "relationships under the old schema, one a line");
  run(json(diff), async (before: string, after: string, options: DiffOptions) => (await import("./diff.ts")).diff(before, after, options));

  const types = command("Schemas:", "types <SCHEMA>", "write TypeScript types of a schema", "Writes a schema as a type, so that the compiler checks references, permissions, contexts and relationships: `const engine: Typed<Schema> = new Peppercorn(…)`.", {
    examples: ["types schema.zed --out schema.d.ts", "types schema.zed --out schema.d.ts --check"],
    status: { 0: "written, or as it would be", 1: "with --check, the file differs", 2: "a file cannot be used" },
  });
  types.option("-o, --out <FILE>", "the file to write; standard output without").option("--check", "change nothing, say whether the file is up to date").option("--name <NAME>", "the name of the type", "Schema");
  run(json(types), async (schema: string, options: TypesOptions) => (await import("./types/command.ts")).types(schema, options));

  const serve = command("Servers:", "serve", "serve SpiceDB's API", "Serves SpiceDB's API, by gRPC and by HTTP with JSON, until SIGINT or SIGTERM; then what runs may finish.", {
    examples: [`serve --testing`, `${KEYS}=secret peppercorn serve --file permissions.yaml`, `serve --readonly --file permissions.yaml --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem`],
    status: { 0: "stopped", 2: "it cannot start" },
    notes: [`Keys have commas between them. They come from ${KEYS} too, which the list of processes does not show.`],
  });
  serve
    .option("--grpc-preshared-key, --key <KEY...>", `preshared keys of clients; better in ${KEYS}`)
    .option("--testing", "any token will do, and each is a store of its own")
    .option("--readonly", "refuse what writes")
    .option("-f, --file <FILE>", "a validation file to begin with")
    .option("--host <ADDRESS>", "the address to listen on", "127.0.0.1")
    .option("--grpc-port <PORT>", "the port of gRPC; 0 for a free one", "50051")
    .option("--http-port <PORT>", "the port of HTTP; 0 for a free one", "8443")
    .option("--tls-cert <FILE>", "a certificate in PEM, for both ports")
    .option("--tls-key <FILE>", "its key")
    .option("--max-request-bytes <NUMBER>", "the largest request")
    .option("--request-timeout <MILLISECONDS>", "the longest that a request may take to arrive");
  run(json(serve), async (options: ServeOptions) => (await import("./serve.ts")).serve(options));

  const importing = command("Servers:", "import [FILE]", "write a file to a server", "Writes the schema and the relationships of a file (a validation file, a schema, a saved engine) to a server. Relationships are written as new ones and in one transaction.", {
    examples: ["import permissions.yaml --endpoint localhost:50051 --insecure", "import schema.zed --relationships rows.txt -e db.example.com:443", "import --relationships rows.txt -e localhost:50051 --insecure --touch"],
    status: { 0: "written", 2: "refused, or something cannot be used" },
    notes: ["Without FILE the relationships must fit the server's own schema."],
  });
  importing
    .option("-r, --relationships <FILE>", "relationships, one a line")
    .option("--touch", "also write what is there already, a thousand a transaction")
    .option("--no-schema", "leave the server's schema as it is");
  run(serverOptions(json(importing), "the server's gRPC address"), async (file: string | undefined, options: ImportOptions) => (await import("./transfer.ts")).importTo(file, options));

  const exporting = command("Servers:", "export [FILE]", "read a server into a file", "Writes the schema and the relationships of a server, as of one moment, or of a file, to a file: as a validation file, as a schema, as relationships, or as an engine that `Peppercorn.load` takes.", {
    examples: ["export --endpoint localhost:50051 --insecure --out backup.yaml", "export permissions.yaml --out permissions.bin", "export permissions.yaml --as relationships"],
    status: { 0: "written", 2: "refused, or something cannot be used" },
  });
  exporting
    .option("-r, --relationships <FILE>", "relationships that go with a schema file")
    .option("-o, --out <FILE>", "the file to write; standard output without")
    .option("--as <KIND>", "`yaml`, `schema`, `relationships` or `saved`; by the file's ending: .yaml, .zed, .txt, any other");
  run(serverOptions(json(exporting), "the server's gRPC address"), async (file: string | undefined, options: ExportOptions) => (await import("./transfer.ts")).exportFrom(file, options));

  const completing = command("Other:", "completion <SHELL>", "print a shell's completion script", `Prints the completion script of a shell: ${SHELLS.join(", ")}.`, {
    examples: ["completion bash > ~/.local/share/bash-completion/completions/peppercorn", "completion zsh", "completion fish > ~/.config/fish/completions/peppercorn.fish"],
    status: { 0: "printed", 2: "there is no such shell" },
  });
  run(completing, async (shell: string) => {
    process.stdout.write((await import("./completion.ts")).completion(root, shell));
    return 0;
  });

  return root.addHelpText("after", "\n`peppercorn <command> --help` shows options, examples and exit statuses: 0 yes, 1 no, 2 something cannot be used, 3 it depends. `-` is standard input.");
}

interface Help {
  readonly examples: readonly string[];
  readonly status: Readonly<Record<number, string>>;
  readonly notes?: readonly string[];
}

function helpText({ examples, status, notes = [] }: Help): string {
  const title = (text: string): string => `\n${styleText("bold", text)}`;
  const shown = examples.map((example) => `  $ ${/^[A-Z_]+=/.test(example) ? example : `peppercorn ${example}`}`);
  const statuses = Object.entries(status).map(([code, meaning]) => `  ${code}  ${meaning}`);
  return [...(notes.length === 0 ? [] : ["", ...notes]), title("Examples:"), ...shown, title("Exit status:"), ...statuses].join("\n");
}

function term(argument: Argument): string {
  const text = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? text : `[${text}]`;
}
