/**
 * A distribution over the cells of a grid, and the trajectories that lead there.
 *
 * @module
 */
import { heatOf, sheetOf, type Theme } from "./canvas.ts";
import type { Trajectories } from "./messages.ts";

/** Paths that are drawn at most: more hide the map. */
const PATHS = 16;

/**
 * Draws a map: darker is more, by the square root, so that a hundredth of the most is still seen.
 *
 * @param values [side * side] probabilities, the first coordinate by rows
 * @param most the probability of the last colour
 * @param paths drawn over it, or null
 */
export function drawHeatMap(
  canvas: HTMLCanvasElement,
  theme: Theme,
  { side, values, most, paths }: {
    side: number;
    values: Float64Array;
    most: number;
    paths: Trajectories | null;
  },
): void {
  const sheet = sheetOf(canvas);
  if (!sheet) return;
  const { pen, width, height } = sheet, size = Math.min(width, height), cell = size / side;
  const left = (width - size) / 2;
  for (let s = 0; s < values.length; s++) {
    const share = Math.sqrt(Math.min(1, values[s]! / most));
    const x = Math.floor(s / side), y = s % side;
    const [red, green, blue] = heatOf(theme, share);
    pen.fillStyle = `rgb(${red} ${green} ${blue})`;
    // The second coordinate goes up. Half a pixel more, so that no gap shines through.
    pen.fillRect(left + x * cell, size - (y + 1) * cell, cell + 0.5, cell + 0.5);
  }
  pen.strokeStyle = theme.rule;
  pen.strokeRect(left + 0.5, 0.5, size - 1, size - 1);
  if (paths) drawPaths(pen, theme, { side, cell, left, size, paths });
}

function drawPaths(
  pen: CanvasRenderingContext2D,
  theme: Theme,
  { side, cell, left, size, paths: { start, states } }: {
    side: number;
    cell: number;
    left: number;
    size: number;
    paths: Trajectories;
  },
): void {
  const count = Math.min(PATHS, start.length - 1);
  pen.strokeStyle = pen.fillStyle = theme.path;
  pen.lineWidth = 1.25;
  for (let i = 0; i < count; i++) {
    // Side by side within a cell, since many take the same way.
    const aside = (0.5 + 0.6 * (i / Math.max(1, count - 1) - 0.5)) * cell;
    const at = (state: number): [number, number] => [
      left + Math.floor(state / side) * cell + aside,
      size - (state % side) * cell - aside,
    ];
    pen.globalAlpha = 0.55;
    pen.beginPath();
    for (let k = start[i]!; k < start[i + 1]!; k++) pen.lineTo(...at(states[k]!));
    pen.stroke();
    pen.globalAlpha = 1;
    pen.beginPath();
    pen.arc(...at(states[start[i + 1]! - 1]!), Math.max(2, Math.min(3.5, cell / 3)), 0, 7);
    pen.fill();
  }
}

/** Draws the colours of a map from 0 to `most`, with their probabilities. */
export function drawScale(canvas: HTMLCanvasElement, theme: Theme, most: number): void {
  const sheet = sheetOf(canvas);
  if (!sheet) return;
  const { pen, width } = sheet, bar = 12;
  for (let x = 0; x < width; x++) {
    const [red, green, blue] = heatOf(theme, x / (width - 1));
    pen.fillStyle = `rgb(${red} ${green} ${blue})`;
    pen.fillRect(x, 0, 1.5, bar);
  }
  pen.strokeStyle = theme.rule;
  pen.strokeRect(0.5, 0.5, width - 1, bar - 1);
  pen.fillStyle = theme.muted;
  pen.textBaseline = "top";
  for (const [share, align] of [[0, "left"], [0.5, "center"], [1, "right"]] as const) {
    pen.textAlign = align;
    const p = most * share ** 2;
    pen.fillText(p === 0 ? "0" : p.toPrecision(2), share * width, bar + 4);
  }
}
