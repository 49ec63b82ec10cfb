/**
 * Total variation against trajectories, of one run or two.
 *
 * @module
 */
import { sheetOf, type Theme } from "./canvas.ts";

/** A curve. */
export interface Curve {
  /** Trajectories and total variation, by turns. */
  points: readonly number[];
  label: string;
}

const MARGIN = { left: 38, right: 12, top: 12, bottom: 34 };
const DASHES: readonly (readonly number[])[] = [[], [7, 4]];

/** Draws them over axes from 0 to `to` trajectories, and from 0 to 1. */
export function drawCurves(
  canvas: HTMLCanvasElement,
  theme: Theme,
  curves: readonly Curve[],
): void {
  const sheet = sheetOf(canvas);
  if (!sheet) return;
  const { pen, width, height } = sheet;
  const last = Math.max(...curves.map(({ points }) => points.at(-2) ?? 0));
  const [to, step] = roundAxis(Math.max(last, 1000));
  const w = width - MARGIN.left - MARGIN.right, h = height - MARGIN.top - MARGIN.bottom;
  const x = (trajectories: number) => MARGIN.left + w * trajectories / to;
  const y = (tv: number) => MARGIN.top + h * (1 - tv);

  pen.strokeStyle = theme.rule;
  pen.fillStyle = theme.muted;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const tv of [0, 0.25, 0.5, 0.75, 1]) {
    line(pen, MARGIN.left, y(tv), width - MARGIN.right, y(tv));
    pen.fillText(String(tv), MARGIN.left - 6, y(tv));
  }
  pen.textBaseline = "top";
  for (let at = 0; at <= to; at += step) {
    pen.textAlign = at === 0 ? "left" : at + step > to ? "right" : "center";
    pen.fillText(at.toLocaleString("en"), x(at), MARGIN.top + h + 5);
  }
  pen.textAlign = "right";
  pen.fillText("trajectories", width - MARGIN.right, MARGIN.top + h + 19);

  for (const [i, { points }] of curves.entries()) {
    pen.strokeStyle = theme.runs[i]!;
    pen.lineWidth = 2;
    pen.setLineDash([...DASHES[i]!]);
    pen.beginPath();
    for (const k of shownPoints(points.length / 2, w)) {
      pen.lineTo(x(points[2 * k]!), y(points[2 * k + 1]!));
    }
    pen.stroke();
    pen.setLineDash([]);
    if (points.length === 0) continue;
    pen.fillStyle = theme.runs[i]!;
    pen.beginPath();
    pen.arc(x(points.at(-2)!), y(points.at(-1)!), 3.5, 0, 7);
    pen.fill();
  }
  pen.lineWidth = 1;
}

/** Numbers of the points that are drawn: not more than two a pixel, the last among them. */
function* shownPoints(count: number, pixels: number): Generator<number> {
  const every = Math.max(1, Math.floor(count / (2 * pixels)));
  for (let k = 0; k < count - 1; k += every) yield k;
  if (count > 0) yield count - 1;
}

/** The end of an axis that holds `most`, a little farther, and the step of its labels. */
function roundAxis(most: number): [to: number, step: number] {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const step = [1, 2, 2.5, 5, 10].map((x) => x * power).find((x) => x * 5 >= most)!;
  return [step * Math.ceil(most / step), step];
}

function line(pen: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number) {
  pen.beginPath();
  pen.moveTo(x, Math.round(y) + 0.5);
  pen.lineTo(toX, Math.round(toY) + 0.5);
  pen.stroke();
}
