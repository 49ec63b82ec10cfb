/**
 * The scores of the last trajectories, log R + log P_B - log P_F, on an axis around log Z. A sampler is exact
 * when every trajectory that there is scores log Z.
 *
 * @module
 */
import { sheetOf, type Theme } from "./canvas.ts";

/** Nats shown on either side of log Z. */
const REACH = { below: 6, above: 3 };

/** Draws the strip. */
export function drawScores(
  canvas: HTMLCanvasElement,
  theme: Theme,
  { score, exact, believed, run }: {
    /** [N] nats */
    score: Float64Array;
    /** log Z, nats. */
    exact: number;
    /** What the run believes log Z to be; null where nothing says. */
    believed: number | null;
    run: 0 | 1;
  },
): void {
  const sheet = sheetOf(canvas);
  if (!sheet) return;
  const { pen, width, height } = sheet, edge = 8, foot = height - 20;
  const share = (nats: number) => (nats - exact + REACH.below) / (REACH.below + REACH.above);
  const x = (nats: number) => edge + (width - 2 * edge) * Math.min(1, Math.max(0, share(nats)));
  pen.strokeStyle = theme.rule;
  pen.fillStyle = theme.muted;
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (let off = -REACH.below; off <= REACH.above; off++) {
    const at = x(exact + off);
    stroke(pen, at, foot, at, foot + 4);
    if (off % 2 === 0 && off !== 0) pen.fillText(off > 0 ? `+${off}` : `−${-off}`, at, foot + 6);
  }
  stroke(pen, edge, foot, width - edge, foot);
  pen.fillStyle = theme.ink;
  pen.fillText("log Z", x(exact), foot + 6);
  pen.strokeStyle = theme.ink;
  pen.lineWidth = 2;
  stroke(pen, x(exact), 2, x(exact), foot);
  if (believed !== null) {
    pen.strokeStyle = theme.runs[run]!;
    pen.setLineDash([5, 3]);
    stroke(pen, x(believed), 2, x(believed), foot);
    pen.setLineDash([]);
  }
  pen.lineWidth = 1;
  pen.fillStyle = theme.path;
  pen.globalAlpha = 0.75;
  const rows = Math.max(1, score.length - 1);
  score.forEach((nats, i) => {
    const at = x(nats),
      row = 8 + (foot - 16) * i / rows,
      inside = share(nats) >= 0 && share(nats) <= 1;
    pen.beginPath();
    if (inside) pen.arc(at, row, 3.5, 0, 7);
    else {
      // Beyond the axis: an arrow head at its end.
      const side = share(nats) < 0 ? 1 : -1;
      pen.moveTo(at - 6 * side, row);
      pen.lineTo(at + 2 * side, row - 4);
      pen.lineTo(at + 2 * side, row + 4);
    }
    pen.fill();
  });
  pen.globalAlpha = 1;
}

function stroke(pen: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number) {
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(toX, toY);
  pen.stroke();
}
