/**
 * The figures of an environment.
 *
 * @module
 */
import type { Charts } from "./_charts.ts";
import { shortNumber } from "./_text.ts";
import { along, alongTraining } from "./along.ts";
import { bandOf } from "./bands.ts";
import { type Curve, curveFigure, MOST_POINTS } from "./curve_figure.ts";
import { edgeFigure } from "./edge_figure.ts";
import type { Figure } from "./figure.ts";
import { type Group, seedText, settingAt, settingText } from "./groups.ts";
import { histogramFigure } from "./histogram_figure.ts";
import { mapFigure } from "./map_figure.ts";
import { lossOf, type Measure, measures, numberOf, type Target } from "./measures.ts";
import { rankFigure } from "./rank_figure.ts";
import type { ReportedGroup } from "./report.ts";

/** What runs and portraits know of their target. */
export function targetOf(groups: readonly ReportedGroup[]): Target {
  const events = groups.flatMap(({ runs }) => runs.flatMap(({ evaluations }) => evaluations));
  const known = events.find(({ logZExact }) => logZExact !== undefined)?.logZExact;
  const exact = groups.map(({ look }) => look?.portrait.exact).find((exact) => exact);
  return { logZ: finite(numberOf(known)), entropy: finite(exact?.targetEntropy ?? null) };
}

function finite(x: number | null): number | null {
  return x === null || !Number.isFinite(x) ? null : x;
}

/** A figure for each measure that a run has. */
export function curveFigures(
  charts: Charts,
  id: string,
  groups: readonly ReportedGroup[],
  target: Target,
): Figure[] {
  const figures = measures.map((measure) => {
    const { title, axis, says, scale, reference } = measure, level = reference?.of(target) ?? null;
    return curveFigure(charts, {
      ...{ id: `${id}-${measure.id}`, title, axis, says, scale },
      curves: groups.flatMap((group) => curvesOf(group, measure)),
      reference: level === null ? null : { name: reference!.name, value: level },
    });
  });
  return figures.filter((figure) => figure !== null);
}

/** A figure for each objective: losses of different objectives are different quantities. */
export function lossFigures(
  charts: Charts,
  id: string,
  groups: readonly ReportedGroup[],
): Figure[] {
  const objectives = Map.groupBy(
    groups,
    ({ runs }) => settingText(settingAt(runs[0]!.run.config, "objective.name")),
  );
  const figures = [...objectives].map(([name, own]) => {
    const curves = own.map(({ label, place, runs }) => ({
      ...{ label, place, beside: false },
      points: bandOf(runs.map((run) => alongTraining(run, lossOf)), MOST_POINTS),
    }));
    const positive = curves.every(({ points }) => points.every(({ min }) => min > 0));
    return curveFigure(charts, {
      ...{
        id: `${id}-loss-${name.replace(/[^\w-]+/g, "-")}`,
        title: `Loss of ${name}`,
        axis: "loss",
      },
      says:
        "Of the policy's updates. Losses of different objectives are different quantities, and a small one is no close fit by itself.",
      ...{ scale: positive ? "log" as const : "linear" as const, curves, reference: null },
    });
  });
  return figures.filter((figure) => figure !== null);
}

function curvesOf({ label, place, runs }: Group, { of, beside }: Measure): Curve[] {
  const points = (of: Measure["of"]) => bandOf(runs.map((run) => along(run, of)), MOST_POINTS);
  const own = { label, place, points: points(of), beside: false };
  if (!beside) return [own];
  const second = { label: `${label}, ${beside.name}`, place, points: points(beside.of) };
  return [own, { ...second, beside: true }];
}

/** Learned against target: of one run of each group. */
export function distributionFigures(
  charts: Charts,
  id: string,
  groups: readonly ReportedGroup[],
): Figure[] {
  const looks = groups.flatMap(({ label, place, look }) => look ? [{ label, place, ...look }] : []);
  const from = fromWhere(looks);
  const exact = looks.flatMap(({ label, place, portrait: { exact } }) =>
    exact ? [{ label, place, exact }] : []
  );
  const sampled = looks.filter(({ portrait: { exact } }) => exact === null)
    .map(({ label, place, portrait: { sampled } }) => ({ label, place, sampled }));
  return [
    mapFigure(`${id}-map`, exact, from),
    edgeFigure(`${id}-edges`, exact, from),
    rankFigure(charts, `${id}-ranks`, exact, from),
    sampled.length === 0 ? null : histogramFigure(charts, `${id}-log-r`, sampled, from),
  ].filter((figure) => figure !== null);
}

/** Which runs the distributions are of. */
function fromWhere(looks: readonly ({ label: string } & NonNullable<ReportedGroup["look"]>)[]) {
  const places = looks.map(({ run, step }) => `${seedText(run)} at step ${shortNumber(step)}`);
  const told = new Set(places).size === 1
    ? places[0]
    : looks.map(({ label }, i) => `${label} ${places[i]}`).join("; ");
  return `One run of each setting, at its last checkpoint: ${told}.`;
}
