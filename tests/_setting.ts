/**
 * Small settings that tests share.
 *
 * @module
 */
import type { SettingsTree } from "../config/overrides.ts";
import { resolveRun } from "../config/resolve.ts";
import type { RunConfig } from "../config/schema.ts";
import { environments } from "../envs/_registry.ts";
import hypergrid from "../envs/hypergrid.ts";
import sequence from "../envs/sequence.ts";
import { objectives } from "../objectives/_registry.ts";
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

/** The endings of a trajectory: by a stop action, by being full, and by either in one environment. */
export const endings: readonly { name: string; environment: HostedEnvironment }[] = [
  { name: "with a stop action", environment: await openGrid(2, 4) },
  { name: "without a stop action", environment: await openEnvironment(fillBits, { bits: 3 }) },
  {
    name: "with both endings",
    environment: await openEnvironment(sequence, {
      ...{ alphabet: "ab", length: 3, variable: true, rewards: null, other: 0 },
      ...{ motifs: "a", weight: 1 },
    }),
  },
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

/** A run small enough for a test: 8x8 grid, narrow networks. `changes` replace settings whole. */
export function smallRun(
  objective: { name: string } & Record<string, unknown>,
  changes: SettingsTree = {},
): RunConfig {
  const lr = 1e-3;
  return resolveRun({
    env: { name: "hypergrid", side: 8 },
    objective: objective as SettingsTree,
    policy: { hidden: [32, 32], lr },
    steps: 5,
    eval: { every: 100, samples: 200 },
    log: { every: 1 },
    ...changes,
  }, { environments: { ...environments, [fillBits.name]: fillBits }, objectives });
}
