import assert from "node:assert/strict";
import type { SettingsTree } from "../../config/overrides.ts";
import { resolveRun } from "../../config/resolve.ts";
import hypergrid from "../../envs/hypergrid.ts";
import bitseq from "../../examples/plugins/bitseq.ts";
import { objectives } from "../../objectives/_registry.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { inUse } from "../../tensor/heap.ts";
import { train } from "../../train/train.ts";
import fillBits from "../_fill_bits.ts";

const environments = Object.fromEntries(
  [bitseq, fillBits, hypergrid].map((one) => [one.name, one]),
);
const bits = { name: "bitseq", length: 6, word: 2, modes: 2 };
const sizes = { layers: 2, heads: 4, width: 32, feedForward: 32 };

/** Total variation before and after some steps, and that all memory was given back. */
async function trained(settings: SettingsTree, steps: number): Promise<[number, number]> {
  const before = inUse();
  const policy = { network: "transformer", lr: 3e-3, ...settings.policy as SettingsTree };
  const config = resolveRun({
    ...{ objective: { name: "tb" }, steps, eval: { every: steps } },
    ...{ ...settings, policy },
  }, { environments, objectives });
  const { name, ...options } = config.env, objective = objectives[config.objective.name]!;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  const found: number[] = [];
  for await (const event of train({ environment, objective, config })) {
    if (event.type === "eval") found.push(event.tv as number);
  }
  assert.equal(inUse(), before);
  return [found[0]!, found.at(-1)!];
}

const runs: Record<string, [settings: SettingsTree, steps: number, tv: number]> = {
  "TB on appended words, causal": [{ env: bits, policy: { transformer: sizes } }, 300, 0.1],
  "TB on appended words, all tokens": [
    { env: bits, policy: { transformer: { ...sizes, attention: "bidirectional" } } },
    ...[300, 0.1] as const,
  ],
  "TB on appended words, absent ones left out": [
    {
      env: bits,
      policy: { transformer: { ...sizes, attention: "bidirectional", absent: "left-out" } },
    },
    ...[300, 0.1] as const,
  ],
  "DB on bits set anywhere, by position, P_B and log F as heads": [
    {
      env: { name: "fill-bits", bits: 4 },
      objective: { name: "db" },
      backward: "learned",
      policy: { transformer: { ...sizes, reads: "positions" }, trunk: "shared" },
    },
    ...[400, 0.1] as const,
  ],
  "Ent-PPO on a grid, its fields as tokens": [
    {
      env: { name: "hypergrid", dims: 2, side: 6 },
      objective: { name: "ent-ppo" },
      policy: { transformer: sizes },
    },
    ...[150, 0.15] as const,
  ],
};

for (const [name, [settings, steps, tv]] of Object.entries(runs)) {
  Deno.test(`a Transformer learns: ${name}`, async () => {
    const [first, last] = await trained(settings, steps);
    assert.ok(last < tv && first > 2 * last, `total variation ${first} at first, ${last} at last`);
  });
}
