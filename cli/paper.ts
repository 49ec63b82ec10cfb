/**
 * `gfn paper`: a comparison of the Ent-PPO paper, run anew: `gfn compare` with the paper's settings, then
 * `gfn report` of its runs.
 *
 * @module
 */
import { type PaperTable, type PaperTableName, paperTables } from "../config/paper_tables.ts";
import { usageError } from "../errors.ts";
import { isThere } from "../store/new_file.ts";
import { compareCommand } from "./compare.ts";
import { reportCommand } from "./report.ts";
import { say } from "./_print.ts";
import type { PinArguments } from "./_environments.ts";

/** What the command line says. */
export interface PaperArguments extends PinArguments {
  table: PaperTableName;
  seeds: string;
  /** `full`, `short`, or a number of trajectories. */
  budget: string;
  out: string | undefined;
  threads: number | undefined;
  quiet: boolean;
}

/** Trajectories of a rollout, in every table. */
const BATCH = 16;
/** Points of a curve, at most. */
const EVALUATIONS = 40;

/** Trains what is not trained yet and prints the table. Returns the exit status. */
export async function paperCommand(
  { table, seeds, budget, out, threads, quiet, lock, frozen }: PaperArguments,
): Promise<number> {
  const { preset, objectives, reach, budgets }: PaperTable = paperTables[table];
  const trajectories = trajectoriesOf(budget, budgets);
  const steps = Math.ceil(trajectories / BATCH);
  if (!quiet) {
    say(`${table}: ${objectives.join(", ")}, ${trajectories} trajectories a run, preset ${preset}`);
  }
  const status = await compareCommand({
    ...{
      env: undefined,
      config: undefined,
      steps,
      seeds,
      reach,
      out,
      threads,
      quiet,
      lock,
      frozen,
    },
    set: [
      `preset=${preset}`,
      `batch=${BATCH}`,
      `eval.every=${Math.max(25, Math.floor(steps / EVALUATIONS))}`,
    ],
    objectives: objectives.join(","),
    // The last evaluation alone: a budget is compared, not the way to it.
    last: 1,
  });
  if (status !== 0 || out === undefined) return status;
  return await report(out, { threads, quiet });
}

/** Writes the table and the page of the runs in a folder, unless they are there. */
async function report(
  folder: string,
  { threads, quiet }: Pick<PaperArguments, "threads" | "quiet">,
): Promise<number> {
  let status = 0;
  for (const [format, name] of [["md", "table.md"], ["html", "report.html"]] as const) {
    const path = `${folder}/${name}`;
    if (isThere(path)) {
      if (!quiet) say(`${path}: found, kept as it is`);
      continue;
    }
    const args = { runs: [folder], format, out: path, samples: 1000, threads, quiet };
    status = Math.max(status, await reportCommand(args));
  }
  return status;
}

function trajectoriesOf(budget: string, { full, short }: PaperTable["budgets"]): number {
  if (budget === "full") return full;
  if (budget === "short") return short;
  const trajectories = Number(budget);
  if (Number.isInteger(trajectories) && trajectories >= BATCH) return trajectories;
  throw usageError(
    "E_BUDGET",
    `Cannot use --budget ${budget}: want full (${full} trajectories), short (${short}) or a whole number of at least ${BATCH}`,
  );
}
