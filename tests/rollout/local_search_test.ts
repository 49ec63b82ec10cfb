import assert from "node:assert/strict";
import { optimalLogFlow, uniformLogPb } from "../../metrics/exact.ts";
import { buildStateGraph, EXIT } from "../../metrics/state_graph.ts";
import type { HostedEnvironment } from "../../plugins/open.ts";
import { type Batch, terminatingStates, trajectoryCount } from "../../rollout/batch.ts";
import { type SearchPolicies, searchRound } from "../../rollout/local_search.ts";
import { RandomStream } from "../../tensor/random.ts";
import { stepNumbers } from "../../train/step_tensors.ts";
import { endings, uniformBatch } from "../_setting.ts";

/** Policies of the exact flows under uniform P_B; observations of these environments are state words. */
async function exactPolicies(environment: HostedEnvironment): Promise<SearchPolicies> {
  const graph = await buildStateGraph(environment), A = graph.forwardActions;
  const logPb = uniformLogPb(graph), logF = optimalLogFlow(graph, logPb);
  const logPf = (states: Int32Array, rows: number) => {
    const out = new Float64Array(rows * A).fill(-Infinity);
    for (let row = 0; row < rows; row++) {
      const s = environment.enumeration!.index(states, row * environment.stateWords);
      for (let a = 0, e = s * A; a < A; a++, e++) {
        const to = graph.next[e]!;
        if (to === EXIT) out[row * A + a] = graph.logReward[s]! - logF[s]!;
        else if (to >= 0) out[row * A + a] = logF[to]! + logPb[e]! - logF[s]!;
      }
    }
    return out;
  };
  return {
    forward: ({ rows, values }) => Float32Array.from(logPf(values as Int32Array, rows)),
    backward: "uniform",
    logProbabilities(batch: Batch) {
      const numbers = stepNumbers(batch, {
        logPfAll: logPf(batch.states, batch.action.length),
        backward: "uniform",
      });
      return { logPf: numbers.logPf(), logPb: numbers.logPb() };
    },
  };
}

for (const { name, environment } of endings) {
  Deno.test(`a round of local search builds complete trajectories, ${name}`, async () => {
    const policies = await exactPolicies(environment),
      current = await uniformBatch(environment, 30);
    const random = RandomStream.of(0, "search");
    const round = await searchRound(
      environment,
      current,
      { depth: 0.5, accept: "better" },
      policies,
      random,
    );
    assert.equal(trajectoryCount(round.built), 30);
    assert.equal(round.built.source, "other");
    assert.notDeepEqual(terminatingStates(round.built), terminatingStates(current));
    round.current.logReward.forEach((logR, i) =>
      assert.equal(logR, Math.max(current.logReward[i]!, round.built.logReward[i]!))
    );
  });

  Deno.test(`at exact flows Metropolis-Hastings accepts every object, ${name}`, async () => {
    // R(x) P_B(s'|x) = F(s') P_F(x|s'): both sides of the ratio are equal.
    const policies = await exactPolicies(environment);
    const current = await uniformBatch(environment, 50);
    const round = await searchRound(
      environment,
      current,
      { depth: 0.7, accept: "metropolis" },
      policies,
      RandomStream.of(2, "search"),
    );
    assert.deepEqual(terminatingStates(round.current), terminatingStates(round.built));
  });
}
