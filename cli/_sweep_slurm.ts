/**
 * The runs of a sweep on a cluster with Slurm: one job array, a task a run. Slurm schedules; a task begins
 * its run or goes on with it, whichever its folder says, so that a task that is requeued goes on.
 *
 * @module
 */
import type { Sweep } from "../config/sweep.ts";
import { failure, usageError } from "../errors.ts";
import { requireRun } from "../store/permissions.ts";
import type { SweepFolder } from "../store/sweep_folder.ts";
import { beginning, common, goingOn, trainer } from "./_sweep_commands.ts";
import type { SweptRun } from "./_sweep_plan.ts";

/** Seconds before a task's end of time at which it is told, to store its state and queue once more. */
const NOTICE = 60;

/**
 * The script of a job array whose task i does run i. Slurm tells a task of its end by SIGUSR1: the run
 * stores its state and the task is requeued. SIGTERM, which preemption and scancel send, stores the state
 * too, and leaves to Slurm what comes next.
 */
export function arrayScript(
  folder: SweepFolder,
  runs: readonly SweptRun[],
  { slurm, jobs, threads }: { slurm: Sweep["slurm"]; jobs: number | undefined; threads: number },
): string {
  const { program, args } = trainer(folder, runs);
  const command = (own: readonly string[]) => [program, ...args, ...own, ...common(threads)];
  const most = jobs === undefined ? "" : `%${jobs}`;
  const tasks = runs.map(({ name }, i) => `${i}) run=${quote(name)} ;;`);
  // Names are letters, digits, dots, dashes and underscores: the shell's variable needs no more quoting.
  const [begin, goOn] = [beginning, goingOn].map((of) =>
    command(of(folder, "\0")).map((part) => quote(part).replaceAll("\0", "'\"$run\"'")).join(" ")
  );
  return `#!/bin/sh
# Written by gfn sweep: a task of this array is a run, which is begun or gone on with.
#SBATCH --job-name=gfn-sweep
#SBATCH --array=0-${runs.length - 1}${most}
#SBATCH --cpus-per-task=${threads}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output="${folder.path}/slurm/%A_%a.log"
#SBATCH --signal=B:USR1@${NOTICE}
${slurm.options.map((option) => `#SBATCH ${option}\n`).join("")}
case $SLURM_ARRAY_TASK_ID in
${tasks.join("\n")}
esac
${slurm.before.map((line) => `${line}\n`).join("")}
if [ -e ${quote(`${folder.path}/runs/`)}"$run"/run.json ]; then
  set -- ${goOn}
else
  set -- ${begin}
fi
again=no
"$@" >/dev/null &
child=$!
trap 'again=yes; kill -TERM $child' USR1
trap 'kill -TERM $child' TERM
# A signal ends wait, not the run.
while wait $child; code=$?; kill -0 $child 2>/dev/null; do :; done
# 130 from a run that stored its state; 143 where it had not begun to.
if [ $again = yes ] && { [ $code -eq 130 ] || [ $code -eq 143 ]; }; then
  exec scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit $code
`;
}

/** A word of the shell. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Submits a script.
 *
 * @returns the number of the job
 * @throws {GfnError} `E_PERMISSION`, or `E_SLURM` with what sbatch said
 */
export async function submit(script: string): Promise<string> {
  requireRun(`submit ${script}`, "sbatch");
  const said = await ask("sbatch", ["--parsable", script]);
  const job = /^(\d+)(;.*)?$/.exec(said.trim())?.[1];
  if (job !== undefined) return job;
  throw failure(
    "E_SLURM",
    `Cannot submit ${script}: found "${said.trim()}", want the number of a job`,
  );
}

/**
 * What Slurm has of the runs that were submitted and not done with, by name: `PENDING`, `RUNNING` and so on.
 *
 * @throws {GfnError} `E_PERMISSION`, or `E_SLURM` with what squeue said
 */
export async function queued(folder: SweepFolder): Promise<Map<string, string>> {
  const states = new Map<string, string>(), submissions = folder.submissions();
  if (submissions.length === 0) return states;
  requireRun("ask Slurm for the runs that were submitted", "squeue");
  const lines = await ask("squeue", ["--me", "--array", "--noheader", "--format=%F %K %T"]);
  for (const line of lines.trim().split("\n")) {
    const [job, task, state] = line.trim().split(/ +/);
    const name = submissions.find((one) => one.job === job)?.names[Number(task)];
    if (name !== undefined && state !== undefined) states.set(name, state);
  }
  return states;
}

/** What a program of Slurm's prints. */
async function ask(program: string, args: readonly string[]): Promise<string> {
  try {
    const { success, code, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    if (success) return decoder.decode(stdout);
    const said = decoder.decode(stderr).trim().split("\n")[0];
    throw failure("E_SLURM", `Cannot go on: ${program} ended with status ${code}: ${said}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw usageError(
      "E_SLURM",
      `Cannot use --launcher slurm: found no ${program} on the PATH, want a machine that submits to Slurm, or --launcher local`,
    );
  }
}
