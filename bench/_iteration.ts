/**
 * One training iteration taken apart: rollout, frozen numbers, losses, gradients, Adam.
 *
 * @module
 */
import type { SettingsTree } from "../config/overrides.ts";
import { environments, objectives, openEnvironment, resolveRun } from "../mod.ts";
import { critics } from "../objectives/_registry.ts";
import type { Frozen, Update } from "../objectives/contract.ts";
import { type Batch, stepCount, trajectoryCount } from "../rollout/batch.ts";
import { sampleForward } from "../rollout/forward.ts";
import { tf } from "../tensor/backend.ts";
import { RandomStream } from "../tensor/random.ts";
import { Adam } from "../train/adam.ts";
import { Estimators, leftRows } from "../train/estimators.ts";
import { Evaluator, listStates } from "../train/evaluate.ts";
import { learningRates } from "../train/schedule.ts";
import { runUpdate } from "../train/update.ts";

/** Iterations before the clock starts: the engine compiles what runs often, as peers compile before. */
const WARM_UP = { iterations: 50, ms: 4000 };

/** Milliseconds an iteration, and what it did. */
export interface IterationTimes {
  rollout: number;
  /** What is computed once after the rollout: advantages, log P_B, V. */
  freeze: number;
  /** Losses, with the networks' outputs that they read, as often as they are computed. */
  loss: number;
  backward: number;
  /** Adam. */
  update: number;
  /** All of these. */
  total: number;
  /** One evaluation, which is no part of an iteration; exact if asked for. */
  evaluation: number;
  /** Bytes that the JavaScript heap grows by, until they are collected. */
  garbage: number;
  meanLength: number;
  /** Floating-point operations of the networks' products that the work needs. */
  flops: number;
}

/**
 * The mean over iterations on a policy whose exit has the logit `exitLogit` beside others near 0: 0 is an
 * untrained policy, -3.3 about as long as a trained one on the paper's grid. The rates are 0, so that the
 * length stays.
 */
export async function timeIterations(
  settings: SettingsTree,
  exitLogit: number,
  iterations: number,
  evaluation: "evaluated" | "not evaluated" = "not evaluated",
): Promise<IterationTimes> {
  const config = resolveRun(settings, { environments, objectives });
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  const objective = objectives[config.objective.name]!;
  const estimators = new Estimators(environment, objective, config);
  const parameters = estimators.policy.parameters();
  parameters.at(-1)!.values[environment.stopAction!] = exitLogit; // biases of the outputs
  estimators.policy.load(parameters);
  const adam = new TimedAdam({ lr: 1e-3 });
  const random = RandomStream.of(0, "bench rollout"), parts = RandomStream.of(0, "bench parts");
  const updates: Update[] = [...objective.updates(config.objective)];
  if (objective.needs(config.objective).includes("value")) {
    const { loss, epochs, minibatches } = config.critic;
    const critic = critics[loss]!.loss(config.critic);
    updates.push({ name: "critic", trains: ["value"], epochs, minibatches, loss: critic });
  }
  const tools = {
    estimators,
    adam,
    rates: { ...learningRates(config, 0), policy: 0, value: 0, flow: 0, logZ: 0, backward: 0 },
    clipNorm: config.gradClip === "off" ? null : config.gradClip,
    weightDecay: config.weightDecay,
    random: parts,
    breathe: () => Promise.resolve(),
  };
  const times = {
    ...{ rollout: 0, freeze: 0, loss: 0, backward: 0, update: 0, total: 0 },
    ...{ evaluation: 0, garbage: 0, meanLength: 0, flops: 0 },
  };
  const began = performance.now();
  for (let i = -WARM_UP.iterations; i < iterations; i++) {
    if (i < -1 && performance.now() - began > WARM_UP.ms) i = -1;
    const heap = Deno.memoryUsage().heapUsed;
    adam.ms = 0;
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
    const critic = config.critic.loss === "sub-eb" ? critics["sub-eb"]!.freeze(numbers) : {};
    const frozen: Frozen = { ...objective.freeze(numbers, config.objective), ...critic };
    const t2 = performance.now();
    for (const update of updates) await runUpdate(update, batch, frozen, tools);
    const t3 = performance.now();
    const grown = Deno.memoryUsage().heapUsed - heap;
    lossesAlone(updates, batch, frozen, estimators);
    const t4 = performance.now();
    if (i < 0) continue;
    times.rollout += (t1 - t0) / iterations;
    times.freeze += (t2 - t1) / iterations;
    times.loss += (t4 - t3) / iterations;
    times.update += adam.ms / iterations;
    // Growth without a collection in between is garbage; one that shrinks the heap says nothing.
    times.garbage = Math.max(times.garbage, grown);
    times.total += (t3 - t0) / iterations;
    times.meanLength += stepCount(batch) / trajectoryCount(batch) / iterations;
    times.flops += stepCount(batch) * passes(updates) * perRow(config.policy.hidden) / iterations;
  }
  times.backward = times.total - times.rollout - times.freeze - times.loss - times.update;
  if (evaluation === "evaluated") {
    const evaluator = new Evaluator(environment, config, await listStates(environment));
    await evaluator.measure(estimators); // as warm as the rest
    const started = performance.now();
    await evaluator.measure(estimators);
    times.evaluation = performance.now() - started;
  }
  estimators.dispose();
  adam.dispose();
  return times;
}

/** Adam that adds up the time it takes. */
class TimedAdam extends Adam {
  ms = 0;

  override step(...step: Parameters<Adam["step"]>): number {
    const started = performance.now();
    try {
      return super.step(...step);
    } finally {
      this.ms += performance.now() - started;
    }
  }
}

/**
 * Passes through a network that a row takes: one in the rollout, which the first gradient takes up again,
 * one for V, and in each epoch one forward and two back for each network that moves.
 */
function passes(updates: readonly Update[]): number {
  let count = 0;
  for (const { trains, epochs } of updates) {
    count += 3 * epochs * trains.filter((name) => name !== "logZ" && name !== "backward").length;
  }
  return count + (updates.some(({ name }) => name === "critic") ? 1 : 0);
}

/** Operations of a row in one pass: the layers behind the gather, outputs left out. */
function perRow(hidden: readonly number[]): number {
  return hidden.slice(1).reduce((sum, width, l) => sum + 2 * width * hidden[l]!, 0);
}

/** The losses of all updates, without gradients; parts of an epoch together, since their rows are the same. */
function lossesAlone(
  updates: readonly Update[],
  batch: Batch,
  frozen: Frozen,
  estimators: Estimators,
): void {
  for (const { loss, epochs } of updates) {
    for (let epoch = 0; epoch < epochs; epoch++) {
      tf.tidy(() => void loss(estimators.tensors(batch), frozen).dataSync());
    }
  }
}
