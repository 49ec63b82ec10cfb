/**
 * Seconds from the start of the command to its first training line, and the peak of its resident memory
 * (from /proc, so on Linux alone), the median of five runs each:
 * `deno task startup`.
 *
 * @module
 */
const root = new URL("../", import.meta.url).pathname;
const settings = ["--steps", "20", "--set", "log.every=1", "--quiet"];
const cases: [name: string, args: string[]][] = [
  ["2d H16, Ent-PPO, as it comes", []],
  ["4d H20, TB", ["env.dims=4", "env.side=20", "env.preset=easy", "objective.name=tb"]],
  ["4d H20, Ent-PPO", ["env.dims=4", "env.side=20", "env.preset=easy"]],
];

/**
 * Peak resident memory of a process in MiB, or NaN where /proc does not say: elsewhere than on Linux, and
 * when the process has ended. Deno wants all permissions for it.
 */
function peakMemory(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

async function run(args: readonly string[]): Promise<{ seconds: number; memory: number }> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", `${root}gfn.ts`, "train", ...settings],
      ...args.flatMap((setting) => ["--set", setting]),
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const decoder = new TextDecoder();
  let text = "", seconds = NaN, memory = NaN;
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true });
    if (Number.isNaN(seconds) && text.includes('"type":"train"')) {
      seconds = (performance.now() - started) / 1000;
    }
    const peak = peakMemory(child.pid); // it only rises, so the last that is known is the largest
    if (!Number.isNaN(peak)) memory = peak;
  }
  await child.status;
  return { seconds, memory };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

for (const [name, args] of cases) {
  const runs = [];
  for (let i = 0; i < 5; i++) runs.push(await run(args));
  const seconds = median(runs.map((one) => one.seconds)).toFixed(2);
  const memory = median(runs.map((one) => one.memory));
  const peak = Number.isNaN(memory) ? "unknown" : `${memory.toFixed(0)} MiB`;
  console.log(`${name.padEnd(32)} first iteration after ${seconds} s, peak memory ${peak}`);
}
