/**
 * A learned distribution of a number as bars, and the target as an outline.
 *
 * @module
 */
import { sheetOf, type Theme } from "./canvas.ts";

/** Values below this share of the most are left out at either end. */
const LEAST = 1e-3;

/** Draws it over the values that either distribution gives some weight. */
export function drawHistogram(
  canvas: HTMLCanvasElement,
  theme: Theme,
  { target, learned, run, label }: {
    target: Float64Array;
    learned: Float64Array;
    run: 0 | 1;
    /** What value i is called. */
    label: (i: number) => string;
  },
): void {
  const sheet = sheetOf(canvas);
  if (!sheet) return;
  const { pen, width, height } = sheet, foot = height - 20, edge = 4;
  const most = Math.max(...target, ...learned), shown = (p: number) => p > LEAST * most;
  // Values that cannot occur, such as every other number of equal neighbours, take no room.
  const values = [...target.keys()].filter((i) => target[i]! > 0);
  const first = values.findIndex((i) => shown(target[i]!) || shown(learned[i]!));
  const last = values.findLastIndex((i) => shown(target[i]!) || shown(learned[i]!));
  const kept = values.slice(first, last + 1), bar = (width - 2 * edge) / kept.length;
  const y = (p: number) => foot - (foot - 8) * p / most;
  pen.fillStyle = theme.runs[run]!;
  pen.globalAlpha = 0.55;
  kept.forEach((value, i) => {
    pen.fillRect(edge + i * bar + 1, y(learned[value]!), bar - 2, foot - y(learned[value]!));
  });
  pen.globalAlpha = 1;
  pen.strokeStyle = theme.ink;
  pen.lineWidth = 1.75;
  pen.beginPath();
  pen.moveTo(edge, foot);
  kept.forEach((value, i) => {
    pen.lineTo(edge + i * bar, y(target[value]!));
    pen.lineTo(edge + (i + 1) * bar, y(target[value]!));
  });
  pen.lineTo(width - edge, foot);
  pen.stroke();
  pen.lineWidth = 1;
  pen.fillStyle = theme.muted;
  pen.textBaseline = "top";
  for (const [i, align] of [[0, "left"], [kept.length - 1, "right"]] as const) {
    pen.textAlign = align;
    pen.fillText(label(kept[i]!), align === "left" ? edge : width - edge, foot + 5);
  }
  const middle = Math.floor((kept.length - 1) / 2);
  if (kept.length < 5) return;
  pen.textAlign = "center";
  pen.fillText(label(kept[middle]!), edge + (middle + 0.5) * bar, foot + 5);
}
