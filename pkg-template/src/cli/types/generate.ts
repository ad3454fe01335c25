// The type of a schema, as text.

import type { FileData } from "#files";
import type { v1 } from "../../../index.cjs";
import { type Member, membersOf, reach } from "./reach.ts";

/** What `engine.v1.reflectSchema` gives of comments and caveats, and what the file says of members. */
export interface Described {
  readonly reflected: Pick<v1.ReflectSchemaResponse, "definitions" | "caveats">;
  readonly members: FileData["members"];
}

/** The declaration of the interface, made from a file of that name. The same schema gives the same text. */
export function generate({ reflected, members: rows }: Described, name: string, file: string): string {
  const members = membersOf(rows);
  const lines = [
    `// Written by \`peppercorn types ${file.replaceAll(/\s/g, " ")}\`. Do not edit: write it anew when the schema changes.`,
    "",
    `/** The schema of ${code(file)}: \`const engine: Typed<${name}> = new Peppercorn({ schema })\`, with \`Typed\` of "peppercorn". */`,
    `export interface ${name} {`,
    "  readonly definitions: {",
  ];
  for (const definition of reflected.definitions) {
    const comments = new Map([...definition.relations, ...definition.permissions].map((member) => [member.name, member.comment]));
    const own = [...(members.get(definition.name)?.values() ?? [])];
    const section = (kind: Member["kind"]): string[] => {
      const found = own.filter((member) => member.kind === kind);
      if (found.length === 0) return [`      readonly ${kind}s: {};`];
      const described = found.flatMap((member) => {
        const { subjects, caveats } = reach(members, definition.name, member.name);
        const fields: [string, readonly string[]][] = [["subjects", subjects], ["caveats", caveats]];
        if (kind === "relation") fields.unshift(["allows", member.allows]);
        return [
          ...comment(comments.get(member.name) ?? "", "        "),
          `        readonly ${key(member.name)}: {`,
          ...fields.map(([field, texts]) => `          readonly ${field}:${union(texts, "            ")};`),
          "        };",
        ];
      });
      return [`      readonly ${kind}s: {`, ...described, "      };"];
    };
    lines.push(...comment(definition.comment, "    "), `    readonly ${key(definition.name)}: {`, ...section("relation"), ...section("permission"), "    };");
  }
  lines.push("  };", "  readonly caveats: {");
  for (const caveat of reflected.caveats) {
    const parameters = caveat.parameters.map((parameter) => `      readonly ${key(parameter.name)}: ${valueType(parameter.type)};`);
    lines.push(...comment(caveat.comment, "    "), `    readonly ${key(caveat.name)}: {`, ...parameters, "    };");
  }
  lines.push("  };", "}", "");
  return lines.join("\n");
}

/** What the engine takes for a parameter of a caveat. */
const VALUES: Readonly<Record<string, string>> = {
  any: "unknown",
  bool: "boolean",
  bytes: "Uint8Array | string",
  double: "number | bigint | string",
  duration: "string",
  int: "number | bigint | string",
  ipaddress: "string",
  string: "string",
  timestamp: "Date | string",
  uint: "number | bigint | string",
};

export function valueType(type: string): string {
  const [, outer, inner] = /^(list|map)<(.*)>$/.exec(type) ?? [];
  if (outer === undefined || inner === undefined) {
    return VALUES[type] ?? "unknown";
  }
  return outer === "list" ? `readonly (${valueType(inner)})[]` : `{ readonly [key: string]: ${valueType(inner)} }`;
}

/** As long as a line may be. */
const WIDTH = 140;

function union(texts: readonly string[], indent: string): string {
  if (texts.length === 0) return " never";
  const quoted = [...new Set(texts)].map((text) => JSON.stringify(text));
  const line = quoted.join(" | ");
  return line.length + indent.length <= WIDTH - 20 ? ` ${line}` : quoted.map((text) => `\n${indent}| ${text}`).join("");
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function code(text: string): string {
  return `\`${text.replaceAll("`", "'").replaceAll("*/", "* /")}\``;
}

/** A comment of the schema, its delimiters included, as one of TypeScript. What speaks to the linter alone is left out. */
export function comment(text: string, indent: string): string[] {
  const lines = text
    .split("\n")
    .map((line) => line.trim().replace(/^(?:\/\*+|\/\/+|\*+(?!\/))[ \t]?/, "").replace(/[ \t]*\*+\/$/, "").trimEnd())
    .map((line) => line.replaceAll("*/", "*\\/"))
    .filter((line) => !line.startsWith("spicedb-ignore-warning"));
  while (lines[0] === "") lines.shift();
  while (lines.at(-1) === "") lines.pop();
  if (lines.length === 0) return [];
  if (lines.length === 1) return [`${indent}/** ${lines[0]} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} *${line === "" ? "" : ` ${line}`}`), `${indent} */`];
}
