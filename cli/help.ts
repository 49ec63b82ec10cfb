/**
 * `gfn help TOPIC`: a command, a subject, a group of settings, or anything that `gfn describe` knows.
 *
 * @module
 */
import { nearName } from "../config/near_name.ts";
import { usageError } from "../errors.ts";
import { critics } from "../objectives/_registry.ts";
import { commandFacts, commandPage, type Commands } from "./_command_pages.ts";
import { printData } from "./_print.ts";
import { type SettingRow, settingRows, tableOfSettings } from "./_settings_table.ts";
import { topics } from "./_topics.ts";
import { descriptions, runSettings } from "./describe.ts";
import { kinds, listText } from "./list.ts";

/** Prints a topic, or which there are. Returns the exit status. */
export function helpCommand(parser: Commands, words: readonly string[]): number {
  if (words.length === 0) {
    printData(overview(parser));
    return 0;
  }
  const name = words.join(" "), all = texts(parser);
  if (!Object.hasOwn(all, name)) {
    const near = nearName(name, Object.keys(all));
    throw usageError(
      "E_TOPIC",
      `Cannot find the topic "${name}": want one that gfn help lists${
        near === null ? "" : `; did you mean "${near}"?`
      }`,
    );
  }
  printData(all[name]!().trimEnd());
  return 0;
}

/** Every topic by its name; where two have one name the first of this order is meant. */
export function texts(parser: Commands): Record<string, () => string> {
  const all: Record<string, () => string> = {};
  const put = (name: string, text: () => string) => all[name] ??= text;
  for (const name of Object.keys(commandFacts(parser))) put(name, () => commandPage(parser, name));
  for (const [name, { text }] of Object.entries(topics)) put(name, () => text);
  put("settings", () => `the settings of a run, as --set KEY=VALUE\n${tableOfSettings(rows)}`);
  for (const kind of kinds) put(kind, () => listText(kind));
  put("environments", () => listText("envs"));
  for (const [name, describe] of Object.entries(descriptions())) {
    put(name, () => {
      const { title, table } = describe();
      return `${title}\n${table}`;
    });
  }
  const rows = settingRows(runSettings(), "");
  for (const { name, summary, source: { paper, equation } } of Object.values(critics)) {
    const own = tableOfSettings(rows.filter(([key]) => key.startsWith("critic.")));
    put(name, () => `${name}: ${summary}\n  ${paper}, ${equation}\n${own}`);
  }
  for (const [key] of rows) {
    put(key, () => tableOfSettings(rows.filter((row) => row[0] === key)));
    const group = key.split(".")[0]!;
    put(group, () => tableOfSettings(rows.filter((row) => row[0].startsWith(`${group}.`))));
  }
  // What a setting chooses among, such as tlm: the settings that can be it.
  for (const choice of new Set(rows.flatMap((row) => choicesOf(row)))) {
    put(choice, () => tableOfSettings(rows.filter((row) => choicesOf(row).includes(choice))));
  }
  return all;
}

/** The names among which a setting chooses; none where it is a number, a text or a list. */
function choicesOf([, , allowed]: SettingRow): string[] {
  const names = allowed.split(" | ");
  return names.length > 1
    ? names.filter((name) => /^[a-z][\w-]*$/.test(name) && !TYPES.has(name))
    : [];
}

/** Words of a schema that are no names. */
const TYPES = new Set(["null", "string", "number", "integer", "boolean", "array", "object", "any"]);

function overview(parser: Commands): string {
  const commands = Object.values(commandFacts(parser)).map(({ name, summary }) => [name, summary]);
  const subjects = [
    ["settings", "every setting of a run; also one key or group, as in policy or policy.lr"],
    ["environments, objectives, presets", "which there are; also each by its name"],
    ...Object.entries(topics).map(([name, { summary }]) => [name, summary]),
  ];
  const width = Math.max(...[...commands, ...subjects].map(([name]) => name!.length));
  const lines = (rows: readonly (readonly (string | undefined)[])[]) =>
    rows.map(([name, summary]) => `  ${name!.padEnd(width)}  ${summary}`.trimEnd()).join("\n");
  return `gfn help TOPIC, where TOPIC is a command\n${lines(commands)}\nor a subject\n${
    lines(subjects)
  }`;
}
