/**
 * Markdown as `deno fmt` leaves it, for the pages that are generated.
 *
 * @module
 */

/** `fmt.lineWidth` of deno.json. */
const LINE_WIDTH = 100;

/** A list; its items are texts, not markdown. */
export function list(items: readonly string[]): string {
  return items.map((item) => filled(`- ${plain(item)}`, "  ")).join("\n");
}

/** A table; its cells are markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(width[column]!)).join(" | ")} |`;
  return [line(head), line(width.map((w) => "-".repeat(w))), ...rows.map(line)].join("\n");
}

/** Text broken where a line would grow too long; lines but the first start with the indent. */
export function filled(text: string, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > LINE_WIDTH && line !== "") {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line].join("\n");
}

/** Text that markdown leaves as it is. */
export function plain(text: string): string {
  return text.replaceAll(/[*<|]/g, (mark) => `\\${mark}`);
}

/** Text as code in a cell of a table. */
export function code(text: string): string {
  return text === "" ? "" : `\`${text.replaceAll("|", "\\|")}\``;
}
