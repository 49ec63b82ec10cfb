/**
 * The figure of log R where objects cannot be listed: how it is spread among a sampler's objects, and among
 * the target's as far as weighted samples tell.
 *
 * @module
 */
import { type Charts, type EndLabel } from "./_charts.ts";
import { shortNumber } from "./_text.ts";
import type { Portrait } from "../trained/portrait.ts";
import { mean } from "./bands.ts";
import { groupColour, groupDash } from "./colours.ts";
import type { Figure } from "./figure.ts";
import { numberOf } from "./measures.ts";

/** Samples of one sampler of a group. */
export interface SampledLook {
  label: string;
  place: number;
  sampled: Portrait["sampled"];
}

const BINS = 32;
/** Different values of log R that are counted one by one. */
const FEW = 40;
/** Effective samples from which on a weighted histogram is worth showing. */
const ENOUGH = 30;

/** Draws; null where no sample has a reward. */
export function histogramFigure(
  { Plot, draw }: Charts,
  id: string,
  looks: readonly SampledLook[],
  from: string,
): Figure | null {
  const samples = looks.map(({ label, place, sampled }) => {
    const logReward = sampled.logReward.map((x) => numberOf(x)!);
    const own = weights(sampled.logWeight.map((x) => numberOf(x)!));
    return { label, place, logReward, weights: own, effective: effective(own) };
  });
  const finite = samples.flatMap(({ logReward }) => logReward).filter(Number.isFinite);
  if (finite.length === 0) return null;
  const { places, placeOf, stepped } = placesFor(finite);
  const best = samples.reduce((a, b) => b.effective > a.effective ? b : a);
  const target = best.effective >= ENOUGH ? spread(best.logReward, best.weights) : null;
  const lines = [
    ...samples.map(({ label, place, logReward }) => ({
      label,
      colour: groupColour(place),
      dash: groupDash(place),
      bins: spread(logReward, logReward.map(() => 1 / logReward.length)),
    })),
    ...(target ? [{ label: "target, est.", colour: "var(--ink)", dash: "4 3", bins: target }] : []),
  ];
  function spread(logReward: readonly number[], share: readonly number[]): number[] {
    const bins = new Array<number>(places.length).fill(0);
    logReward.forEach((x, i) => {
      if (Number.isFinite(x)) bins[placeOf(x)]! += share[i]!;
    });
    return bins;
  }
  const labels: EndLabel[] = lines.map(({ label, colour, bins }) => ({
    ...{ text: label, colour, y: Math.max(...bins) },
  }));
  const drawing = draw({
    ...{ marginLeft: 52, marginBottom: 40, marginTop: 24 },
    x: {
      ...{ label: "log R, nats", labelAnchor: "center", labelArrow: "none", tickSize: 0, ticks: 6 },
    },
    y: {
      ...{ label: "share of objects", labelArrow: "none", tickSize: 0, grid: true, ticks: 5 },
      ...{ tickFormat: (y: number) => `${shortNumber(100 * y)} %` },
    },
    marks: lines.flatMap(({ colour, dash, bins }) => {
      const steps = bins.map((y, i) => ({ x: places[i]!.middle, y }));
      const curve = stepped ? "step" as const : "linear" as const;
      return [
        ...(colour === "var(--ink)" ? [] : [
          Plot.areaY(steps, { x: "x", y: "y", curve, fill: colour, fillOpacity: 0.12 }),
        ]),
        Plot.lineY(steps, {
          ...{ x: "x", y: "y", curve, stroke: colour, strokeWidth: 2 },
          ...(dash && { strokeDasharray: dash }),
        }),
        ...(stepped ? [] : [Plot.dot(steps, { x: "x", y: "y", r: 2.5, fill: colour })]),
      ];
    }),
  }, labels);
  const count = samples[0]!.logReward.length;
  return {
    id,
    title: "log R of drawn objects",
    says: `${shortNumber(count)} objects of each sampler. ${from} ${
      target
        ? `The dashed line is the target as those of ${best.label} tell it when weighted by R P_B / P_F; they count as ${
          shortNumber(Math.round(best.effective))
        } of its own, and say nothing of modes that no sampler found.`
        : `What the target looks like cannot be told: weighted by R P_B / P_F, the samples count as ${
          shortNumber(Math.round(best.effective))
        } of its own at most.`
    }`,
    alt: `Histograms of log R from ${shortNumber(places[0]!.from)} to ${
      shortNumber(places.at(-1)!.to)
    }. ${
      samples.map(({ label, logReward }) =>
        `${label} has a mean of ${shortNumber(mean(logReward.filter(Number.isFinite)))}`
      ).join("; ")
    }.`,
    drawings: [{ by: null, drawing }],
    table: {
      head: ["log R from", "to", ...lines.map(({ label }) => label)],
      rows: places.map(({ from, to }, i) => [
        shortNumber(from),
        shortNumber(to),
        ...lines.map(({ bins }) => shortNumber(bins[i])),
      ]),
    },
  };
}

/** Where samples are counted: bins of one width, or the very values where these are few. */
function placesFor(values: readonly number[]) {
  const keyOf = (x: number) => Math.round(x * 1e6);
  const keys = [...new Set(values.map(keyOf))].sort((a, b) => a - b);
  if (keys.length <= FEW) {
    const places = keys.map((key) => {
      const value = key / 1e6;
      return { from: value, to: value, middle: value };
    });
    const byKey = new Map(keys.map((key, i) => [key, i]));
    return { places, placeOf: (x: number) => byKey.get(keyOf(x))!, stepped: false };
  }
  const low = Math.min(...values), size = (Math.max(...values) - low) / BINS;
  const places = Array.from({ length: BINS }, (_, i) => ({
    ...{ from: low + i * size, to: low + (i + 1) * size, middle: low + (i + 0.5) * size },
  }));
  const placeOf = (x: number) => Math.min(BINS - 1, Math.floor((x - low) / size));
  return { places, placeOf, stepped: true };
}

/** exp of log weights over their sum; all 0 where none is finite. */
function weights(logWeight: readonly number[]): number[] {
  const most = Math.max(...logWeight.filter(Number.isFinite));
  const plain = logWeight.map((w) => Number.isFinite(w) ? Math.exp(w - most) : 0);
  const sum = plain.reduce((total, w) => total + w, 0);
  return plain.map((w) => sum > 0 ? w / sum : 0);
}

/** Kish's effective number of samples: 1 / sum of squared weights. */
function effective(weights: readonly number[]): number {
  const squares = weights.reduce((sum, w) => sum + w * w, 0);
  return squares > 0 ? 1 / squares : 0;
}
