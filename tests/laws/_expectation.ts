/**
 * What a gradient is in expectation, summed exactly over every trajectory there is.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { HostedEnvironment } from "../../plugins/open.ts";
import { trajectoryCount } from "../../rollout/batch.ts";
import { batchFromActions } from "../../rollout/walk.ts";
import { batchFor, freezeOf, gradientOf, largest, tablesFor, trainedTables } from "./_bench.ts";
import type { Subject } from "./_subjects.ts";

/** The gradient summed over all trajectories, each with its probability, state by state. */
export async function zeroInExpectation(
  subject: Subject,
  environment: HostedEnvironment,
): Promise<number> {
  const all = await batchFromActions(environment, everyTrajectory(environment));
  const batch = await batchFor(subject, environment, all);
  const tables = await tablesFor(subject, environment, batch);
  const { forwardActions: A, start, action } = batch;
  const probability = Float64Array.from({ length: trajectoryCount(batch) }, (_, n) => {
    let log = 0;
    for (let k = start[n]!; k < start[n + 1]!; k++) log += tables.logPfAll[k * A + action[k]!]!;
    return Math.exp(log);
  });
  const total = probability.reduce((sum, p) => sum + p, 0);
  assert.ok(Math.abs(total - 1) < 1e-9, `all trajectories have the probability ${total}`);
  const frozen = freezeOf(subject, batch, tables);
  const names = trainedTables(subject, batch);
  const slopes = gradientOf(subject, batch, tables, frozen, names, probability);
  const ofState = new Map<string, number>();
  for (const name of names) {
    const { states } = tables, width = slopes[name]!.length / states[name].length;
    slopes[name]!.forEach((slope, i) => {
      const place = `${name} ${states[name][Math.floor(i / width)]} ${i % width}`;
      ofState.set(place, (ofState.get(place) ?? 0) + slope);
    });
  }
  const worst = largest(ofState.values());
  assert.ok(worst < 1e-5, `the largest expected slope is ${worst}`);
  return worst;
}

/** The actions of every complete trajectory. */
function everyTrajectory(environment: HostedEnvironment): number[][] {
  const { stateWords: W, forwardActions: A, stopAction } = environment;
  const found: number[][] = [];
  const go = (state: Int32Array, taken: number[]) => {
    const mask = new Uint8Array(A);
    environment.forwardMask(state, 0, mask, 0);
    if (!mask.includes(1)) found.push(taken);
    mask.forEach((allowed, a) => {
      if (allowed === 0) return;
      if (a === stopAction) return found.push([...taken, a]);
      const next = state.slice();
      environment.step(next, 0, a);
      go(next, [...taken, a]);
    });
  };
  const initial = new Int32Array(W);
  environment.initial(initial, 0);
  go(initial, []);
  return found;
}
