/**
 * What the tensor library costs: one update of TB (losses, gradients, Adam) through objectives and tape,
 * beside the same work written by hand over the same kernels. Alternating, medians:
 *
 *     deno run bench/by_hand.ts
 *
 * By hand means: the network forward, log-softmax in place, TB's residual, its gradient with respect to
 * the logits, the network backward, the norm, Adam.
 *
 * @module
 */
import { environments, objectives, openEnvironment, resolveRun } from "../mod.ts";
import {
  flatSize,
  type LayerPlace,
  placeLayers,
  placeParameters,
} from "../policies/_mlp_layout.ts";
import {
  backwardPass,
  forwardPass,
  traceBytes,
  transposesSize,
  writeTransposes,
} from "../policies/_mlp_passes.ts";
import { packParameters } from "../policies/_parameters.ts";
import { type Batch, stepCount, trajectoryCount } from "../rollout/batch.ts";
import { sampleForward } from "../rollout/forward.ts";
import { logSoftmaxRow } from "../tensor/categorical.ts";
import { allocate, f32, i32, release } from "../tensor/heap.ts";
import { kernels } from "../tensor/kernels/kernels.ts";
import { RandomStream } from "../tensor/random.ts";
import { Adam } from "../train/adam.ts";
import { Estimators, leftRows } from "../train/estimators.ts";
import { learningRates } from "../train/schedule.ts";
import { runUpdate } from "../train/update.ts";

const ROUNDS = 150, WARM_UP = 50;

/** The network's numbers by hand: flat weights as the engine lays them out, moments, transposes. */
interface ByHand {
  places: readonly LayerPlace[];
  weights: number;
  m: number;
  v: number;
  transposes: number;
  logZ: number;
  t: number;
}

function updateByHand(net: ByHand, sizes: readonly number[], batch: Batch): number {
  const { places, weights, transposes, logZ } = net;
  const S = stepCount(batch), N = trajectoryCount(batch), A = batch.forwardActions;
  const B = batch.backwardActions, fields = sizes.length;
  const trace = allocate(traceBytes(places, fields, S)), logits = allocate(4 * S * A);
  const index = i32(trace, S * fields), { values } = leftRows(batch);
  for (let i = 0, first = 0; i < fields; i++) {
    for (let row = 0; row < S; row++) index[row * fields + i] = first + values[row * fields + i]!;
    first += sizes[i]!;
  }
  const data = { places, weights, trace, width: fields, rows: S };
  forwardPass(data, logits);
  const x = f32(logits, S * A), logp = new Float64Array(S * A), gradient = new Float32Array(S * A);
  let loss = 0, gradientZ = 0;
  for (let i = 0; i < N; i++) {
    let residual = logZ - batch.logReward[i]!;
    for (let k = batch.start[i]!; k < batch.start[i + 1]!; k++) {
      logSoftmaxRow(x, k * A, A, batch.forwardMask, k * A, logp, k * A);
      residual += logp[k * A + batch.action[k]!]!;
      const next = batch.next[k]!;
      if (next === -1) continue;
      let parents = 0;
      for (let b = 0; b < B; b++) parents += batch.backwardMask[next * B + b]!;
      residual += Math.log(parents);
    }
    loss += residual * residual / N;
    const d = 2 * residual / N;
    gradientZ += d;
    for (let k = batch.start[i]!; k < batch.start[i + 1]!; k++) {
      for (let a = 0; a < A; a++) gradient[k * A + a] = -d * Math.exp(logp[k * A + a]!);
      gradient[k * A + batch.action[k]!]! += d;
    }
  }
  x.set(gradient);
  const size = flatSize(places), grad = allocate(4 * size);
  writeTransposes(places, weights, transposes);
  backwardPass(data, logits, transposes, grad);
  const norm = Math.sqrt(kernels.sumOfSquares(grad, size) + gradientZ ** 2);
  const scale = Math.min(1, 1 / (norm + 1e-6)), t = ++net.t;
  const root = Math.sqrt(1 - 0.999 ** t);
  kernels.adam(
    ...[weights, grad, net.m, net.v, size, scale, 0.9, 0.999] as const,
    ...[0, root, 1e-8] as const,
  );
  [trace, logits, grad].forEach(release);
  return loss;
}

const config = resolveRun({
  env: { name: "hypergrid", dims: 4, side: 20, preset: "easy" },
  objective: "tb",
}, { environments, objectives });
const { name, ...options } = config.env;
const environment = await openEnvironment(environments[name]!, options, config.reward);
const objective = objectives.tb!, update = objective.updates(config.objective)[0]!;
for (const [policy, exitLogit] of [["untrained", 0], ["trained", -2.6]] as const) {
  const estimators = new Estimators(environment, objective, config), adam = new Adam({ lr: 1e-3 });
  const parameters = estimators.policy.parameters();
  parameters.at(-1)!.values[environment.stopAction!] = exitLogit; // biases of the outputs
  estimators.policy.load(parameters);
  const sizes = (environment.observation as { sizes: readonly number[] }).sizes;
  const inputs = sizes.reduce((sum, size) => sum + size, 0);
  const places = placeLayers([inputs, 256, 256, environment.forwardActions], "gather");
  const [weights, m, v] = [0, 0, 0].map(() => allocate(4 * flatSize(places))) as [
    number,
    number,
    number,
  ];
  packParameters(placeParameters(places), parameters, f32(weights, flatSize(places)));
  for (const moment of [m, v]) f32(moment, flatSize(places)).fill(0);
  const transposes = allocate(4 * transposesSize(places));
  const net = { places, weights, m, v, transposes, logZ: 0, t: 0 };
  const tools = {
    estimators,
    adam,
    rates: { ...learningRates(config, 0), policy: 0, logZ: 0 },
    clipNorm: 1,
    weightDecay: 0,
    random: RandomStream.of(0, "parts"),
    breathe: () => Promise.resolve(),
  };
  const random = RandomStream.of(0, "bench");
  const times: [hand: number, tape: number][] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const { batch } = await sampleForward(
      environment,
      config.batch,
      (observations) => estimators.policy.forward(observations),
      random,
    );
    const t0 = performance.now();
    const byHand = updateByHand(net, sizes, batch);
    const t1 = performance.now();
    const { loss } = await runUpdate(update, batch, {}, tools);
    const t2 = performance.now();
    if (Math.abs(loss - byHand) > 1e-4 * Math.abs(loss)) {
      throw new Error(`${loss}, by hand ${byHand}`);
    }
    if (round >= 0) times.push([t1 - t0, t2 - t1]);
  }
  const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[numbers.length >> 1]!;
  const hand = median(times.map(([ms]) => ms)), tape = median(times.map(([, ms]) => ms));
  const ratio = median(times.map(([hand, tape]) => tape / hand));
  console.log(
    `TB ${policy}: by hand ${hand.toFixed(2)} ms, through the tape ${tape.toFixed(2)} ms, ratio ${
      ratio.toFixed(2)
    }`,
  );
}
