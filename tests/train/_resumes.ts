/**
 * Breaking a run off and going on with it, in one process: what the test asserts and the table prints.
 *
 * @module
 */
import { deepStrictEqual } from "node:assert/strict";
import { resolveRun } from "../../config/resolve.ts";
import type { SettingsTree } from "../../config/overrides.ts";
import type { RunConfig } from "../../config/schema.ts";
import hypergrid from "../../envs/hypergrid.ts";
import { GfnError } from "../../errors.ts";
import bitseq from "../../examples/plugins/bitseq.ts";
import ring from "../../examples/plugins/ring.ts";
import { objectives } from "../../objectives/_registry.ts";
import { type HostedEnvironment, openEnvironment } from "../../plugins/open.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../store/checkpoint.ts";
import type { Snapshot } from "../../train/snapshot.ts";
import { train, type TrainingEvent } from "../../train/train.ts";

/** A grid, a sequence and a graph. */
export const plugins = { hypergrid, bitseq, ring } as const;
const sizes: Readonly<Record<keyof typeof plugins, SettingsTree>> = {
  hypergrid: { side: 6 },
  bitseq: { length: 6, word: 2 },
  ring: { nodes: 3 },
};

const STEPS = 12;

/** Settings that put every part of the state to use that an objective allows. */
export const settings: Readonly<Record<string, SettingsTree>> = {
  "plain": {},
  "schedules and average": {
    policy: { hidden: [16], schedule: "cosine", warmup: 3 },
    ema: { decay: 0.9 },
  },
  "shared trunk, learned P_B": {
    policy: { hidden: [16], trunk: "shared" },
    backward: "learned",
  },
  "P_B by TLM": { backward: "tlm" },
  "replay by loss": { replay: { capacity: 40, priority: "loss" } },
  "replay backwards": { replay: { capacity: 300, path: "backward", priority: "reward" } },
  "local search": { localSearch: { rounds: 1, accept: "metropolis" } },
  "exploration that ends": { explore: { epsilon: 0.5, epsilonEnd: 0, over: 10 } },
};

/** What a run says from step to step, and its last state. */
interface Told {
  events: TrainingEvent[];
  snapshots: Map<number, Snapshot>;
}

/** How a comparison came out: the steps at which it was broken off, or why there is no such run. */
export type Resumed = { equal: number[] } | { refused: string };

/**
 * Trains at a stretch, then broken off after each checkpoint and gone on with, and compares every event and
 * every number of the state.
 */
export async function compareResumed(
  place: keyof typeof plugins,
  objective: string,
  changes: SettingsTree,
): Promise<Resumed> {
  const plugin = plugins[place];
  const config = resolveRun({
    env: { name: place, ...sizes[place] },
    objective: { name: objective },
    policy: { hidden: [16] },
    batch: 6,
    steps: STEPS,
    eval: { every: 4, samples: 50 },
    checkpoint: { every: 3 },
    ...changes,
  }, { environments: { ...plugins }, objectives });
  const { name: _, ...options } = config.env;
  const open = () => openEnvironment(plugin as typeof hypergrid, options);
  let whole: Told;
  try {
    whole = await tell(await open(), config, null);
  } catch (error) {
    if (error instanceof GfnError && error.exitCode === 2) return { refused: error.code };
    throw error;
  }
  const equal: number[] = [];
  for (const [step, snapshot] of whole.snapshots) {
    const facts = { metricsBytes: 0, identity: "", elapsed: 0 };
    const stored = await decodeCheckpoint(
      await encodeCheckpoint({ snapshot, ...facts }),
      "a checkpoint",
    );
    const rest = await tell(await open(), config, stored.snapshot);
    const behind = whole.events.findIndex((event) =>
      event.type === "checkpoint" && event.step === step
    );
    deepStrictEqual(rest.events, whole.events.slice(behind));
    for (const [later, state] of rest.snapshots) {
      deepStrictEqual(state, whole.snapshots.get(later));
    }
    equal.push(step);
  }
  return { equal };
}

async function tell(
  environment: HostedEnvironment,
  config: RunConfig,
  from: Snapshot | null,
): Promise<Told> {
  const told: Told = { events: [], snapshots: new Map() };
  const setup = {
    ...{ environment, objective: objectives[config.objective.name]!, config, from },
    keep: (snapshot: Snapshot) => void told.snapshots.set(snapshot.step, snapshot),
  };
  for await (const event of train(setup)) told.events.push(event);
  return told;
}
