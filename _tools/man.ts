/**
 * Writes the man page `dist/man/gfn.1`: `deno task man`, then `man dist/man/gfn.1`.
 *
 * @module
 */
import { type CommandFacts, commandFacts } from "../cli/_command_pages.ts";
import { topics } from "../cli/_topics.ts";
import { VERSION } from "../stored/version.ts";
import { parser } from "../cli/main.ts";

/** The page, as groff_man(7) has it. */
export function manPage(): string {
  return [
    `.TH GFN 1 "" "gfn ${roff(VERSION)}" "User Commands"`,
    ".SH NAME",
    "gfn \\- train samplers of discrete objects in proportion to a reward",
    ".SH SYNOPSIS",
    ".B gfn",
    ".I COMMAND",
    "[ARGUMENT ...]",
    ".SH COMMANDS",
    ...Object.values(commandFacts(parser)).flatMap(commandLines),
    ...Object.entries(topics).flatMap(([name, { text }]) => [
      `.SH ${roff(name.replaceAll("-", " ").toUpperCase())}`,
      ".nf",
      ...text.split("\n").map(roff),
      ".fi",
    ]),
    "",
  ].join("\n");
}

function commandLines({ name, summary, usage, options }: CommandFacts): string[] {
  return [
    `.SS ${roff(name)}`,
    roff(summary),
    ".PP",
    ".nf",
    ...usage.split("\n").map(roff),
    ".fi",
    ...options.flatMap(({ term, help, preset, choices }) => [
      ".TP",
      `.B ${roff(term)}`,
      roff(
        [help, choices && `One of ${choices}.`, preset && `Default ${preset}.`]
          .filter((sentence) => sentence !== "").join(" "),
      ),
    ]),
  ];
}

/** Text that roff prints as it is: a dash is a dash, a dot or quote that begins a line no request. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^(?=[.'])/, "\\&");
}

if (import.meta.main) {
  const folder = new URL("../dist/man/", import.meta.url);
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(new URL("gfn.1", folder), manPage());
  console.error("wrote dist/man/gfn.1");
}
