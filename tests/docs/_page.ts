/**
 * What a page of the documentation tells its reader to do: the commands of its `sh` blocks, the files
 * that it shows by name, the output that it promises. Everything that is not run as it stands says so
 * in the page:
 *
 *     ```sh                           run as it stands, in bash
 *     ```sh no-run: REASON            not run
 *     ```sh steps=2: REASON           every `gfn train` and `gfn compare` in it runs with --steps 2
 *     ```sh background                runs beside what follows, which waits for the page's port
 *     ```text output                  what the block before prints, line for line; … stands for anything
 *     ```text output about            the same with every number in it left open
 *     ```ts ignore NAME.ts            a file to be saved under that name (any language)
 *
 *     <!-- commands: steps=0, REASON  -->      the same for all blocks of the page that say nothing
 *     <!-- commands: no-run, REASON   -->
 *     <!-- commands: in a clone       -->      they run in a copy of this repository, not an empty folder
 *     <!-- commands: port 8000        -->      a free port takes its place
 *     <!-- before
 *     COMMANDS                                 run before what follows, for what a reader has anyway
 *     -->
 *
 * @module
 */

/** How a block is run: as it stands, with its training cut short, or not. */
export type Way = { how: "as-is" } | { how: "steps"; steps: number } | {
  how: "no-run";
  reason: string;
};

/** One thing of a page, in its order. */
export type Part =
  | { kind: "commands"; line: number; text: string; way: Way; background: boolean }
  | { kind: "output"; line: number; text: string; numbers: "exact" | "about" }
  | { kind: "file"; line: number; name: string; text: string }
  | { kind: "before"; line: number; text: string };

/** What a page says. */
export interface Page {
  path: string;
  /** Whether commands run in a copy of the repository. */
  inClone: boolean;
  /** The port that its commands speak of, or null. */
  port: string | null;
  parts: Part[];
}

/** A fence, or a comment that is for the tests; the marker of a fence may be longer than three. */
const PARTS =
  /^(?<mark>`{3,})(?<info>[^`\n]*)\n(?<text>[\s\S]*?)^\k<mark>$|^<!-- (?<word>commands:|before)(?<said>[\s\S]*?)-->$/gm;

/**
 * Reads a page.
 *
 * @throws {Error} where a block or a comment says what nobody understands
 */
export function readPage(path: string, markdown: string): Page {
  const page: Page = { path, inClone: false, port: null, parts: [] };
  let usual: Way = { how: "as-is" };
  for (const { index, groups } of markdown.matchAll(PARTS)) {
    const { info = "", text = "", word, said = "" } = groups!;
    const line = markdown.slice(0, index).split("\n").length;
    const unknown = (what: string) =>
      new Error(`Cannot read ${path}:${line}: found ${what}, want what tests/docs/_page.ts lists`);
    if (word === "before") {
      page.parts.push({ kind: "before", line, text: said });
      continue;
    }
    if (word === "commands:") {
      const port = /^ port (\d+)\s*$/.exec(said)?.[1];
      const way = readWay(said.trim());
      if (port !== undefined) page.port = port;
      else if (said.trim() === "in a clone") page.inClone = true;
      else if (way !== null) usual = way;
      else throw unknown(`"${said.trim()}"`);
      continue;
    }
    const [language, ...rest] = info.trim().split(/\s+/), says = rest.join(" ");
    const name = /(?:^| )([\w./-]+\.\w+)$/.exec(says)?.[1];
    if (language === "sh") {
      const background = says === "background";
      const way = says === "" || background ? usual : readWay(says);
      if (way === null) throw unknown(`"${says}"`);
      page.parts.push({ kind: "commands", line, text, way, background });
    } else if (language === "text" && /^output( about)?$/.test(says)) {
      const numbers = says === "output" ? "exact" : "about";
      page.parts.push({ kind: "output", line, text, numbers });
    } else if (name !== undefined) page.parts.push({ kind: "file", line, name, text });
    else if (says !== "" && says !== "ignore") throw unknown(`"${info}"`);
  }
  return page;
}

/** `steps=2: REASON` or `no-run, REASON`; the reason is a must. */
function readWay(text: string): Way | null {
  const [, steps, reason] = /^(?:steps=(\d+)|no-run)[:,] (\S[\s\S]*)$/.exec(text) ?? [];
  if (reason === undefined) return null;
  return steps === undefined ? { how: "no-run", reason } : { how: "steps", steps: Number(steps) };
}

/** The commands of a block, a line each: continued lines in one, here-documents and comments left out. */
export function commandsOf(text: string): string[] {
  const lines = text.replaceAll(/\\\n\s*/g, "").split("\n"), commands: string[] = [];
  let until: string | null = null;
  for (const line of lines) {
    if (until !== null) {
      if (line.trim() === until) until = null;
      continue;
    }
    if (/^\s*(#|$)/.test(line)) continue;
    commands.push(line);
    until = /<<-?\s*['"]?(\w+)['"]?/.exec(line)?.[1] ?? null;
  }
  return commands;
}

/** A block whose training ends after so many steps. */
export function cutShort(text: string, steps: number): string {
  return text.replaceAll(/\\\n\s*/g, "").split("\n").map((line) => {
    if (!/\bgfn(?:\.ts)? (?:train|compare)\b/.test(line)) return line;
    const set = line.replace(/--steps \d+/, `--steps ${steps}`);
    if (set !== line || /--steps/.test(line)) return set;
    return line.replace(/(?=\s+(?:#|[|>&])|\s*$)/, ` --steps ${steps}`);
  }).join("\n");
}

/**
 * Where what was printed is not what the page promises: the first promised line that does not come, or
 * null. Lines may lie between those promised.
 */
export function missingLine(
  promised: string,
  printed: string,
  numbers: "exact" | "about",
): string | null {
  const lines = printed.split("\n").map((line) => line.trimEnd());
  let at = 0;
  for (const line of promised.split("\n").map((line) => line.trimEnd())) {
    if (/^\s*(…|\.\.\.)?$/.test(line)) continue;
    const pattern = patternOf(line, numbers);
    const found = lines.findIndex((printed, i) => i >= at && pattern.test(printed));
    if (found < 0) return line;
    at = found + 1;
  }
  return null;
}

function patternOf(line: string, numbers: "exact" | "about"): RegExp {
  const escape = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const source = line.split(/…|\.\.\./).map((piece) =>
    numbers === "exact"
      ? escape(piece)
      : piece.split(/(-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)/).map((part, i) =>
        // A table's columns are as wide as their numbers.
        i % 2 === 1 ? "-?[\\d.,]+(?:e[+-]?\\d+)?" : escape(part).replaceAll(/ {2,}/g, " +")
      ).join("")
  ).join(".*");
  return new RegExp(`^${source}$`);
}
