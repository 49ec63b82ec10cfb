/**
 * Prints the lines of code by folder: `deno task lines`. Blank lines, comments and generated
 * files do not count.
 *
 * @module
 */

/** Lines of a TypeScript source that hold more than blanks and comments. */
export function codeLines(source: string): number {
  let count = 0;
  let inComment = false;
  for (const line of source.split("\n")) {
    let rest = line;
    let code = false;
    while (rest.trim() !== "") {
      if (inComment) {
        const end = rest.indexOf("*/");
        if (end < 0) break;
        inComment = false;
        rest = rest.slice(end + 2);
        continue;
      }
      const text = rest.trimStart();
      if (text.startsWith("//")) break;
      // A comment is taken to start only where a line does, so that "/*" in a string is no comment.
      if (!text.startsWith("/*")) {
        code = true;
        break;
      }
      inComment = true;
      rest = text.slice(2);
    }
    if (code) count++;
  }
  return count;
}

/** Whether a file is written by a tool. */
export function isGenerated(path: string): boolean {
  return /(^|\/)(_registry|_wasm)\.ts$/.test(path) || /(^|\/)envs\/data\//.test(path);
}

interface Tally {
  files: number;
  lines: number;
  longest: number;
}

const SKIPPED = new Set([".git", "dist", "node_modules", "fixtures", "coverage"]);

function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory && !SKIPPED.has(name)) yield* sources(`${folder}/${name}`);
    if (name.endsWith(".ts") && !isGenerated(`${folder}/${name}`)) yield `${folder}/${name}`;
  }
}

function main(): void {
  const tallies = new Map<string, Tally>();
  for (const path of sources(".")) {
    const inFolder = path.slice(2).split("/");
    const place = inFolder.length > 1 ? `${inFolder[0]}/` : "./";
    const tally = tallies.get(place) ?? { files: 0, lines: 0, longest: 0 };
    const lines = codeLines(Deno.readTextFileSync(path));
    tallies.set(place, {
      files: tally.files + 1,
      lines: tally.lines + lines,
      longest: Math.max(tally.longest, lines),
    });
  }
  const rows = [...tallies].toSorted(([a], [b]) => a < b ? -1 : 1);
  const total = rows.reduce((sum, [, { files, lines, longest }]) => ({
    files: sum.files + files,
    lines: sum.lines + lines,
    longest: Math.max(sum.longest, longest),
  }), { files: 0, lines: 0, longest: 0 });
  console.log("folder        files   lines  longest file");
  for (const [place, { files, lines, longest }] of [...rows, ["total", total] as const]) {
    const cells = [
      String(files).padStart(5),
      String(lines).padStart(8),
      String(longest).padStart(8),
    ];
    console.log(place.padEnd(14) + cells.join(""));
  }
}

if (import.meta.main) main();
