/**
 * Refusing, before training, networks and batches that the engine's memory cannot hold: half an hour in,
 * when a policy has learned to take longer trajectories, would be late.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { usageError } from "../errors.ts";
import type { Need } from "../objectives/contract.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { MEMORY_BYTES } from "../tensor/heap.ts";
import type { Estimators } from "./estimators.ts";

/** Copies of a network's weights beside the weights: gradient and two moments of Adam. */
const TRAINING_COPIES = 3;
/** Numbers of 4 bytes for each action and each step that losses keep on the tape. */
const LOSS_NUMBERS = { action: 4, step: 16 };
/** Blocks of memory come in sizes four to a doubling, so the next one is up to this much larger. */
const BLOCK_SLACK = 1.25;

/** What training takes at most, in bytes. */
export interface MemoryNeed {
  /** Networks and what is kept beside them. */
  networks: number;
  /** A trajectory as long as the environment allows. */
  trajectory: number;
  /** All trajectories of a batch, local search's among them. */
  batch: number;
}

/** What a run takes of the engine's memory when every trajectory is as long as can be. */
export function memoryNeed(
  { forwardActions: A, backwardActions: B, maxTrajectory }: HostedEnvironment,
  estimators: Estimators,
  { ema, batch, localSearch }: RunConfig,
  needs: readonly Need[],
): MemoryNeed {
  const shadows = (estimators.target ? 1 : 0) + (ema.decay > 0 ? 1 : 0);
  let networks = 0, row = 4 * (LOSS_NUMBERS.step + LOSS_NUMBERS.action * (A + B));
  for (const [name, { memory }] of estimators.networks) {
    networks += memory.weights * (1 + TRAINING_COPIES + shadows);
    // The rollout keeps what the policy computed; parents of a state are rows of their own.
    const times = name === "policy" ? (needs.includes("parents") ? 2 + B : 2) : 1;
    row += memory.row * (times + (estimators.target ? 1 : 0));
  }
  const trajectory = BLOCK_SLACK * row * (maxTrajectory + 1);
  return { networks, trajectory, batch: trajectory * batch * (1 + localSearch.rounds) };
}

/**
 * Makes sure that a run fits.
 *
 * @throws {GfnError} `E_MEMORY_NEED` with the sum and the setting to lower
 */
export function checkMemory(
  environment: HostedEnvironment,
  estimators: Estimators,
  config: RunConfig,
  needs: readonly Need[],
): void {
  const { networks, trajectory, batch } = memoryNeed(environment, estimators, config, needs);
  if (networks + batch <= MEMORY_BYTES) return;
  const room = Math.floor(
    (MEMORY_BYTES - networks) / (trajectory * (1 + config.localSearch.rounds)),
  );
  throw usageError(
    "E_MEMORY_NEED",
    `Cannot train: ${config.batch} trajectories of up to ${environment.maxTrajectory} steps take up to ${
      gigabytes(batch)
    } and the networks ${gigabytes(networks)}, found ${gigabytes(MEMORY_BYTES)} of memory, want ${
      room >= 1
        ? `batch = ${room} or less`
        : "narrower networks (policy.hidden, policy.transformer.width, policy.graph.width)"
    }`,
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toPrecision(3)} GiB`;
}
