/**
 * Milliseconds of an iteration on graph-building environments, and what of it is the network's, the
 * environment's and the reward's:
 *
 *     deno run -A bench/graph_shares.ts
 *
 * Batch 16, one thread, from the first weights on; the network is the one that the environment's presets
 * name. Every method of the environment has a clock around it, so that very short ones count for a little
 * more than they take.
 *
 * @module
 */
import type { SettingsTree } from "../config/overrides.ts";
import { environments, objectives, openEnvironment, resolveRun, train } from "../mod.ts";
import type { Environment } from "../plugins/contract.ts";
import { printRow } from "./_table.ts";

const WARM_UP = 20, ITERATIONS = 40;

const cases: [name: string, env: SettingsTree, network: "mlp" | "graph"][] = [
  ["dag, 5", { name: "dag" }, "mlp"],
  ["dag, 5", { name: "dag" }, "graph"],
  ["phylo, 6", { name: "phylo" }, "mlp"],
  ["phylo, 27", { name: "phylo", dataset: "DS1", taxa: 27 }, "mlp"],
  ["ring, 4", { name: "ring" }, "graph"],
  ["triangle", { name: "triangle" }, "graph"],
  ["seh", { name: "seh" }, "mlp"],
  ["seh", { name: "seh" }, "graph"],
  ["qm9-graph, 9", { name: "qm9-graph" }, "graph"],
];

/** Milliseconds since they were last set to 0. */
interface Clocks {
  environment: number;
  reward: number;
}

/** The same environment with a clock around every method. */
function timed(environment: Environment, clocks: Clocks): Environment {
  const around = <F extends (...args: never[]) => unknown>(method: F, clock: keyof Clocks): F =>
    ((...args: never[]) => {
      const began = performance.now();
      const result = method(...args);
      if (result instanceof Promise) {
        return result.finally(() => clocks[clock] += performance.now() - began);
      }
      clocks[clock] += performance.now() - began;
      return result;
    }) as F;
  const rewards = new Set(["logReward", "partialLogReward"]);
  const methods = Object.entries(environment).map(([key, value]) => [
    key,
    typeof value === "function"
      ? around(value.bind(environment), rewards.has(key) ? "reward" : "environment")
      : value,
  ]);
  const { observation } = environment;
  return {
    ...Object.fromEntries(methods),
    observation: {
      ...observation,
      write: around(observation.write.bind(observation) as () => void, "environment"),
    },
  };
}

/** Means over iterations. */
async function measure(env: SettingsTree, network: string, objective: string) {
  const config = resolveRun({
    env,
    policy: { network },
    objective: { name: objective },
    eval: { every: WARM_UP + ITERATIONS + 1, samples: 16 },
    steps: WARM_UP + ITERATIONS,
  }, { environments, objectives });
  const { name, ...options } = config.env;
  const plugin = environments[name]!, clocks: Clocks = { environment: 0, reward: 0 };
  const environment = await openEnvironment(
    { ...plugin, create: async (...args) => timed(await plugin.create(...args), clocks) },
    options,
    config.reward,
  );
  let began = 0, total = 0, steps = 0;
  const found: Clocks = { ...clocks };
  const events = train({
    environment,
    objective: objectives[config.objective.name]!,
    config,
    watch({ step, batch }) {
      if (step === WARM_UP) {
        began = performance.now();
        Object.assign(clocks, { environment: 0, reward: 0 });
      }
      if (step > WARM_UP) steps += batch!.action.length / config.batch / ITERATIONS;
      if (step < WARM_UP + ITERATIONS) return;
      total = (performance.now() - began) / ITERATIONS;
      Object.assign(found, clocks);
    },
  });
  for await (const _ of events);
  const { environment: inEnvironment, reward } = found;
  return { steps, total, environment: inEnvironment / ITERATIONS, reward: reward / ITERATIONS };
}

if (import.meta.main) {
  console.log(`batch 16, one thread, means of ${ITERATIONS} iterations`);
  printRow([
    ...["graphs", "network", "objective", "steps", "ms"],
    ...["network", "env.", "reward"],
  ]);
  for (const [graph, env, network] of cases) {
    for (const objective of ["tb", "ent-ppo"]) {
      const { steps, total, environment, reward } = await measure(env, network, objective);
      const share = (ms: number) => `${(100 * ms / total).toFixed(1)} %`;
      printRow([
        ...[graph, network, objective, steps.toFixed(1), total.toFixed(2)],
        ...[share(total - environment - reward), share(environment), share(reward)],
      ]);
    }
  }
}
