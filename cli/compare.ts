/**
 * `gfn compare`: objectives on one environment with the same policy, budget and evaluation. A run that a
 * folder holds already is not trained again.
 *
 * @module
 */
import { differingKeys, identityOf } from "../config/identity.ts";
import { usageError } from "../errors.ts";
import { comparedRun, requireComparison } from "../store/comparison_folder.ts";
import { requireAccess } from "../store/permissions.ts";
import { createRunFolder, requireOwn, resumeRunFolder } from "../store/run_folder.ts";
import { eventsOf, findRun, isFinished } from "../store/stored_run.ts";
import { type Ground, groundFor } from "../stored/ground.ts";
import { runEvent } from "../stored/run_facts.ts";
import { threadsFor } from "../stored/threads.ts";
import type { EndEvent, EvalEvent, Event, RunEvent } from "../train/events.ts";
import {
  lineOfObjective,
  lineOfRun,
  type Measured,
  type ObjectiveLine,
  type RunLine,
} from "./_compare_lines.ts";
import { type PlannedRun, plannedRuns } from "./_compare_plan.ts";
import { printData, say, short } from "./_print.ts";
import { executeRun, INTERRUPTED, resumedEvent } from "./_run.ts";
import type { SettingsArguments } from "./_settings.ts";
import { table } from "./_table.ts";
import { type PinArguments, pinsOf } from "./_environments.ts";

/** What the command line says. */
export interface CompareArguments extends SettingsArguments, PinArguments {
  objectives: string;
  seeds: string;
  /** Total variation to be reached. */
  reach: number;
  /** Evaluations that the means are over. */
  last: number;
  out: string | undefined;
  threads: number | undefined;
  quiet: boolean;
}

/** A planned run, and what its folder holds. */
interface PreparedRun extends PlannedRun {
  ground: Ground;
  run: RunEvent;
  path: string | null;
  /** What its folder holds. */
  stored: "nothing" | "a part" | "all";
}

/** Trains what is not trained yet. Returns the exit status. */
export async function compareCommand(args: CompareArguments): Promise<number> {
  const pins = pinsOf(args), { planned, environments, notes } = await plannedRuns(args, pins);
  if (!args.quiet) notes.forEach(say);
  const { config } = planned[0]!, ground = await groundFor(config, environments, pins);
  const threads = await threadsFor(config, args.threads, ground);
  try {
    return await compare(args, await prepare(args, planned, ground, threads.count));
  } finally {
    threads.stop();
  }
}

async function compare(args: CompareArguments, runs: readonly PreparedRun[]): Promise<number> {
  const talk = (line: string) => args.quiet ? undefined : say(line);
  if (args.out === undefined) talk("no --out DIR: nothing is written");
  const lines: RunLine[] = [];
  for (const [i, prepared] of runs.entries()) {
    const name = `${i + 1}/${runs.length} ${prepared.objective} seed ${prepared.seed}`;
    const measured = prepared.stored === "all" ? readBack(prepared) : await trainNow(prepared);
    if (measured === "interrupted") {
      talk(`${name}: interrupted${args.out === undefined ? "" : "; the same command goes on"}`);
      return INTERRUPTED;
    }
    const line = lineOfRun(measured, args.last, args.reach);
    lines.push(line);
    printData(JSON.stringify(line));
    const how = prepared.stored === "all" ? "read back" : `${measured.seconds.toFixed(1)} s`;
    talk(`${name}: ${line.tv === undefined ? "ELBO" : "TV"} ${short(figure(line))}, ${how}`);
  }
  const objectives = Map.groupBy(lines, ({ objective }) => objective).values()
    .map((own) => lineOfObjective(own)).toArray();
  for (const line of objectives) printData(JSON.stringify(line));
  talk(comparison(objectives, lines, args.reach));
  return 0;
}

/** All runs, each folder looked into, before any is trained. */
async function prepare(
  { out }: CompareArguments,
  planned: readonly PlannedRun[],
  ground: Ground,
  threads: number | null,
): Promise<PreparedRun[]> {
  if (out !== undefined) {
    requireAccess(`write the runs to ${out}`, out, ["read", "write"]);
    requireComparison(out);
  }
  return await Promise.all(planned.map(async (one) => {
    const run = await runEvent(one.config, ground, threads);
    const path = out === undefined ? null : comparedRun(out, one.objective, one.seed);
    return { ...one, ground, run, path, stored: path === null ? "nothing" : look(path, run) };
  }));
}

