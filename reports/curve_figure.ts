/**
 * The figure of a measure: a curve for each group, its mean over the seeds with a band from the least to the
 * greatest, against trajectories and against seconds.
 *
 * @module
 */
import type { Markish } from "@observablehq/plot";
import { type Charts, type EndLabel } from "./_charts.ts";
import { logTicks, tickText } from "./_log_ticks.ts";
import { shortNumber } from "./_text.ts";
import type { BandPoint } from "./bands.ts";
import { groupColour, groupDash } from "./colours.ts";
import type { Drawing, Figure, Table } from "./figure.ts";

/** A curve. */
export interface Curve {
  label: string;
  /** Of the group. */
  place: number;
  points: readonly BandPoint[];
  /** Drawn dashed, beside another of the group. */
  beside: boolean;
}

/** What is drawn. */
export interface CurveSetup {
  id: string;
  title: string;
  says: string;
  axis: string;
  scale: "linear" | "log";
  curves: readonly Curve[];
  /** A level that curves are to reach. */
  reference: { name: string; value: number } | null;
}

/** Ratio of the greatest to the least number from which on an axis of logarithms tells more. */
const LOG_FROM = 4;

/** Points of a curve at most. */
export const MOST_POINTS = 120;

/** Draws; null where there is no number to draw. */
export function curveFigure(charts: Charts, setup: CurveSetup): Figure | null {
  const { id, title, says, reference } = setup;
  const scale = scaleOf(setup);
  // What is 0 or less has no place on an axis of logarithms.
  const curves = setup.curves.map((curve) => ({
    ...curve,
    points: scale === "log" ? curve.points.filter(({ min }) => min > 0) : curve.points,
  })).filter(({ points }) => points.length > 0);
  if (curves.length === 0) return null;
  const shown = { ...setup, scale, curves };
  const ends = curves.map(({ label, points }) => {
    const { mean, min, max, runs } = points.at(-1)!;
    return `${label} ends at ${shortNumber(mean)}${
      runs > 1 ? ` (${shortNumber(min)} to ${shortNumber(max)} over ${runs} runs)` : ""
    }`;
  });
  const level = reference === null ? "" : ` ${reference.name} is ${shortNumber(reference.value)}.`;
  const timed = curves.every(({ points }) => points.every(({ seconds }) => seconds !== null));
  const axes = timed ? ["trajectories", "seconds"] as const : ["trajectories"] as const;
  return {
    id,
    title,
    says,
    alt: `${title}, ${scale === "log" ? "logarithmic" : "linear"} axis. ${
      ends.join("; ")
    }.${level}`,
    drawings: axes.map((by) => ({
      by: timed ? by : null,
      drawing: drawingBy(charts, shown, by),
    })),
    table: tableOf(curves),
  };
}

/** Logarithms where they are wanted and the numbers differ by enough to need them. */
function scaleOf({ scale, curves }: CurveSetup): CurveSetup["scale"] {
  const values = curves.flatMap(({ points }) => points.flatMap(({ min, max }) => [min, max]))
    .filter((value) => value > 0);
  return scale === "log" && Math.max(...values) >= LOG_FROM * Math.min(...values)
    ? "log"
    : "linear";
}

function drawingBy(
  { Plot, draw }: Charts,
  { axis, scale, curves, reference }: CurveSetup,
  by: "trajectories" | "seconds",
): Drawing {
  const labels: EndLabel[] = curves.filter(({ beside }) => !beside).map((
    { label, place, points },
  ) => ({ text: label, colour: groupColour(place), y: points.at(-1)!.mean }));
  if (reference) labels.push({ text: reference.name, colour: "var(--muted)", y: reference.value });
  // Many bands, one over the other, would hide the lines.
  const opacity = curves.length > 6 ? 0.08 : 0.16;
  const x = (point: BandPoint) => point[by]!;
  const marks = curves.flatMap(({ place, points, beside }): Markish[] => {
    const colour = groupColour(place), dash = beside ? "5 4" : groupDash(place);
    return [
      ...(points.some(({ runs }) => runs > 1)
        ? [Plot.areaY([...points], { x, y1: "min", y2: "max", fill: colour, fillOpacity: opacity })]
        : []),
      Plot.lineY([...points], {
        ...{ x, y: "mean", stroke: colour, strokeWidth: 2 },
        ...(dash && { strokeDasharray: dash }),
      }),
      ...(points.length === 1 ? [Plot.dot([...points], { x, y: "mean", fill: colour })] : []),
    ];
  });
  const most = Math.max(...curves.flatMap(({ points }) => points.map(x)));
  return draw({
    ...{ marginLeft: 52, marginBottom: 40, marginTop: 24 },
    x: {
      domain: [0, most],
      label: by === "seconds" ? "seconds of training" : "trajectories",
      labelAnchor: "center",
      labelArrow: "none",
      tickSize: 0,
      ticks: 5,
      ...(most >= 10_000 && { tickFormat: "~s" }),
    },
    y: {
      type: scale,
      label: axis,
      labelArrow: "none",
      tickSize: 0,
      grid: true,
      ...(scale === "log"
        ? {
          ticks: logTicks(
            curves.flatMap(({ points }) => points.flatMap(({ min, max }) => [min, max])),
          ),
          tickFormat: tickText,
        }
        : { ticks: 6, nice: true }),
    },
    marks: [
      ...(reference
        ? [Plot.ruleY([reference.value], { stroke: "var(--muted)", strokeDasharray: "2 3" })]
        : []),
      ...marks,
    ],
  }, labels);
}

function tableOf(curves: readonly Curve[]): Table {
  const columns = curves.map(({ label, points }) => ({
    label,
    byStep: new Map(points.map((point) => [point.step, point])),
  }));
  const steps = [...new Set(curves.flatMap(({ points }) => points.map(({ step }) => step)))]
    .sort((a, b) => a - b);
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  return {
    head: ["step", "trajectories", "seconds", ...columns.map(({ label }) => label)],
    rows: steps.map((step) => {
      const here = columns.flatMap(({ byStep }) => byStep.get(step) ?? []);
      const seconds = here.flatMap(({ seconds }) => seconds ?? []);
      return [
        String(step),
        shortNumber(Math.round(mean(here.map(({ trajectories }) => trajectories)))),
        seconds.length === 0 ? "-" : mean(seconds).toFixed(2),
        ...columns.map(({ byStep }) => bandText(byStep.get(step))),
      ];
    }),
  };
}

/** Mean, least and greatest as a cell has them. */
export function bandText(point: Pick<BandPoint, "mean" | "min" | "max" | "runs"> | undefined) {
  if (point === undefined) return "-";
  const { mean, min, max, runs } = point;
  return runs === 1
    ? shortNumber(mean)
    : `${shortNumber(mean)} (${shortNumber(min)}..${shortNumber(max)}, ${runs} runs)`;
}
