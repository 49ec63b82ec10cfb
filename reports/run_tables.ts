/**
 * The tables of an environment: where its groups ended, and every run.
 *
 * @module
 */
import { shortNumber } from "./_text.ts";
import { along, type Spread, spreadOf } from "./along.ts";
import { mean } from "./bands.ts";
import type { Cell, Head, Table } from "./figure.ts";
import { type Group, type RunsOfEnvironment, settingAt, settingText } from "./groups.ts";
import { type Measure, measures, type Target } from "./measures.ts";

/** The last of a run's measures, over the runs of each group; what is better throughout is marked. */
export function summaryTable(groups: readonly Group[], target: Target): Table {
  const columns = measures.map((measure) => ({
    measure,
    values: groups.map(({ runs }) => runs.map((run) => along(run, measure.of).at(-1)?.value)),
    level: measure.reference?.of(target) ?? null,
  })).filter(({ values }) => values.flat().some((value) => value !== undefined));
  const fair = hasOneBudget(groups);
  return {
    head: [
      ...["settings", "runs"],
      ...columns.map(({ measure: { short, reference }, level }): Head =>
        level === null ? short : { text: short, level: `${reference!.name} ${shortNumber(level)}` }
      ),
      ...["trajectories", "seconds"],
    ],
    rows: groups.map(({ label, runs }, i) => [
      ...[label, String(runs.length)],
      ...columns.map(({ measure, values, level }) =>
        spreadCell(spreadOf(values[i]!), fair && bestOf(measure, values, level) === i)
      ),
      shortNumber(Math.round(mean(runs.map(({ trajectories }) => trajectories)))),
      spreadOf(runs.map(({ seconds }) => seconds))?.mean.toFixed(1) ?? "-",
    ]),
  };
}

/** Whether all runs finished, after as many trajectories: others cannot be compared by their ends. */
export function hasOneBudget(groups: readonly Group[]): boolean {
  const runs = groups.flatMap(({ runs }) => runs);
  return runs.every(({ end, trajectories }) =>
    end?.reason === "finished" && trajectories === runs[0]!.trajectories
  );
}

/** The group of which every run is better than every run of the others; -1 where there is none. */
function bestOf(
  { better }: Measure,
  values: readonly (readonly (number | undefined)[])[],
  level: number | null,
): number {
  if (better === null || values.length < 2 || better === "nearer" && level === null) return -1;
  // The less, the better; what is missing or no number is worst.
  const losses = values.map((own) =>
    own.map((value = NaN) => {
      const loss = better === "nearer"
        ? Math.abs(value - level!)
        : better === "less"
        ? value
        : -value;
      return Number.isNaN(loss) ? Infinity : loss;
    })
  );
  return losses.findIndex((own, i) =>
    losses.every((other, j) => i === j || Math.max(...own) < Math.min(...other))
  );
}

function spreadCell(spread: Spread | null, best: boolean): Cell {
  if (spread === null) return "-";
  const { mean, min, max, runs } = spread;
  const range = runs > 1 ? `${shortNumber(min)}..${shortNumber(max)}` : "";
  return { text: shortNumber(mean), range, best };
}

/** Every run, the settings in which runs differ first and marked. */
export function runsTable({ groups, differing }: RunsOfEnvironment): Table {
  const keys = [...new Set(["objective.name", "seed", ...differing])];
  const runs = groups.flatMap(({ runs }) => runs);
  const shown = measures.filter(({ id, of }) =>
    ["tv", "elbo-samples"].includes(id) && runs.some((run) => along(run, of).length > 0)
  );
  return {
    head: [
      ...keys,
      ...["run", "ended", "steps", "trajectories", "seconds"],
      ...shown.map(({ short }) => `${short}, last`),
    ],
    rows: runs.map((run) => [
      ...keys.map((key): Cell => {
        const value = settingAt(run.run.config, key);
        const text = value === undefined ? "-" : settingText(value);
        return differing.includes(key) ? { text, marked: true } : text;
      }),
      ...[run.path, run.end?.reason ?? "not yet", shortNumber(run.step)],
      ...[shortNumber(run.trajectories), run.seconds?.toFixed(1) ?? "-"],
      ...shown.map(({ of }) => shortNumber(along(run, of).at(-1)?.value)),
    ]),
  };
}
