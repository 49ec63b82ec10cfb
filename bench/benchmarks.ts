/**
 * Objectives on the field's benchmarks with an equal number of trajectories, three seeds: trains what a
 * folder does not hold yet, and prints a table with the way there. All begin with a preset but ising, whose
 * coupling is our own.
 * `deno task benchmarks ising|bitseq|tfbind8|qm9-small|amp DIR`.
 *
 * @module
 */
const root = new URL("../", import.meta.url).pathname;
const OBJECTIVES = ["tb", "db", "subtb", "ent-ppo"];
const SEEDS = [0, 1, 2];

/** One benchmark. */
interface Benchmark {
  /** Arguments of `gfn compare` beside objectives, seeds and folder. log Z begins near its value. */
  args: string[];
  /** What is read from the `eval` lines: the figure of quality, and what it is called. */
  curve: [field: string, name: string];
  /** What is read from `gfn eval` of the last checkpoint. */
  last: [path: string, name: string][];
  /** Objects that log p is compared with log R on, as lines of states. */
  heldOut?: () => string;
}

const set = (...settings: string[]) => settings.flatMap((setting) => ["--set", setting]);

const benchmarks: Readonly<Record<string, Benchmark>> = {
  "tfbind8": {
    args: [
      ...set("preset=tfbind8-paper", "eval.every=200", "logZ.initial=11"),
      ...["--steps", "2000"],
    ],
    curve: ["tv", "exact TV"],
    last: [["pearson", "Pearson"], ["rewardDelta", "reward delta"], [
      "topMeanLogReward",
      "top 100",
    ]],
  },
  "qm9-small": {
    args: [
      ...set("preset=qm9-small-paper", "eval.every=200", "logZ.initial=12"),
      ...["--steps", "2000"],
    ],
    curve: ["tv", "exact TV"],
    last: [["pearson", "Pearson"], ["rewardDelta", "reward delta"], [
      "modesForwardSamples",
      "modes in 10,000",
    ]],
  },
  "ising": {
    args: [
      ...["ising", "--steps", "2000"],
      ...set("env.side=6", "env.sigma=0.2", "eval.every=250", "eval.samples=500"),
      ...set("logZ.initial=25"),
    ],
    curve: ["elboForwardSamples", "ELBO"],
    last: [["elboForwardSamples", "ELBO"], ["logZForwardSamples", "log Z from samples"], [
      "logZ",
      "log Z learned",
    ]],
  },
  "bitseq": {
    args: [
      ...set("preset=bitseq-gfnx", "logZ.initial=82", "eval.every=500", "eval.samples=200"),
      ...set("checkpoint.every=500"),
      ...["--steps", "2000"],
    ],
    curve: ["modesFound", "modes of 60 found in training"],
    last: [["heldOut.spearman", "Spearman on 720"], ["elboForwardSamples", "ELBO"], [
      "meanLogRewardForwardSamples",
      "mean log R",
    ]],
    heldOut: bitStrings,
  },
  "amp": {
    args: [
      ...set("preset=amp-gfnx", "eval.every=125", "eval.samples=200", "checkpoint.every=125"),
      ...["--steps", "500"],
    ],
    curve: ["topMeanLogReward", "mean log R of the best 100 of 200"],
    last: [["topMeanLogReward", "top 100 of 2,048"], ["topDiversity", "their diversity"], [
      "elboForwardSamples",
      "ELBO",
    ]],
  },
};

