// `peppercorn completion`: what a shell completes, made from the commands themselves.

import type { Command } from "commander";
import { UsageError } from "./usage.ts";

interface Completed {
  readonly name: string;
  readonly description: string;
  readonly options: readonly { readonly flag: string; readonly description: string; readonly takesValue: boolean }[];
}

export const SHELLS = ["bash", "zsh", "fish"] as const;

/** The script of a shell. */
export function completion(program: Command, shell: string): string {
  const commands = program.commands.map((command): Completed => ({ name: command.name(), description: command.summary() || command.description(), options: optionsOf(command) }));
  switch (shell) {
    case "bash":
      return bash(commands);
    case "zsh":
      return zsh(commands);
    case "fish":
      return fish(commands);
    default:
      throw new UsageError(`the shells are ${SHELLS.map((name) => `\`${name}\``).join(", ")}, not \`${shell}\``);
  }
}

function optionsOf(command: Command): Completed["options"] {
  // Of two long names commander calls the first one short.
  const options = command.options.flatMap(({ short, long, description, required }) =>
    [short, long].filter((flag) => flag?.startsWith("--")).map((flag = "") => ({ flag, description, takesValue: required })),
  );
  return [...options, { flag: "--help", description: "say how it is used", takesValue: false }];
}

function flags({ options }: Completed): string {
  return options.map(({ flag }) => flag).join(" ");
}

function bash(commands: readonly Completed[]): string {
  return `# peppercorn: completion for bash. In ~/.bashrc: source <(peppercorn completion bash)
_peppercorn() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=""
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    words="${commands.map(({ name }) => name).join(" ")} --help --version"
  elif [[ $current == -* ]]; then
    case \${COMP_WORDS[1]} in
${commands.map((command) => `      ${command.name}) words="${flags(command)}" ;;`).join("\n")}
    esac
  elif [[ \${COMP_WORDS[1]} == completion ]]; then
    words="${SHELLS.join(" ")}"
  fi
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -F _peppercorn peppercorn
`;
}

/** A text within single quotes, in bash, zsh and fish. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function zsh(commands: readonly Completed[]): string {
  // What stands before a colon is the word, and brackets are the syntax's own.
  const escaped = (text: string): string => text.replaceAll(/[\\[\]:]/g, "\\$&");
  return `#compdef peppercorn
# peppercorn: completion for zsh. As _peppercorn in a folder of $fpath, or in ~/.zshrc: source <(peppercorn completion zsh)
_peppercorn() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, description }) => `      ${quoted(`${name}:${description}`)}`).join("\n")}
    )
    _describe command commands
    return
  fi
  case $words[2] in
${commands
  .map(({ name, options }) => {
    const described = options.map(({ flag, description, takesValue }) => quoted(`${flag}[${escaped(description)}]${takesValue ? ":value:_files" : ""}`));
    const rest = name === "completion" ? quoted(`1:shell:(${SHELLS.join(" ")})`) : quoted("*:file:_files");
    return `    ${name}) shift words; (( CURRENT-- )); _arguments ${[...described, rest].join(" ")} ;;`;
  })
  .join("\n")}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _peppercorn "$@"
else
  compdef _peppercorn peppercorn
fi
`;
}

function fish(commands: readonly Completed[]): string {
  const escaped = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ name, description, options }) => [
    `complete -c peppercorn -n __fish_use_subcommand -f -a ${name} -d ${escaped(description)}`,
    ...options.map(
      ({ flag, description: about, takesValue }) =>
        `complete -c peppercorn -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}${takesValue ? " -r" : ""} -d ${escaped(about)}`,
    ),
  ]);
  return `# peppercorn: completion for fish. As ~/.config/fish/completions/peppercorn.fish
${lines.join("\n")}
complete -c peppercorn -n '__fish_seen_subcommand_from completion' -f -a '${SHELLS.join(" ")}'
`;
}
