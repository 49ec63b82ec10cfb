/**
 * `gfn paper`: a comparison of the Ent-PPO paper, run anew: `gfn compare` with the paper's settings, then
 * `gfn report` of its runs.
 *
 * @module
 */
import {
  PAPER_OBJECTIVES,
  type PaperTable,
  type PaperTableName,
  paperTables,
} from "../config/paper_tables.ts";
import { usageError } from "../errors.ts";
import { isThere, writeNewFiles } from "../store/new_file.ts";
import { compareCommand } from "./compare.ts";
import { reportOf, tell } from "./report.ts";
import { say } from "./_print.ts";

/** What the command line says. */
export interface PaperArguments {
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
  { table, seeds, budget, out, threads, quiet }: PaperArguments,
): Promise<number> {
  const { preset, reach, budgets }: PaperTable = paperTables[table];
  const trajectories = trajectoriesOf(budget, budgets);
  const steps = Math.ceil(trajectories / BATCH);
  if (!quiet) {
    say(
      `${table}: ${
        PAPER_OBJECTIVES.join(", ")
      }, ${trajectories} trajectories a run, preset ${preset}`,
    );
  }
  const status = await compareCommand({
    ...{ env: undefined, config: undefined, lock: undefined, frozen: false },
    ...{ steps, seeds, reach, out, threads, quiet },
    set: [
      `preset=${preset}`,
      `batch=${BATCH}`,
      `eval.every=${Math.max(25, Math.floor(steps / EVALUATIONS))}`,
    ],
    objectives: PAPER_OBJECTIVES.join(","),
    // The last evaluation alone: a budget is compared, not the way to it.
    last: 1,
  });
  if (status !== 0 || out === undefined) return status;
  return await report(out, { threads, quiet });
}

/** Writes the table and the page of the runs in a folder, of these what is not there. */
async function report(
  folder: string,
  { threads, quiet }: Pick<PaperArguments, "threads" | "quiet">,
): Promise<number> {
  const [{ markdownOf }, { pageOf }] = await Promise.all([
    import("../reports/markdown.ts"),
    import("../reports/page.ts"),
  ]);
  const wanted = { [`${folder}/table.md`]: markdownOf, [`${folder}/report.html`]: pageOf };
  const missing = Object.entries(wanted).filter(([path]) => {
    const there = isThere(path);
    if (there && !quiet) say(`${path}: found, kept as it is`);
    return !there;
  });
  if (missing.length === 0) return 0;
  const made = await reportOf([folder], { samples: 1000, threads });
  writeNewFiles(Object.fromEntries(missing.map(([path, render]) => [path, render(made)])));
  return tell(made, missing.map(([path]) => path).join(" and "), quiet);
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
