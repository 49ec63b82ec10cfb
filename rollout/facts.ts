/**
 * Facts of the environment about the states of a batch, which some objectives read and most do not:
 * rewards of all states, and the edges into them.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { type Batch, type Parents, stepCount } from "./batch.ts";
import { observe } from "./observe.ts";

/** What can be asked for. */
export type Fact = "partialRewards" | "terminatingRewards" | "parents";

/**
 * The batch with the facts asked for.
 *
 * @throws {GfnError} `E_OBJECTIVE_ENV` when the environment cannot give one
 */
export async function withFacts(
  environment: HostedEnvironment,
  batch: Batch,
  facts: readonly Fact[],
): Promise<Batch> {
  let known = batch;
  for (const fact of facts) {
    if (fact === "parents") known = { ...known, parents: parentsOf(environment, batch) };
    else known = { ...known, stateLogReward: await stateRewards(environment, batch, fact) };
  }
  return known;
}

/**
 * Makes sure, before anything is sampled, that an environment has the abilities that facts are made of.
 *
 * @throws {GfnError} `E_OBJECTIVE_ENV`
 */
export function requireAbilities(environment: HostedEnvironment, facts: readonly Fact[]): void {
  if (facts.includes("partialRewards") && !environment.partialLogReward) {
    throw lacks(environment, "no rewards of partial objects", "partialLogReward");
  }
  if (environment.stopAction !== null) return; // whether it stops everywhere shows in the batches
  if (facts.includes("parents")) throw endsByBeingFull(environment);
  if (facts.includes("terminatingRewards")) throw mayNotStop(environment);
}

/** [R] log R of every row, nats. */
async function stateRewards(
  environment: HostedEnvironment,
  batch: Batch,
  fact: Exclude<Fact, "parents">,
): Promise<Float64Array> {
  const { states, observations: { rows } } = batch;
  const out = new Float64Array(rows);
  if (fact === "terminatingRewards") {
    requireStops(environment, batch);
    await environment.logReward(states, rows, out);
  } else {
    requireAbilities(environment, [fact]);
    await environment.partialLogReward!(states, rows, out);
  }
  return out;
}

function requireStops(environment: HostedEnvironment, batch: Batch): void {
  const { forwardMask, forwardActions: A, stopAction, observations: { rows } } = batch;
  const S = stepCount(batch);
  let stopping = stopAction !== null && rows === S;
  for (let k = 0; stopping && k < S; k++) stopping = forwardMask[k * A + stopAction!] === 1;
  if (!stopping) {
    throw mayNotStop(environment);
  }
}

/** The edges into every row. */
function parentsOf(environment: HostedEnvironment, batch: Batch): Parents {
  const { stateWords: W, backwardActions: B, states, backwardMask, stopAction } = batch;
  const { rows } = batch.observations;
  if (stopAction === null || rows !== stepCount(batch)) {
    throw endsByBeingFull(environment);
  }
  const P = backwardMask.reduce((sum, allowed) => sum + allowed, 0);
  const start = new Int32Array(rows + 1),
    action = new Int32Array(P),
    before = new Int32Array(P * W);
  let edge = 0;
  for (let row = 0; row < rows; row++) {
    for (let b = 0; b < B; b++) {
      if (backwardMask[row * B + b] === 0) continue;
      action[edge] = environment.forwardOf(states, row * W, b);
      before.set(states.subarray(row * W, (row + 1) * W), edge * W);
      environment.unstep(before, edge * W, b);
      edge++;
    }
    start[row + 1] = edge;
  }
  return { start, action, observations: observe(environment, before, P) };
}

function mayNotStop(environment: HostedEnvironment): Error {
  return lacks(environment, "states that may not stop", "a stop action in every state");
}

function endsByBeingFull(environment: HostedEnvironment): Error {
  const found = "objects that end by being full";
  return lacks(environment, found, "a stop action that ends every object");
}

function lacks({ name }: HostedEnvironment, found: string, want: string): Error {
  return usageError(
    "E_OBJECTIVE_ENV",
    `Cannot train this objective in environment "${name}": found ${found}, want ${want}`,
  );
}
