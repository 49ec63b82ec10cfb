/**
 * The runs of a sweep on this machine: as many processes at a time as are asked for, each an ordinary
 * `gfn train`.
 *
 * @module
 */
import { requireRun } from "../store/permissions.ts";
import type { SweepFolder } from "../store/sweep_folder.ts";
import { beginning, common, goingOn, trainer } from "./_sweep_commands.ts";
import type { SweptRun } from "./_sweep_plan.ts";

/** A run that is to be done. */
export interface Due {
  run: SweptRun;
  /** Whether its folder holds a part of it. */
  begun: boolean;
}

/** How a process ended. */
export interface Ended {
  run: SweptRun;
  /** Exit status of `gfn train`. */
  code: number;
  /** What it said last, where it said anything. */
  said: string;
}

/** What ends a sweep: it is passed on to the runs, which keep their state. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does runs.
 *
 * @param jobs processes at a time
 * @param told is told of each as it ends
 * @returns whether it was interrupted
 * @throws {GfnError} `E_PERMISSION`
 */
export async function runHere(
  folder: SweepFolder,
  due: readonly Due[],
  { jobs, threads }: { jobs: number; threads: number },
  told: (ended: Ended) => void,
): Promise<boolean> {
  if (due.length === 0) return false;
  const { program, args } = trainer(folder, due.map(({ run }) => run));
  requireRun("start the runs of the sweep", program);
  const waiting = [...due], children = new Set<Deno.ChildProcess>();
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    for (const child of children) child.kill("SIGTERM");
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, interrupt);
  const work = async () => {
    for (let next = waiting.shift(); next && !interrupted; next = waiting.shift()) {
      const { run, begun } = next;
      const own = begun ? goingOn(folder, run.name) : beginning(folder, run.name);
      const child = new Deno.Command(program, {
        args: [...args, ...own, ...common(threads)],
        stdin: "null",
        stdout: "null", // the folder has the lines
        stderr: "piped",
      }).spawn();
      children.add(child);
      const { code, stderr } = await child.output();
      children.delete(child);
      const said = new TextDecoder().decode(stderr).trimEnd().split("\n").at(-1)!;
      told({ run, code, said });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, due.length) }, work));
  } finally {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, interrupt);
  }
  return interrupted;
}
