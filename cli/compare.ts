/**
 * `gfn compare`: objectives on one environment with the same policy, budget and evaluation. A run that a
 * folder holds already is not trained again.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { discardRun, readRun, type StoredRun } from "../store/finished_run.ts";
import { requireAccess } from "../store/permissions.ts";
import { createRunFolder } from "../store/run_folder.ts";
import type { EvalEvent, RunEvent } from "../train/events.ts";
import {
  lineOfObjective,
  lineOfRun,
  type Measured,
  type ObjectiveLine,
  type RunLine,
} from "./_compare_lines.ts";
import { type PlannedRun, plannedRuns } from "./_compare_plan.ts";
import { printData, say } from "./_print.ts";
import { short } from "./_progress.ts";
import { executeRun, INTERRUPTED, runEvent } from "./_run.ts";
import type { SettingsArguments } from "./_settings.ts";
import { table } from "./_table.ts";
import { type Ground, groundFor, type PinArguments, pinsOf } from "./_environments.ts";
import { threadsFor } from "./_threads.ts";

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
  stored: StoredRun | null;
}

/** Trains what is not trained yet. Returns the exit status. */
export async function compareCommand(args: CompareArguments): Promise<number> {
  const pins = pinsOf(args), { planned, foreign } = await plannedRuns(args, pins);
  const { config } = planned[0]!, ground = await groundFor(config, foreign, pins);
  const threads = await threadsFor(config, args.threads, foreign ? "in the sandbox" : "here");
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
    const measured = prepared.stored?.finished ? readBack(prepared) : await trainNow(prepared);
    if (measured === "interrupted") {
      talk(`${name}: interrupted${args.out === undefined ? "" : "; the same command goes on"}`);
      return INTERRUPTED;
    }
    const line = lineOfRun(measured, args.last, args.reach);
    lines.push(line);
    printData(JSON.stringify(line));
    const how = prepared.stored?.finished ? "read back" : `${measured.seconds.toFixed(1)} s`;
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
  if (out !== undefined) requireAccess(`write the runs to ${out}`, out, ["read", "write"]);
  return await Promise.all(planned.map(async (one) => {
    const run = await runEvent(one.config, ground, threads);
    const path = out === undefined ? null : `${out}/${one.objective}-seed${one.seed}`;
    const stored = path === null ? null : readRun(path);
    if (stored && stored.events.length > 0) requireSame(path!, stored.run, run);
    return { ...one, ground, run, path, stored };
  }));
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

/** Keys, dotted, whose values differ. */
function differingKeys(a: unknown, b: unknown, prefix = ""): string[] {
  const isObject = (x: unknown): x is Record<string, unknown> =>
    typeof x === "object" && x !== null && !Array.isArray(x);
  if (!isObject(a) || !isObject(b)) {
    return JSON.stringify(a) === JSON.stringify(b) ? [] : [prefix];
  }
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .flatMap((key) => differingKeys(a[key], b[key], prefix === "" ? key : `${prefix}.${key}`));
}

async function trainNow(
  { config, ground, run, path, stored, objective, seed }: PreparedRun,
): Promise<Measured | "interrupted"> {
  if (path !== null && stored !== null) discardRun(path);
  const { end, evaluations, seconds } = await executeRun(config, run, ground, {
    folder: path === null ? null : createRunFolder(path, run, ground.foreign?.source ?? null),
    print() {},
    show() {},
    stop() {},
  });
  if (end.reason === "interrupted") return "interrupted";
  const { trajectories } = end;
  return { objective, seed, configHash: run.configHash, trajectories, evaluations, seconds };
}

function readBack({ objective, seed, run, stored }: PreparedRun): Measured {
  const { events } = stored!, end = events.at(-1)!;
  const { elapsed } = end.time ?? {};
  return {
    objective,
    seed,
    configHash: run.configHash,
    trajectories: end.type === "end" ? end.trajectories : 0,
    evaluations: events.filter((event): event is EvalEvent => event.type === "eval"),
    seconds: typeof elapsed === "number" ? elapsed : NaN,
  };
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