/** Looks into a folder, which must hold this run or nothing. */
function look(path: string, run: RunEvent): PreparedRun["stored"] {
  requireOwn(path);
  const stored = findRun(path);
  if (stored) requireSame(path, stored, run);
  return stored === null
    ? "nothing"
    : isFinished(path, stored.config.steps as number)
    ? "all"
    : "a part";
}

function requireSame(path: string, stored: RunEvent, run: RunEvent): void {
  if (stored.configHash === run.configHash) return;
  const keys = differingKeys(stored.config, run.config);
  throw usageError(
    "E_OUT_TAKEN",
    `Cannot use the folder ${path}: found a run with other settings (${
      keys.join(", ")
    }), want the same or another --out`,
  );
}

async function trainNow(
  { config, ground, run: planned, path, stored, objective, seed }: PreparedRun,
): Promise<Measured | "interrupted"> {
  const identity = await identityOf(config), { keep } = config.checkpoint;
  const before = stored === "a part" ? findRun(path!)! : null;
  const run = before ? resumedEvent(before, planned) : planned;
  const { folder, checkpoint, refused = [] } = path === null
    ? { folder: null, checkpoint: null }
    : before
    ? await resumeRunFolder(path, before, { run, identity, keep })
    : {
      folder: createRunFolder(path, { run, identity, keep }, ground.foreign?.source ?? null),
      checkpoint: null,
    };
  for (const message of refused) say(message);
  // Those before the checkpoint stand in the folder, whose later ones have been taken back by now.
  const evaluations = checkpoint === null ? [] : [...eventsOf(path!)].filter(isEvaluation);
  const { end, seconds } = await executeRun(config, run, ground, {
    folder,
    checkpoint,
    print: (event) => isEvaluation(event) && evaluations.push(event),
    show() {},
    stop() {},
  });
  if (end.reason === "interrupted") return "interrupted";
  const { trajectories } = end;
  return { objective, seed, configHash: run.configHash, trajectories, evaluations, seconds };
}

function readBack({ objective, seed, run, path }: PreparedRun): Measured {
  const evaluations: EvalEvent[] = [];
  let end: EndEvent | null = null;
  for (const event of eventsOf(path!)) {
    if (isEvaluation(event)) evaluations.push(event);
    if (event.type === "end") end = event;
  }
  const elapsed = end?.time?.elapsed;
  return {
    objective,
    seed,
    configHash: run.configHash,
    trajectories: end?.trajectories ?? 0,
    evaluations,
    seconds: typeof elapsed === "number" ? elapsed : NaN,
  };
}

function isEvaluation(event: Event): event is EvalEvent {
  return event.type === "eval";
}

function figure(line: RunLine): RunLine["tv"] {
  return line.tv ?? line.elboForwardSamples;
}

/** The closing table. */
function comparison(
  objectives: readonly ObjectiveLine[],
  runs: readonly RunLine[],
  reach: number,
): string {
  const exact = runs.every(({ tv }) => tv !== undefined);
  const averaged = runs.every(({ tvAveraged }) => tvAveraged !== undefined);
  const name = exact ? "TV" : "ELBO";
  const head = [
    "objective",
    "seeds",
    `${name} mean`,
    "min..max",
    ...(averaged ? ["TV averaged"] : []),
    ...(exact ? [`trajectories to TV ${reach}`] : []),
    "log Z",
    "s a run",
  ];
  const rows = objectives.map((line) => {
    const spread = (exact ? line.tv : line.elboForwardSamples)!;
    const logZ = runs.filter(({ objective }) => objective === line.objective)
      .flatMap(({ logZ }) => typeof logZ === "number" ? [logZ] : []);
    const { runs: reached, mean } = line.reached, all = line.seeds.length;
    return [
      line.objective,
      String(all),
      short(spread.mean),
      `${short(spread.min)}..${short(spread.max)}`,
      ...(averaged ? [short(line.tvAveraged!.mean)] : []),
      ...(exact
        ? [`${mean === null ? "-" : Math.round(Number(mean))} (${reached} of ${all})`]
        : []),
      logZ.length === all ? short(logZ.reduce((sum, x) => sum + x, 0) / all) : "-",
      Number(line.time.seconds).toFixed(1),
    ];
  });
  const found = runs.find(({ logZExact }) => logZExact !== undefined)?.logZExact;
  const note = found === undefined ? "" : `\nexact log Z ${short(found)}`;
  return `${table([head, ...rows])}${note}`;
}
