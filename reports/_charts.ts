/**
 * Observable Plot without a browser: it draws into a document that linkedom makes.
 *
 * @module
 */
import type { Markish, PlotOptions } from "@observablehq/plot";
import { cut, escaped } from "./_text.ts";
import type { Drawing } from "./figure.ts";

type PlotModule = typeof import("@observablehq/plot");

/** A text beside the end of a line. */
export interface EndLabel {
  text: string;
  colour: string;
  /** Where the line ends, in the numbers of the y axis. */
  y: number;
}

/** What draws. */
export interface Charts {
  Plot: PlotModule;
  /** Draws marks; labels stand at the right, moved apart where they would cover each other. */
  draw(options: PlotOptions & { marks: Markish[] }, labels?: readonly EndLabel[]): Drawing;
}

/** Size of a figure, in pixels of a telephone as of a column of a page: text stays readable on both. */
export const WIDTH = 400;
const HEIGHT = 270;
/** Height of a line of labels. */
const LINE = 14;
/** Characters of a label at the end of a line. */
const LONGEST_LABEL = 15;

/** Loads the libraries, which takes a tenth of a second and no permission. */
export async function openCharts(): Promise<Charts> {
  const [Plot, { parseHTML }] = await Promise.all([
    import("@observablehq/plot"),
    import("linkedom"),
  ]);
  const { document } = parseHTML("<html></html>") as unknown as {
    document: NonNullable<PlotOptions["document"]>;
  };
  return {
    Plot,
    draw(options, labels = []) {
      const width = options.width ?? WIDTH, height = options.height ?? HEIGHT;
      const longest = Math.max(0, ...labels.map(({ text }) => cut(text, LONGEST_LABEL).length));
      const marginRight = labels.length === 0 ? 14 : 14 + 8.2 * longest;
      const svg = Plot.plot({ marginRight, ...options, width, height, document }) as unknown as {
        innerHTML: string;
        scale(name: "y"): { apply(y: number): number } | undefined;
      };
      // Its own style sheet says what the page says already; empty groups say nothing.
      const inner = svg.innerHTML.replace(/<style>[\s\S]*?<\/style>/, "");
      const y = svg.scale("y");
      const placed = y === undefined ? [] : apart(
        labels.map((label) => ({ ...label, at: y.apply(label.y) })),
        options.marginTop ?? 20,
        height - (options.marginBottom ?? 30),
      );
      const texts = placed.map(({ text, colour, at }) =>
        `<text x="${width - marginRight + 7}" y="${
          at.toFixed(1)
        }" dy="0.35em" fill="${colour}" text-anchor="start" font-weight="600">${
          escaped(cut(text, LONGEST_LABEL))
        }</text>`
      );
      const markup = `<g font-size="12" text-anchor="middle" fill="currentColor">${inner}${
        texts.join("")
      }</g>`;
      return { width, height, markup };
    },
  };
}

/** Moves labels apart, in the order in which their lines end, and keeps them between top and bottom. */
function apart<T extends { at: number }>(labels: readonly T[], top: number, bottom: number): T[] {
  const placed = labels.filter(({ at }) => Number.isFinite(at)).map((label) => ({ ...label }))
    .sort((a, b) => a.at - b.at);
  let least = top;
  for (const label of placed) {
    label.at = Math.max(label.at, least);
    least = label.at + LINE;
  }
  let most = bottom;
  for (const label of placed.toReversed()) {
    label.at = Math.min(label.at, most);
    most = label.at - LINE;
  }
  return placed;
}
