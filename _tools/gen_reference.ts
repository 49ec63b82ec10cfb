/**
 * The pages of `docs/reference/`, from the parsers, schemas and types that the command itself runs on.
 *
 * @module
 */
import { z } from "zod";
import { type CommandFacts, commandFacts } from "../cli/_command_pages.ts";
import { type SettingRow, settingRows, type SettingSchema } from "../cli/_settings_table.ts";
import { topics } from "../cli/_topics.ts";
import { runSettings } from "../cli/describe.ts";
import { parser } from "../cli/main.ts";
import { optionSchema } from "../config/option_schema.ts";
import { presets } from "../config/presets.ts";
import { laws } from "../conformance/laws.ts";
import { environments } from "../envs/_registry.ts";
import { code, filled, plain, table } from "./_markdown.ts";

const GENERATED = "<!-- Written by deno task gen: change what it is made of. -->";

/**
 * Every page by its path.
 *
 * @param read gives the text of a file of the repository
 */
export function referencePages(read: (path: string) => string): Record<string, string> {
  const pages = {
    commands: commandsPage(),
    settings: settingsPage(),
    environments: environmentsPage(),
    presets: presetsPage(),
    "plugin-contract": contractPage(read),
  };
  return Object.fromEntries(
    Object.entries(pages).map(([name, parts]) => [
      `docs/reference/${name}.md`,
      `${[`# ${title(name)}`, GENERATED, ...parts].join("\n\n")}\n`,
    ]),
  );
}

function title(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1).replaceAll("-", " ");
}

function commandsPage(): string[] {
  const facts = Object.values(commandFacts(parser));
  return [
    filled(
      "What `gfn help COMMAND` prints. In a clone `gfn` is `deno run gfn.ts`; `gfn completion SHELL` prints completions for bash, zsh, fish, nu and pwsh, and `deno task man` writes a man page.",
    ),
    ...facts.flatMap(commandText),
    ...Object.entries(topics).flatMap(([name, { summary, text }]) => [
      `## Topic: ${name}`,
      filled(`\`gfn help ${name}\`: ${plain(summary)}.`),
      fenced("", text),
    ]),
  ];
}

function commandText({ name, summary, usage, options }: CommandFacts): string[] {
  const rows = options.map(({ term, help, preset, choices }) => [
    code(term),
    plain(help),
    code(preset),
    choices.split(", ").filter((choice) => choice !== "").map(code).join(", "),
  ]);
  return [
    `## gfn ${name}`,
    plain(summary),
    fenced("", usage),
    ...(rows.length === 0 ? [] : [table(["option", "meaning", "default", "one of"], rows)]),
  ];
}

function settingsPage(): string[] {
  const rows = settingRows(runSettings(), "");
  const groups = Map.groupBy(
    rows.filter(([key]) => !/^(env|objective)\./.test(key)),
    ([key]) => key.includes(".") ? key.split(".")[0]! : "of the run itself",
  );
  return [
    filled(
      "Every setting of a run but those of its environment ([environments.md](environments.md)) and of its objective ([objectives.md](../objectives.md)): `--set KEY=VALUE`, or nested in the JSON of a config file. A dash means that the default is another setting, as the last column says.",
    ),
    ...[...groups].flatMap(([group, own]) => [`## ${group}`, settingTable(own)]),
  ];
}

function settingTable(rows: readonly SettingRow[]): string {
  return table(
    ["key", "default", "allowed", "meaning"],
    rows.map(([key, preset, allowed, help]) => [
      code(key),
      preset === "-" ? "-" : code(preset),
      plain(allowed),
      plain(help),
    ]),
  );
}

function environmentsPage(): string[] {
  return [
    filled(
      "Options of the built-in environments, as `gfn describe NAME` prints them. What each environment is stands in [environments.md](../environments.md).",
    ),
    ...Object.values(environments).flatMap(({ name, summary, source, config }) => {
      const schema = z.toJSONSchema(optionSchema(config), { io: "input" }) as SettingSchema;
      return [
        `## ${name}`,
        filled(plain(`${summary}. Source: ${source}.`)),
        settingTable(settingRows(schema, "env")),
      ];
    }),
  ];
}

function presetsPage(): string[] {
  return [
    filled(
      "Published settings by name: `--set preset=NAME`. A preset comes before all other settings, so that any of them changes it.",
    ),
    ...Object.entries(presets).flatMap(([name, { summary, source, differs, settings }]) => [
      `## ${name}`,
      filled(plain(`${summary}. Source: ${source}.`)),
      ...(differs === "" ? [] : [filled(plain(`Not so here: ${differs}.`))]),
      fenced("json", JSON.stringify(settings, null, 2)),
    ]),
  ];
}

function contractPage(read: (path: string) => string): string[] {
  const declared = ["plugins/contract.ts", "config/options.ts"].flatMap((path) =>
    declarations(read(path)).map((text) => ({ path, text }))
  );
  return [
    filled(
      "What a plugin's default export is made of, from `plugins/contract.ts` and `config/options.ts`, and the laws that `gfn plugin check` holds it to. [writing-an-environment.md](../writing-an-environment.md) shows how to write one.",
    ),
    ...declared.flatMap(({ text }) => [
      `## ${/export (?:interface|type|const) (\w+)/.exec(text)![1]}`,
      fenced("ts ignore", text),
    ]),
    "## Laws",
    filled(
      "Beside them the description itself is checked, key by key, before anything of the plugin is called.",
    ),
    table(["law", "what it says"], laws.map(({ name, says }) => [name, plain(says)])),
  ];
}

/** The exported declarations of a file, each with its comment. */
function declarations(source: string): string[] {
  const found = source.matchAll(
    /^\/\*\*(?:[^*]|\*(?!\/))*\*\/\n(?:export interface [\s\S]*?^}$|export (?:type|const) [\s\S]*?;$)/gm,
  );
  return [...found].map(([text]) => text);
}

function fenced(info: string, text: string): string {
  return `\`\`\`${info}\n${text}\n\`\`\``;
}
