/**
 * Small settings that tests share.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import hypergrid from "../envs/hypergrid.ts";
import { type HostedEnvironment, openEnvironment } from "../plugins/open.ts";
import { type Batch } from "../rollout/batch.ts";
import { sampleForward } from "../rollout/forward.ts";
import { RandomStream } from "../tensor/random.ts";
import fillBits from "./_fill_bits.ts";

/** Hypergrid with its constants by preset. */
export function openGrid(
  dims: number,
  side: number,
  preset: "classic" | "easy" | "hard" = "classic",
): Promise<HostedEnvironment> {
  return openEnvironment(hypergrid, { dims, side, preset, r0: null, r1: null, r2: null });
}

/** The two endings of a trajectory: by a stop action, and by being full. */
export const endings: readonly { name: string; environment: HostedEnvironment }[] = [
  { name: "with a stop action", environment: await openGrid(2, 4) },
  { name: "without a stop action", environment: await openEnvironment(fillBits, { bits: 3 }) },
];

/** Trajectories under equal logits. */
export async function uniformBatch(
  environment: HostedEnvironment,
  trajectories: number,
  seed = 0,
): Promise<Batch> {
  const { batch } = await sampleForward(
    environment,
    trajectories,
    ({ rows }) => new Float32Array(rows * environment.forwardActions),
    RandomStream.of(seed, "test rollout"),
  );
  return batch;
}

/** A run small enough for a test: 8x8 grid, narrow networks. */
export function smallRun(
  objective: { name: string } & Record<string, unknown>,
  changes: Partial<RunConfig> = {},
): RunConfig {
  return {
    env: { name: "hypergrid", dims: 2, side: 8, preset: "classic", r0: null, r1: null, r2: null },
    reward: { exponent: 1, min: null },
    objective,
    policy: { hidden: [32, 32], lr: 1e-3 },
    critic: { loss: "mse", epochs: 4, minibatches: 2, hidden: [32, 32], lr: 1e-3 / 3 },
    logZ: { initial: 0, lr: 0.1 },
    backward: "uniform",
    pb: { hidden: [32, 32], lr: 1e-3 },
    explore: { epsilon: 0, temperature: 1, exitBias: 0 },
    gradClip: 1,
    batch: 16,
    steps: 5,
    seed: 0,
    eval: { every: 100, samples: 200 },
    log: { every: 1 },
    ...changes,
  };
}
