/**
 * Milliseconds of a TB iteration on graphs with graph networks and with an MLP, and where they go:
 *
 *     deno run -A bench/graph.ts
 *
 * Batch 16, P_B learned beside P_F in networks of its own. Settings of the networks are the defaults.
 *
 * @module
 */
import process from "node:process";
import type { SettingsTree } from "../config/overrides.ts";
import { environments, objectives, openEnvironment, resolveRun, startThreads } from "../mod.ts";
import { sampleForward } from "../rollout/forward.ts";
import { RandomStream } from "../tensor/random.ts";
import { Adam } from "../train/adam.ts";
import { Estimators, leftRows } from "../train/estimators.ts";

import { runUpdate } from "../train/update.ts";
import { printRow } from "./_table.ts";

const WARM_UP = 20, ITERATIONS = 30;

/** Samples of n variables, each a sum of those before and noise. */
function samples(n: number): Uint8Array {
  const random = RandomStream.of(0, "bench samples");
  const rows = Array.from({ length: 100 }, () => {
    const row: number[] = [];
    for (let j = 0; j < n; j++) {
      row.push(random.normal() + 0.5 * row.reduce((sum, x) => sum + x, 0) / Math.max(1, j));
    }
    return row.join();
  });
  return new TextEncoder().encode(rows.join("\n"));
}

const graphs: [name: string, env: SettingsTree, files: Record<string, Uint8Array>][] = [
  ["dag, 5", { name: "dag" }, {}],
  ["dag, 11", { name: "dag" }, { data: samples(11) }],
  ["ring, 5", { name: "ring", nodes: 5 }, {}],
];
const networks: [name: string, policy: SettingsTree][] = [
  ["MLP", { network: "mlp" }],
  ["messages", { network: "graph" }],
  ["attention", { network: "graph", graph: { kind: "transformer" } }],
];

/** Milliseconds of the parts of each iteration. */
async function time(
  env: SettingsTree,
  files: Record<string, Uint8Array>,
  policy: SettingsTree,
) {
  const config = resolveRun({ env, policy, objective: { name: "tb" }, backward: "learned" }, {
    environments,
    objectives,
  });
  const { name, ...options } = config.env;
  const environment = await openEnvironment(
    environments[name]!,
    { ...options, ...files },
    config.reward,
  );
  const objective = objectives.tb!, estimators = new Estimators(environment, objective, config);
  const update = objective.updates(config.objective)[0]!;
  const tools = {
    estimators,
    adam: new Adam({ lr: 1e-3 }),
    rates: { policy: 0, backward: 0, value: 0, flow: 0, logZ: 0 },
    clipNorm: null,
    weightDecay: 0,
    random: RandomStream.of(0, "bench parts"),
    breathe: () => Promise.resolve(),
  };

  const random = RandomStream.of(0, "bench rollout");
  const times: Record<"network" | "rollout" | "update" | "total" | "steps", number[]> = {
    ...{ network: [], rollout: [], update: [], total: [], steps: [] },
  };
  let before = process.cpuUsage();
  for (let i = -WARM_UP; i < ITERATIONS; i++) {
    if (i === 0) before = process.cpuUsage();
    const t0 = performance.now();
    let inNetwork = 0;
    estimators.policy.record();
    const { batch, logPfAll, places } = await sampleForward(
      environment,
      config.batch,
      (observations) => {
        const before = performance.now(), logits = estimators.policy.forward(observations);
        inNetwork += performance.now() - before;
        return logits;
      },
      random,
    );
    estimators.policy.keep(leftRows(batch), places);
    const t1 = performance.now();
    const numbers = estimators.numbers(batch, logPfAll);
    const frozen = objective.freeze(numbers, config.objective);
    await runUpdate(update, batch, frozen, tools);
    const t2 = performance.now();
    if (i < 0) continue;
    times.network.push(inNetwork);
    times.rollout.push(t1 - t0 - inNetwork);
    times.update.push(t2 - t1);
    times.total.push(t2 - t0);
    times.steps.push(batch.action.length / config.batch);
  }
  const { user, system } = process.cpuUsage(before);
  estimators.dispose();
  tools.adam.dispose();
  return { ...times, processor: (user + system) / 1000 / ITERATIONS };
}

/** The number that a share of the numbers are below. */
function quantile(numbers: number[], share: number): string {
  return numbers.sort((a, b) => a - b)[Math.floor(share * numbers.length)]!.toFixed(2);
}

if (import.meta.main) {
  console.log(
    "batch 16, TB, P_B learned, untrained; milliseconds an iteration, medians and fastest",
  );
  console.log("CPU: the mean of what all threads used, which a busy machine changes least");
  console.log(
    "forward: P_F of the rollout; rest: what else a rollout does; update: from the loss on",
  );
  printRow([
    ...[
      "graphs",
      "network",
      "threads",
      "steps",
      "forward",
      "rest",
      "update",
      "total",
      "fastest",
      "CPU",
    ],
  ]);
  for (const [graph, env, files] of graphs) {
    for (const [network, policy] of networks) {
      for (const count of [1, 2]) {
        const threads = await startThreads(count);
        const times = await time(env, files, policy);
        const { steps, network: forward, rollout, update, total, processor } = times;
        threads.stop();
        const medians = [steps, forward, rollout, update, total].map((each) => quantile(each, 0.5));
        printRow([graph, network, count, ...medians, quantile(total, 0), processor.toFixed(2)]);
      }
    }
  }
}
