/**
 * Milliseconds of a TB iteration with a Transformer and with an MLP, on strings of the size that gfnx trains
 * on: 15 words of 8 bits, batch 16, 3 layers of 64 with 8 heads:
 *
 *     deno run -A bench/transformer.ts [words]
 *
 * Strings are appended to (256 actions) or filled in at any position (3,840 actions). The last row is the
 * network and the moves that gfnx's baseline has.
 *
 * @module
 */
import type { SettingsTree } from "../config/overrides.ts";
import bitseq from "../examples/plugins/bitseq.ts";
import { objectives, openEnvironment, resolveRun, startThreads } from "../mod.ts";
import { sampleForward } from "../rollout/forward.ts";
import { RandomStream } from "../tensor/random.ts";
import { Adam } from "../train/adam.ts";
import { Estimators, leftRows } from "../train/estimators.ts";
import { learningRates } from "../train/schedule.ts";
import { runUpdate } from "../train/update.ts";
import { printRow } from "./_table.ts";
import anywhere from "./_words_anywhere.ts";

const WARM_UP = 30, ITERATIONS = 40;
const places = Number(Deno.args[0] ?? 15);
const environments = { [bitseq.name]: bitseq, [anywhere.name]: anywhere };
const appended = { name: "bitseq", length: 8 * places, word: 8 };
const filled = { name: "words-anywhere", places, words: 256 };
const bidirectional = { network: "transformer", transformer: { attention: "bidirectional" } };
const causal = { network: "transformer", transformer: { attention: "causal" } };
const byPosition = { network: "transformer", transformer: { reads: "positions" } };
const mlp = { network: "mlp" };

const cases: [moves: string, network: string, env: SettingsTree, policy: SettingsTree][] = [
  ["append", "MLP 2x256", appended, mlp],
  ["append", "causal", appended, causal],
  ["append", "all tokens", appended, bidirectional],
  ["anywhere", "MLP 2x256", filled, mlp],
  ["anywhere", "pooled", filled, bidirectional],
  ["anywhere", "by position", filled, byPosition],
];

/** Medians of milliseconds: of the rollout, of its loss, gradient and Adam, and of both. */
async function time(env: SettingsTree, policy: SettingsTree) {
  const config = resolveRun({ env, policy, objective: { name: "tb" } }, {
    environments,
    objectives,
  });
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  const objective = objectives.tb!, estimators = new Estimators(environment, objective, config);
  const update = objective.updates(config.objective)[0]!;
  const tools = {
    estimators,
    adam: new Adam({ lr: 1e-3 }),
    rates: learningRates(config, 0),
    clipNorm: null,
    weightDecay: 0,
    random: RandomStream.of(0, "bench parts"),
    breathe: () => Promise.resolve(),
  };
  const random = RandomStream.of(0, "bench rollout");
  const times = { rollout: [] as number[], update: [] as number[], total: [] as number[] };
  for (let i = -WARM_UP; i < ITERATIONS; i++) {
    const t0 = performance.now();
    estimators.policy.record();
    const { batch, logPfAll, places } = await sampleForward(
      environment,
      config.batch,
      (observations) => estimators.policy.forward(observations),
      random,
    );
    estimators.policy.keep(leftRows(batch), places);
    const t1 = performance.now();
    const numbers = estimators.numbers(batch, logPfAll);
    const frozen = objective.freeze(numbers, config.objective);
    await runUpdate(update, batch, frozen, tools);
    const t2 = performance.now();
    if (i < 0) continue;
    times.rollout.push(t1 - t0);
    times.update.push(t2 - t1);
    times.total.push(t2 - t0);
  }
  estimators.dispose();
  tools.adam.dispose();
  return times;
}

/** The time that a share of the times is below. */
function quantile(times: number[], share: number): string {
  return times.sort((a, b) => a - b)[Math.floor(share * times.length)]!.toFixed(1);
}

if (import.meta.main) {
  console.log(
    `${places} words of 8 bits, batch 16, TB, milliseconds an iteration, medians and the fastest:`,
  );
  printRow(["moves", "network", "threads", "rollout", "update", "total", "fastest"]);
  for (const [moves, network, env, policy] of cases) {
    for (const count of [1, 2]) {
      const threads = await startThreads(count);
      const { rollout, update, total } = await time(env, policy);
      threads.stop();
      const medians = [rollout, update, total].map((times) => quantile(times, 0.5));
      printRow([moves, network, count, ...medians, quantile(total, 0)]);
    }
  }
}
