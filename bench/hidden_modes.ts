/**
 * Which objectives keep all four modes of a grid whose valley is deep: the table of the playground's page.
 * Prints the exact total variation after 30,000 trajectories, a line an objective: 0.75 is one mode of four.
 *
 * @module
 */
import { environments, objectives, openEnvironment, resolveRun, train } from "../mod.ts";

const SEEDS = [0, 1, 2];

const rows: readonly { name: string; options?: Record<string, string | number> }[] = [
  { name: "ent-ppo" },
  { name: "tb" },
  { name: "vargrad" },
  { name: "ent-ppo", options: { lambda: 1 } },
  { name: "ent-ppo", options: { epochs: 1 } },
  { name: "vpg" },
  { name: "ent-ppo", options: { kl: "off" } },
  { name: "ent-ppo", options: { clip: "off" } },
  { name: "db" },
  { name: "subtb" },
];

for (const { name, options } of rows) {
  const found: string[] = [];
  for (const seed of SEEDS) found.push((await totalVariation(name, options, seed)).toFixed(3));
  console.log([name, JSON.stringify(options ?? {}), ...found].join("\t"));
}

async function totalVariation(name: string, options: object = {}, seed: number): Promise<number> {
  const config = resolveRun({
    env: { name: "hypergrid", side: 32, r0: 1e-4 },
    objective: { name, ...options },
    policy: { hidden: [64, 64] },
    ...{ steps: 1875, eval: { every: 1875 }, seed },
  }, { environments, objectives });
  const { name: env, ...own } = config.env;
  const environment = await openEnvironment(environments[env]!, own, config.reward);
  let tv = NaN;
  for await (const event of train({ environment, objective: objectives[name]!, config })) {
    if (event.type === "eval" && typeof event.tv === "number") tv = event.tv;
  }
  return tv;
}
