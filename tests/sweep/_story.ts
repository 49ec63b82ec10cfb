/**
 * A sweep on a cluster, from its submission over a death to its table.
 *
 * @module
 */
import { gfn, jsonLines } from "../cli/_command.ts";
import { type Cluster, startSlurm, until } from "./_slurm.ts";

/** The sweep: eight runs of so many steps. */
const eight = (steps: number) => ({
  settings: {
    env: { name: "hypergrid", side: 8 },
    policy: { hidden: [16] },
    steps,
    log: { every: 1 },
    eval: { every: 100 },
    checkpoint: { every: 20 },
  },
  search: {
    kind: "grid",
    over: { "objective.name": ["tb", "db"], "policy.lr": [0.01, 0.003] },
  },
  seeds: "0..1",
});

/** What was seen, in its order. */
export interface Story {
  /** Runs submitted at first, and after one had died. */
  submitted: [number, number];
  /** How far they were when the queue was empty: `7 finished, 1 begun`. */
  afterDeath: string;
  /** The step at which the one went on that was killed. */
  killedAt: number;
  /** Tables without what is told of time: of the runs on the cluster, and of unbroken ones here. */
  table: unknown[];
  unbroken: unknown[];
  /** How often each run was resumed on the cluster, as its metrics say. */
  resumes: number[];
}

/** What becomes of one run while it is at work. */
export type Blow = {
  /** In a few words. */
  what: string;
  strike(cluster: Cluster, task: string): Promise<unknown>;
  /** Whether Slurm itself begins the task again. */
  requeues: boolean;
};

export const killed: Blow = {
  what: "killed by SIGKILL",
  strike: ({ ask }, task) => ask("scancel", "--signal=KILL", "--full", task),
  requeues: false,
};
export const noticed: Blow = {
  what: "told of the end of its time by SIGUSR1",
  async strike({ ask }, task) {
    try {
      await ask("scancel", "--signal=USR1", "--batch", task);
    } catch (error) {
      // What scancel says where the task was faster than it, and is being requeued by then.
      if (!String(error).includes("can not be altered now")) throw error;
    }
  },
  requeues: true,
};
export const preempted: Blow = {
  what: "requeued, as by preemption",
  strike: ({ ask }, task) => ask("scontrol", "requeue", task),
  requeues: true,
};

/** Runs the sweep on a cluster of its own, whose first run gets a blow in its middle. */
export async function tell(
  folder: string,
  steps: number,
  blow: Blow,
  say: (line: string) => void,
): Promise<Story> {
  const cluster = await startSlurm(2);
  try {
    return await tellOn(cluster, folder, steps, blow, say);
  } finally {
    await cluster.stop();
  }
}

async function tellOn(
  cluster: Cluster,
  folder: string,
  steps: number,
  blow: Blow,
  say: (line: string) => void,
): Promise<Story> {
  const file = `${folder}/sweep.json`, there = `${folder}/there`, here = `${folder}/here`;
  Deno.writeTextFileSync(file, JSON.stringify(eight(steps)));
  const sweep = async (out: string, args: string[], code = 0) => {
    const permissions = [
      ...[`--allow-read=${folder}`, `--allow-write=${folder}`],
      `--allow-run=${Deno.execPath()},sbatch,squeue`,
    ];
    const ended = await gfn(["sweep", file, "--out", out, ...args], permissions, cluster.env);
    if (ended.code !== code) throw new Error(`gfn sweep ${args.join(" ")}: ${ended.stderr}`);
    say(`$ gfn sweep sweep.json --out ${out.slice(folder.length + 1)} ${args.join(" ")}`.trimEnd());
    if (ended.stderr !== "") say(ended.stderr.trimEnd());
    return ended;
  };
  const submit = ["--launcher", "slurm"];
  const quiet = async () => (await cluster.ask("squeue", "--noheader")) === "";

  const [first] = jsonLines((await sweep(there, submit)).stdout);
  const run = `${there}/runs/${first.names[0]}`;
  await until(() => Array.from(Deno.readDirSync(`${run}/checkpoints`)).length > 1);
  await blow.strike(cluster, `${first.job}_0`);
  say(`task 0 is ${blow.what}`);
  if (!blow.requeues) await until(quiet);
  else {await until(async () =>
      !(await cluster.ask("squeue", "--noheader", "--format=%T")).includes("R")
    );}
  const { stderr: afterDeath, stdout } = await sweep(there, ["--status", ...submit]);
  const killedAt = jsonLines(stdout)[0].step;
  if (blow.requeues) {
    // Slurm lets two minutes pass before a task that was requeued; it need not here.
    await cluster.ask("scontrol", "update", `JobId=${first.job}_0`, "StartTime=now");
    await until(quiet);
  } else await sweep(there, ["--collect"], 1);
  const again = (await sweep(there, submit)).stdout;
  const second = again === "" ? 0 : jsonLines(again)[0].names.length;
  if (second > 0) await until(quiet);
  const collected = await sweep(there, ["--collect"]);
  const unbroken = await sweep(here, ["--jobs", "2"]);
  return {
    submitted: [first.names.length, second],
    afterDeath: afterDeath.trim(),
    killedAt,
    table: timeless(collected.stdout),
    unbroken: timeless(unbroken.stdout),
    resumes: first.names.map((name: string) => resumesOf(`${there}/runs/${name}`)),
  };
}

function timeless(lines: string): unknown[] {
  return jsonLines(lines).map(({ time: _time, ...line }) => line);
}

function resumesOf(run: string): number {
  return jsonLines(Deno.readTextFileSync(`${run}/metrics.jsonl`)).at(-1).host?.resumes ?? 0;
}
