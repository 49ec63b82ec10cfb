/**
 * A cluster of this machine alone: Debian's munge, slurmctld and slurmd, started without systemd, with all
 * they write in one temporary folder.
 *
 * @module
 */

/** A running cluster. */
export interface Cluster {
  /** What Slurm's programs need in their environment. */
  env: Record<string, string>;
  /** Runs one of Slurm's programs. */
  ask(program: string, ...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

const DAEMONS = ["munged", "slurmctld", "slurmd"] as const;

/** Why there can be no cluster here, or null. */
export function slurmIsMissing(): string | null {
  if (Deno.build.os !== "linux") return "Slurm runs on Linux";
  const absent = [...DAEMONS, "sbatch", "squeue", "scontrol"].filter((name) =>
    pathOf(name) === null
  );
  return absent.length === 0 ? null : `no ${absent.join(", ")} here: apt-get install slurm-wlm`;
}

/** Where a program of the system's is. */
function pathOf(name: string): string | null {
  for (const folder of ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin"]) {
    try {
      if (Deno.statSync(`${folder}/${name}`).isFile) return `${folder}/${name}`;
    } catch {
      // Not there.
    }
  }
  return null;
}

/**
 * Starts a cluster, in a temporary folder that is removed when it stops.
 *
 * @param processors that the node has
 */
export async function startSlurm(processors: number): Promise<Cluster> {
  const folder = Deno.makeTempDirSync();
  const host = await output("uname", ["-n"]),
    user = await output("id", ["-un"]),
    env = { SLURM_CONF: `${folder}/slurm.conf` };
  for (const part of ["state", "spool"]) Deno.mkdirSync(`${folder}/${part}`);
  Deno.chmodSync(folder, 0o755); // munge wants a socket that everybody can reach and nobody replace
  const key = crypto.getRandomValues(new Uint8Array(128));
  Deno.writeFileSync(`${folder}/munge.key`, key, { mode: 0o400 });
  Deno.writeTextFileSync(
    env.SLURM_CONF,
    `ClusterName=gfn
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=${user}
SlurmdUser=${user}
SlurmctldPort=${freePort()}
SlurmdPort=${freePort()}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
SchedulerParameters=sched_interval=1,sched_min_interval=1,batch_sched_delay=0
KillWait=10
ReturnToService=2
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${processors} State=UNKNOWN
PartitionName=all Nodes=${host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
`,
  );
  const munge = [
    "key-file=munge.key",
    "socket=munge.socket",
    "pid-file=munge.pid",
    "log-file=munge.log",
    "seed-file=munge.seed",
  ]
    .map((one) => `--${one.replace("=", `=${folder}/`)}`);
  const started: Deno.ChildProcess[] = [];
  const start = (name: typeof DAEMONS[number], args: string[]) => {
    const log = `${folder}/${name}.log`;
    // A shell, since a child's output can only go to a file by one.
    started.push(
      new Deno.Command("/bin/sh", {
        args: ["-c", `exec "$@" >>'${log}' 2>&1`, name, pathOf(name)!, ...args],
        env,
        stdin: "null",
      }).spawn(),
    );
  };
  const ask = (program: string, ...args: string[]) => output(program, args, env);
  const stop = async () => {
    for (const child of started.toReversed()) {
      try {
        child.kill("SIGTERM");
      } catch {
        // Ended by itself, as its log says.
      }
      await child.status;
    }
    Deno.removeSync(folder, { recursive: true });
  };
  try {
    start("munged", ["--foreground", ...munge]);
    await until(() => Deno.statSync(`${folder}/munge.socket`).isSocket === true);
    start("slurmctld", ["-D"]);
    start("slurmd", ["-D", "-N", host]);
    await until(async () => (await ask("sinfo", "--noheader", "--format=%T")) === "idle");
  } catch (error) {
    const logs = DAEMONS.map((name) => {
      try {
        return `${name}: ${Deno.readTextFileSync(`${folder}/${name}.log`)}`;
      } catch {
        return `${name}: no log`;
      }
    });
    await stop();
    throw new Error(`Cannot start Slurm: ${(error as Error).message}\n${logs.join("\n")}`);
  }
  return { env, ask, stop };
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

async function output(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { success, code, stdout, stderr } = await new Deno.Command(program, { args, env }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout).trim();
  throw new Error(`${program} ended with ${code}: ${decoder.decode(stderr).trim()}`);
}

/** Waits until something holds, which until then may throw; a minute at most. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  let last: unknown = "it does not hold";
  for (let tries = 0; tries < 600; tries++) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited a minute in vain: ${last}`);
}
