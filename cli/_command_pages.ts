/**
 * What the parsers know of the commands, as pages: for `gfn help`, the man page and the reference.
 *
 * @module
 */
import { type DocEntry, formatDocPage } from "@optique/core/doc";
import { formatMessage } from "@optique/core/message";
import { getDocPage, type Parser } from "@optique/core/parser";
import { formatUsage } from "@optique/core/usage";

/** The parser of all commands. */
export type Commands = Parser<"sync", unknown, unknown>;

/** An option or argument of a command. */
export interface ArgumentFacts {
  /** As in `-n, --count INTEGER`. */
  term: string;
  /** One sentence, or "". */
  help: string;
  /** Its default, or "". */
  preset: string;
  /** What may be given, or "" where the term says it. */
  choices: string;
}

/** A command, or a group of commands, as in `plugin`. */
export interface CommandFacts {
  /** The words that name it, as in `plugin check`. */
  name: string;
  summary: string;
  /** As it is typed; a line each where there are several. */
  usage: string;
  options: ArgumentFacts[];
  /** Names of the commands of a group. */
  commands: string[];
}

/** The commands of a group, as in `check` of `plugin`; none where the word names no group. */
export function commandsBehind(parser: Commands, word: string): string[] {
  const names = (before: readonly string[]) =>
    entriesOf(parser, before).flatMap(({ term }) => term.type === "command" ? [term.name] : []);
  return names([]).includes(word) ? names([word]) : [];
}

/** Every command by its name, groups before their own. */
export function commandFacts(
  parser: Commands,
  before: readonly string[] = [],
): Record<string, CommandFacts> {
  const all: Record<string, CommandFacts> = {};
  for (const { term, description } of entriesOf(parser, before)) {
    if (term.type !== "command") continue;
    const words = [...before, term.name], own = entriesOf(parser, words);
    all[words.join(" ")] = {
      name: words.join(" "),
      summary: description ? plainWords(description) : "",
      usage: formatUsage("gfn", getDocPage(parser, words)?.usage ?? []),
      options: own.filter(({ term }) => term.type !== "command").map(argumentFacts),
      commands: own.flatMap(({ term }) =>
        term.type === "command" ? [[...words, term.name].join(" ")] : []
      ),
    };
    Object.assign(all, commandFacts(parser, words));
  }
  return all;
}

/** The page of a command as `--help` prints it. */
export function commandPage(parser: Commands, name: string): string {
  const page = getDocPage(parser, name.split(" "))!;
  return formatDocPage("gfn", page, {
    maxWidth: 100,
    showDefault: { prefix: " (default ", suffix: ")" },
    showChoices: true,
  });
}

function entriesOf(parser: Commands, words: readonly string[]): DocEntry[] {
  return getDocPage(parser, words)?.sections.flatMap(({ entries }) => [...entries]) ?? [];
}

function argumentFacts({ term, description, default: preset, choices }: DocEntry): ArgumentFacts {
  return {
    term: term.type === "option"
      ? `${term.names.join(", ")}${term.metavar === undefined ? "" : ` ${term.metavar}`}`
      : term.type === "argument"
      ? term.metavar
      : "",
    help: description ? plainWords(description) : "",
    preset: preset ? plainWords(preset) : "",
    choices: choices ? plainWords(choices) : "",
  };
}

/** A message as plain words. */
function plainWords(message: Parameters<typeof formatMessage>[0]): string {
  return formatMessage(message, { colors: false, quotes: false });
}
