/**
 * Convergence of every registered objective on a small grid: 8x8 classic, 64,000 trajectories, three
 * seeds, the default network and rates.
 *
 *     deno task convergence [OBJECTIVE…]
 *
 * Prints, for each, the exact total variation as the mean over the last ten evaluations (every 40 steps,
 * so that the wandering of a fixed learning rate counts), the same of the moving average of the
 * parameters, and the curve: at 3,200, 6,400, 16,000, 32,000 and 64,000 trajectories, over the seeds.
 * Without arguments about 25 minutes on one core. Exit status 1 when an objective that should reach
 * the bound does not.
 *
 * @module
 */
import { environments, objectives, openEnvironment, resolveRun, train } from "../mod.ts";

const BOUND = 0.03;
const SEEDS = [0, 1, 2];
/** Trajectories at which the curve is shown. */
const CURVE = [3200, 6400, 16000, 32000, 64000];

/** What is run: each objective as it is, and the ablations that are meant to be worse. */
interface Entry {
  name: string;
  objective: { name: string } & Record<string, string | number>;
  /** Why it need not reach the bound. */
  ablation?: string;
}

const ablations: readonly Entry[] = [
  {
    name: "vpg total",
    objective: { name: "vpg", advantage: "total" },
    ablation: "the whole return weighs every action: variance",
  },
  {
    name: "vpg reward_to_go",
    objective: { name: "vpg", advantage: "reward_to_go" },
    ablation: "no baseline: variance",
  },
  {
    name: "ppo terminal",
    objective: { name: "ppo", reward: "terminal" },
    ablation: "no log P_B: samples R(x) times the number of ways to x",
  },
];

/** Total variation of one run. */
interface Outcome {
  last: number;
  averaged: number;
  curve: number[];
}

async function run({ objective }: Entry, seed: number): Promise<Outcome> {
  const config = resolveRun({
    env: { name: "hypergrid", side: 8, preset: "classic" },
    objective,
    seed,
    steps: 4000,
    ema: { decay: 0.995 },
    eval: { every: 40 },
  }, { environments, objectives });
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  const tv: number[] = [], averaged: number[] = [], curve: number[] = [];
  const setup = { environment, objective: objectives[objective.name]!, config };
  for await (const event of train(setup)) {
    if (event.type !== "eval") continue;
    tv.push(event.tv as number);
    averaged.push(event.averaged!.tv as number);
    if (CURVE.includes(event.trajectories)) curve.push(event.tv as number);
  }
  return { last: mean(tv.slice(-10)), averaged: mean(averaged.slice(-10)), curve };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}

const shown = (x: number) => x.toFixed(4);
const wanted = Deno.args;
const entries: Entry[] = [
  ...Object.keys(objectives).map((name): Entry => ({ name, objective: { name } })),
  ...ablations,
].filter(({ name }) => wanted.length === 0 || wanted.includes(name));
let missed = 0;
console.log(
  `${"objective".padEnd(18)}${"TV, seeds 0 1 2".padEnd(24)}${"averaged".padEnd(24)}curve at ${
    CURVE.join(" ")
  } trajectories`,
);
for (const entry of entries) {
  const outcomes: Outcome[] = [];
  for (const seed of SEEDS) outcomes.push(await run(entry, seed));
  const curve = CURVE.map((_, i) => shown(mean(outcomes.map((outcome) => outcome.curve[i]!))));
  const misses = outcomes.some(({ last }) => last > BOUND);
  if (misses && entry.ablation === undefined) missed++;
  const note = misses ? `  above ${BOUND}: ${entry.ablation ?? "MISSED"}` : "";
  console.log(
    `${entry.name.padEnd(18)}${outcomes.map(({ last }) => shown(last)).join(" ").padEnd(24)}${
      outcomes.map(({ averaged }) => shown(averaged)).join(" ").padEnd(24)
    }${curve.join(" ")}${note}`,
  );
}
if (missed > 0) {
  console.log(`${missed} missed`);
  Deno.exit(1);
}
