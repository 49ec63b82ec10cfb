/**
 * `gfn sweep`: many runs that differ in some settings, here or on a cluster. All that is known of a run is
 * in its folder, so the same command goes on with what is unfinished.
 *
 * @module
 */
import { parseSweep, type Sweep } from "../config/sweep.ts";
import { failure, usageError } from "../errors.ts";
import { readSweepFile } from "../store/config_file.ts";
import { SweepFolder, type SweptProgress } from "../store/sweep_folder.ts";
import { printData, say, short } from "./_print.ts";
import { INTERRUPTED } from "./_run.ts";
import { lineOfRun, linesOfPoints, sweepTable, wordsOf } from "./_sweep_lines.ts";
import { type Due, runHere } from "./_sweep_local.ts";
import { type SweptRun, sweptRuns } from "./_sweep_plan.ts";
import { arrayScript, queued, submit } from "./_sweep_slurm.ts";

/** What the command line says. */
export interface SweepArguments {
  file: string;
  out: string | undefined;
  launcher: "local" | "slurm";
  /** Runs at a time. */
  jobs: number | undefined;
  /** Threads of a run. */
  threads: number | undefined;
  /** At most one of these: print the plan; print how far it is; collect what is there. */
  dryRun: boolean;
  status: boolean;
  collect: boolean;
  quiet: boolean;
}

/** Sweeps. Returns the exit status: 1 when a run is not finished that should be. */
export async function sweepCommand(args: SweepArguments): Promise<number> {
  const act = actOf(args);
  const sweep = parseSweep(readSweepFile(args.file), args.file);
  const runs = await sweptRuns(sweep);
  if (act === "plan") return plan(args, runs);
  if (args.out === undefined) {
    throw usageError("E_SWEEP", "Cannot sweep: found no --out DIR, want the folder for the runs");
  }
  const folder = new SweepFolder(args.out);
  if (act === "status") return await status(args, folder, runs);
  if (act === "collect") return collect(args, folder, runs);
  folder.writePlan(Object.fromEntries(runs.map(({ name, config }) => [name, config])));
  return args.launcher === "slurm"
    ? await onSlurm(args, folder, runs, sweep)
    : await here(args, folder, runs);
}

function actOf({ dryRun, status, collect }: SweepArguments): "plan" | "status" | "collect" | "run" {
  const asked = [dryRun && "plan", status && "status", collect && "collect"].filter((one) => one);
  if (asked.length > 1) {
    throw usageError(
      "E_SWEEP",
      "Cannot sweep: found two of --dry-run, --status and --collect, want one",
    );
  }
  return (asked[0] || "run") as "run";
}

function plan({ quiet }: SweepArguments, runs: readonly SweptRun[]): number {
  for (const { name, settings, seed, configHash, config } of runs) {
    printData(JSON.stringify({ type: "sweep-plan", name, settings, seed, configHash, config }));
  }
  if (!quiet) say(`${runs.length} runs`);
  return 0;
}

async function status(
  { launcher, quiet }: SweepArguments,
  folder: SweepFolder,
  runs: readonly SweptRun[],
): Promise<number> {
  const states = launcher === "slurm" ? await queued(folder) : new Map<string, string>();
  const found = runs.map((run) => ({ run, ...folder.progressOf(run.name, run.configHash) }));
  for (const { run: { name, config, seed, settings }, state, step } of found) {
    const slurm = states.get(name);
    const line = { type: "sweep-status", name, settings, seed, state, step, steps: config.steps };
    printData(JSON.stringify(slurm === undefined ? line : { ...line, slurm }));
  }
  if (!quiet) say(countsOf(found.map(({ state }) => state)));
  return 0;
}

/** Prints what came of the runs and writes it to the folder. */
function collect(
  { quiet }: SweepArguments,
  folder: SweepFolder,
  runs: readonly SweptRun[],
): number {
  const lines = runs.map((run) => lineOfRun(run, folder.progressOf(run.name, run.configHash)));
  const points = linesOfPoints(lines), all = [...lines, ...points];
  for (const line of all) printData(JSON.stringify(line));
  folder.writeTable(all);
  if (!quiet) say(sweepTable(points));
  if (lines.every(({ state }) => state === "finished")) return 0;
  throw failure(
    "E_SWEEP",
    `Cannot tell all of the sweep: found ${
      countsOf(lines.map(({ state }) => state))
    }, want all finished, as the same command without --collect goes on to`,
  );
}

async function here(
  args: SweepArguments,
  folder: SweepFolder,
  runs: readonly SweptRun[],
): Promise<number> {
  const { jobs = navigator.hardwareConcurrency, threads = 1 } = args;
  const talk = (line: string) => args.quiet ? undefined : say(line);
  const due = dueOf(folder, runs);
  let ended = runs.length - due.length;
  if (ended > 0) talk(`${ended} of ${runs.length} runs are finished already`);
  const interrupted = await runHere(folder, due, { jobs, threads }, ({ run, code, said }) => {
    const { settings, seed } = run, progress = folder.progressOf(run.name, run.configHash);
    ended += progress.state === "finished" ? 1 : 0;
    talk(`${ended}/${runs.length} ${wordsOf(settings, seed)}: ${how(progress, code, said)}`);
  });
  if (interrupted) {
    talk("interrupted; the same command goes on");
    return INTERRUPTED;
  }
  return collect(args, folder, runs);
}

function how({ state, step, evaluation, elapsed }: SweptProgress, code: number, said: string) {
  if (state !== "finished") return `${state} at step ${step}, status ${code}${said && `: ${said}`}`;
  const { tv, elboForwardSamples } = evaluation ?? {};
  const figure = tv === undefined ? `ELBO ${short(elboForwardSamples)}` : `TV ${short(tv)}`;
  return elapsed === null ? figure : `${figure}, ${elapsed.toFixed(1)} s`;
}

async function onSlurm(
  { jobs, threads = 1, quiet }: SweepArguments,
  folder: SweepFolder,
  runs: readonly SweptRun[],
  { slurm }: Sweep,
): Promise<number> {
  const states = await queued(folder);
  const due = dueOf(folder, runs).map(({ run }) => run).filter(({ name }) => !states.has(name));
  if (!quiet && due.length < runs.length) {
    say(`${runs.length - due.length} of ${runs.length} runs are finished or in the queue already`);
  }
  if (due.length === 0) return 0;
  const script = folder.nextScript();
  folder.writeScript(script, arrayScript(folder, due, { slurm, jobs, threads }));
  const job = await submit(script), names = due.map(({ name }) => name);
  folder.noteSubmission(script, { job, names });
  printData(JSON.stringify({ type: "sweep-submitted", job, script, names }));
  if (!quiet) {
    say(
      `job ${job}: ${due.length} runs; --status tells how far they are, --collect what came of them`,
    );
  }
  return 0;
}

/** The runs that are not finished. */
function dueOf(folder: SweepFolder, runs: readonly SweptRun[]): Due[] {
  return runs.flatMap((run) => {
    const { state } = folder.progressOf(run.name, run.configHash);
    return state === "finished" ? [] : [{ run, begun: state !== "waiting" }];
  });
}

/** As in `5 finished, 2 begun`. */
function countsOf(states: readonly SweptProgress["state"][]): string {
  const counts = Map.groupBy(states, (state) => state);
  return ["finished", "begun", "failed", "waiting"].flatMap((state) => {
    const count = counts.get(state as SweptProgress["state"])?.length;
    return count === undefined ? [] : [`${count} ${state}`];
  }).join(", ");
}
