/**
 * Lattices of spins, side by side.
 *
 * @module
 */
import { sheetOf, type Theme } from "./canvas.ts";

/** Draws as many as fit into one row, or two. */
export function drawLattices(
  canvas: HTMLCanvasElement,
  theme: Theme,
  { states, side, run }: { states: Int32Array; side: number; run: 0 | 1 },
): void {
  const sheet = sheetOf(canvas);
  if (!sheet) return;
  const { pen, width, height } = sheet, spins = side * side, gap = 8;
  const size = (height - gap) / 2,
    cell = size / side,
    fitting = Math.floor((width + gap) / (size + gap));
  const columns = Math.min(fitting, Math.ceil(states.length / spins / 2));
  const shown = Math.min(2 * columns, states.length / spins);
  const inset = (width - columns * (size + gap) + gap) / 2;
  for (let n = 0; n < shown; n++) {
    const left = inset + (n % columns) * (size + gap), top = Math.floor(n / columns) * (size + gap);
    for (let i = 0; i < spins; i++) {
      pen.fillStyle = states[n * spins + i] === 2 ? theme.runs[run]! : theme.rule;
      const x = left + (i % side) * cell, y = top + Math.floor(i / side) * cell;
      pen.fillRect(x, y, cell - 1, cell - 1);
    }
  }
}