/** A tenth of gfnx's test set: each hidden sequence, and it with 10, 20, … of its bits flipped. */
function bitStrings(): string {
  const source = Deno.readTextFileSync(`${root}envs/bitseq.ts`);
  const blocks = ["00000000", "11111111", "11110000", "00001111", "00111100"];
  const modes = source.match(/\b[0-4]{15}\b/g)!
    .map((codes) => Array.from(codes, (code) => blocks[Number(code)]).join(""));
  let state = 1; // a small generator of its own: the set is the same wherever it is made
  const random = () => (state = Math.imul(state, 1103515245) + 12345 & 0x7fffffff) / 0x80000000;
  const lines: string[] = [];
  for (const mode of modes) {
    for (let flips = 0; flips < mode.length; flips += 10) {
      const bits = Array.from(mode, Number), order = bits.map((_, i) => i);
      for (let i = 0; i < flips; i++) {
        const j = i + Math.floor(random() * (order.length - i));
        [order[i], order[j]] = [order[j]!, order[i]!];
        bits[order[i]!]! ^= 1;
      }
      const words = Array.from(
        { length: bits.length / 8 },
        (_, w) => 1 + parseInt(bits.slice(8 * w, 8 * w + 8).join(""), 2),
      );
      lines.push(JSON.stringify({ state: words }));
    }
  }
  return `${lines.join("\n")}\n`;
}

function gfn(...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", `${root}gfn.ts`, ...args],
  }).outputSync();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout);
}

function valueAt(line: unknown, path: string): number {
  return Number(
    path.split(".").reduce(
      (inner, key) => (inner as Record<string, unknown>)?.[key],
      line as unknown,
    ),
  );
}

const short = (x: number) => Number.isNaN(x) ? "-" : Number(x.toPrecision(4)).toString();
const over = (all: readonly number[]) => {
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  return all.length === 1
    ? short(mean)
    : `${short(mean)} (${short(Math.min(...all))}..${short(Math.max(...all))})`;
};

const [name, out] = Deno.args, chosen = benchmarks[name ?? ""];
if (!chosen || !out) {
  console.error(`deno task benchmarks ${Object.keys(benchmarks).join("|")} DIR`);
  Deno.exit(2);
}
const seeds = SEEDS.join(",");
const command = ["compare", ...chosen.args, "--objectives", OBJECTIVES.join(","), "--seeds", seeds];
console.log(`gfn ${command.join(" ")} --threads 1 --out ${out}`);
if (!Deno.args.includes("--only-read")) gfn(...command, "--threads", "1", "--out", out);
const objects = `${Deno.makeTempDirSync()}/objects.jsonl`;
if (chosen.heldOut) Deno.writeTextFileSync(objects, chosen.heldOut());
for (const objective of OBJECTIVES) {
  const curves = new Map<number, number[]>(), last = chosen.last.map((): number[] => []);
  const seconds: number[] = [];
  for (const seed of SEEDS) {
    const folder = `${out}/${objective}-seed${seed}`;
    let lines: Record<string, unknown>[];
    try {
      lines = Deno.readTextFileSync(`${folder}/metrics.jsonl`).trimEnd().split("\n")
        .map((line) => JSON.parse(line));
    } catch {
      continue; // not trained
    }
    if (lines.at(-1)!.reason !== "finished") continue;
    seconds.push(valueAt(lines.at(-1), "time.elapsed"));
    for (const line of lines) {
      if (line.type !== "eval") continue;
      const step = line.trajectories as number;
      curves.set(step, [...curves.get(step) ?? [], valueAt(line, chosen.curve[0])]);
    }
    const samples = name === "amp" ? ["-n", "2048"] : [];
    const held = chosen.heldOut ? ["--objects", objects, "--paths", "10"] : [];
    const measured = JSON.parse(gfn("eval", folder, "--quiet", ...samples, ...held));
    chosen.last.forEach(([path], i) => last[i]!.push(valueAt(measured, path)));
  }
  if (seconds.length === 0) continue;
  console.log(`${objective}, ${seconds.length} seeds, ${over(seconds)} s a run on one thread`);
  const way = [...curves].map(([step, all]) => `${step}: ${over(all)}`);
  console.log(`  ${chosen.curve[1]} by trajectories: ${way.join(", ")}`);
  console.log(`  ${chosen.last.map(([, label], i) => `${label} ${over(last[i]!)}`).join(", ")}`);
}
