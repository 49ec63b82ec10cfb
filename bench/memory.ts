/**
 * Resident memory of a long run with its folder, TB at d=4 H=20, at every eighth of it:
 * `deno task memory [TRAJECTORIES]`.
 *
 * @module
 */
const root = new URL("../", import.meta.url).pathname;
const BATCH = 16;

/** Memory as a run goes on. */
export interface MemoryUse {
  /** Trajectories done, and resident memory then, MiB. */
  samples: { trajectories: number; mib: number }[];
  /** The most there was, MiB. */
  peak: number;
  /** Seconds from the start of the process to its first training line. */
  firstStep: number;
  seconds: number;
}

/** Trains with checkpoints and a line a step, and looks at the memory of the process. */
export async function measureMemory(trajectories: number): Promise<MemoryUse> {
  const steps = Math.ceil(trajectories / BATCH), folder = Deno.makeTempDirSync();
  const settings = [
    ...["env.dims=4", "env.side=20", "env.preset=easy", "objective=tb", "log.every=1"],
    `eval.every=${Math.ceil(steps / 8)}`,
    `checkpoint.every=${Math.ceil(steps / 80)}`,
  ];
  const started = performance.now(), out = `${folder}/run`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", `--preload=${root}bench/_report_memory.js`],
      ...[`--allow-read=${out}`, `--allow-write=${out}`],
      ...[`${root}gfn.ts`, "train", "--quiet", "--steps", String(steps), "--out", out],
      ...settings.flatMap((setting) => ["--set", setting]),
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const use: MemoryUse = { samples: [], peak: 0, firstStep: NaN, seconds: NaN };
  let now = NaN, said = "";
  const watching = eachLine(child.stderr, (line) => {
    const rss = /^rss (\d+)$/.exec(line)?.[1];
    if (rss === undefined) said += `${line}\n`;
    else {
      now = Number(rss) / 2 ** 20;
      use.peak = Math.max(use.peak, now);
    }
  });
  let next = steps / 8;
  await eachLine(child.stdout, (line) => {
    const { type, step } = JSON.parse(line);
    if (type !== "train") return;
    if (Number.isNaN(use.firstStep)) use.firstStep = (performance.now() - started) / 1000;
    if (step < next && step < steps) return;
    next += steps / 8;
    use.samples.push({ trajectories: step * BATCH, mib: now });
  });
  await watching;
  const { success } = await child.status;
  Deno.removeSync(folder, { recursive: true });
  if (!success) throw new Error(`Cannot measure the memory of a run: ${said}`);
  use.seconds = (performance.now() - started) / 1000;
  return use;
}

async function eachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
  }
}

if (import.meta.main) {
  const { samples, peak, firstStep, seconds } = await measureMemory(Number(Deno.args[0] ?? 1e6));
  for (const { trajectories, mib } of samples) {
    console.log(
      `${String(trajectories).padStart(9)} trajectories  ${mib.toFixed(0).padStart(5)} MiB`,
    );
  }
  console.log(
    `first step after ${firstStep.toFixed(2)} s, peak ${peak.toFixed(0)} MiB, ${
      seconds.toFixed(0)
    } s in all`,
  );
}
