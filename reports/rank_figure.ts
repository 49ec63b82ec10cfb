/**
 * The figure of all objects by rank: the target's probability falling from the first to the last, and how
 * probable samplers make the objects of each rank.
 *
 * @module
 */
import { type Charts, type EndLabel } from "./_charts.ts";
import { logTicks, tickText } from "./_log_ticks.ts";
import { shortNumber } from "./_text.ts";
import type { Portrait } from "../trained/portrait.ts";
import { groupColour, groupDash } from "./colours.ts";
import type { Figure } from "./figure.ts";

/** An exact portrait of one sampler of a group. */
export interface ExactLook {
  label: string;
  place: number;
  exact: NonNullable<Portrait["exact"]>;
}

/** How far below the least probable object of the target the picture goes. */
const BELOW = 100;

/** Draws. */
export function rankFigure(
  charts: Charts,
  id: string,
  looks: readonly ExactLook[],
  from: string,
): Figure | null {
  const target = looks[0]?.exact.ranks ?? [];
  if (target.length === 0) return null;
  const { Plot, draw } = charts;
  const floor = Math.min(...target.map(({ target }) => target)) / BELOW;
  const kept = (y: number) => Math.max(y, floor);
  const below = looks.some(({ exact }) => exact.ranks.some(({ low }) => low < floor));
  const x = (bin: { from: number; to: number }) => Math.sqrt(bin.from * bin.to);
  const shown = looks.flatMap(({ exact: { ranks } }) =>
    ranks.flatMap(({ target, low, high, mean }) => [target, low, high, mean].map(kept))
  );
  const labels: EndLabel[] = [
    { text: "target", colour: "var(--ink)", y: target.at(-1)!.target },
    ...looks.map(({ label, place, exact }) => ({
      text: label,
      colour: groupColour(place),
      y: kept(exact.ranks.at(-1)!.mean),
    })),
  ];
  const drawing = draw({
    ...{ marginLeft: 58, marginBottom: 40, marginTop: 24 },
    x: {
      ...{ type: "log", label: "rank under the target", labelAnchor: "center", labelArrow: "none" },
      ...{ tickSize: 0, ticks: logTicks(target.map(x)), tickFormat: shortNumber },
    },
    y: {
      ...{ type: "log", label: "probability of an object", labelArrow: "none", tickSize: 0 },
      ...{ grid: true, ticks: logTicks(shown), tickFormat: tickText },
    },
    marks: [
      ...looks.map(({ place, exact }) =>
        Plot.areaY(exact.ranks, {
          ...{ x, y1: ({ low }) => kept(low), y2: ({ high }) => kept(high) },
          ...{ fill: groupColour(place), fillOpacity: 0.16 },
        })
      ),
      Plot.lineY(target, { x, y: "target", stroke: "var(--ink)", strokeWidth: 2.5 }),
      ...looks.map(({ place, exact }) => {
        const dash = groupDash(place);
        return Plot.lineY(exact.ranks, {
          ...{ x, y: ({ mean }) => kept(mean), stroke: groupColour(place), strokeWidth: 1.75 },
          ...(dash && { strokeDasharray: dash }),
        });
      }),
    ],
  }, labels);
  const objects = looks[0]!.exact.objects;
  return {
    id,
    title: "Every object, by rank",
    says: `All ${
      shortNumber(objects)
    } objects in the order of the target: a line below the target's is too little probability, a line above it too much. Lines are means over objects of neighbouring ranks, bands hold eight of ten. ${from}${
      below ? " What is at the lower edge may lie far below it." : ""
    }`,
    alt: `Probability by rank, both axes logarithmic. ${
      looks.map(({ label, exact }) => `${label} has total variation ${shortNumber(exact.tv)}`)
        .join("; ")
    }.`,
    drawings: [{ by: null, drawing }],
    table: {
      head: [
        "ranks",
        "target, mean",
        ...looks.map(({ label }) => `${label}, mean (10 % to 90 %)`),
      ],
      rows: target.map((bin, i) => [
        bin.from === bin.to
          ? shortNumber(bin.from)
          : `${shortNumber(bin.from)} to ${shortNumber(bin.to)}`,
        shortNumber(bin.target),
        ...looks.map(({ exact }) => {
          const own = exact.ranks[i];
          return own === undefined
            ? "-"
            : `${shortNumber(own.mean)} (${shortNumber(own.low)}..${shortNumber(own.high)})`;
        }),
      ]),
    },
  };
}
