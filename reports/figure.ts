/**
 * A figure: one or two drawings, what they show in words, and the numbers behind them.
 *
 * @module
 */
import { escaped } from "./_text.ts";
import { filledIn, type Palette } from "./colours.ts";

/** A drawing: the inside of an SVG element, its colours as names (`colours.ts`). */
export interface Drawing {
  width: number;
  height: number;
  markup: string;
}

/**
 * What stands in a table: a text, a number with its range over runs, a setting in which runs differ, a state
 * by its name with the reason for it or "", or how much of something is done.
 */
export type Cell =
  | string
  | { text: string; range: string; best: boolean }
  | { text: string; marked: true }
  | { text: string; pill: string; reason: string }
  | { text: string; part: number; of: number };

/** The head of a column: its name, and what its numbers are to reach. */
export type Head = string | { text: string; level: string };

/** Numbers as a table; the first cell of a row names it. */
export interface Table {
  head: Head[];
  rows: Cell[][];
}

/** A figure. */
export interface Figure {
  /** Unlike any other in the report; for anchors and file names. */
  id: string;
  title: string;
  /** What a reader has to know, in a sentence or two. */
  says: string;
  /** What is seen, for who does not see it. */
  alt: string;
  /** Against what it is drawn: both or neither. */
  drawings: { by: "trajectories" | "seconds" | null; drawing: Drawing }[];
  table: Table;
}

/** Fonts of a page; a file that becomes pixels names its own. */
export const FONTS = "system-ui, sans-serif";

/** The SVG element of a drawing in a page, which defines the colours. */
export function inlineSvg({ width, height, markup }: Drawing, alt: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${
    escaped(alt)
  }">${markup}</svg>`;
}

/** A drawing as a file of its own: on paper, with its title. */
export function svgFile(
  { title, alt }: Pick<Figure, "title" | "alt">,
  { width, height, markup }: Drawing,
  palette: Palette,
  font = FONTS,
): string {
  const head = 30;
  const inner = `<rect width="${width}" height="${
    height + head
  }" fill="var(--paper)"/><text x="10" y="20" font-size="14" font-weight="600" fill="var(--ink)">${
    escaped(title)
  }</text><g transform="translate(0,${head})" color="var(--ink)">${markup}</g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${
    height + head
  }" viewBox="0 0 ${width} ${height + head}" role="img" font-family="${font}"><title>${
    escaped(title)
  }</title><desc>${escaped(alt)}</desc>${filledIn(inner, palette)}</svg>\n`;
}
