import assert from "node:assert/strict";
import {
  environments,
  objectives,
  openEnvironment,
  openSampler,
  resolveRun,
  type Snapshot,
  train,
} from "../../mod.ts";
import { assess } from "../../trained/assess.ts";
import { portrait, portray } from "../../trained/portrait.ts";
import type { TrainedSampler } from "../../trained/trained_sampler.ts";

async function trained(env: Record<string, unknown>): Promise<TrainedSampler> {
  const config = resolveRun(
    { env, objective: { name: "tb" }, policy: { hidden: [16] }, steps: 20 },
    { environments, objectives },
  );
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  const objective = objectives.tb!;
  let last: Snapshot | null = null;
  const keep = (snapshot: Snapshot) => void (last = snapshot);
  for await (const event of train({ environment, objective, config, keep })) {
    if (event.type === "end") break;
  }
  return await openSampler({
    ...{ environment, objective, config, snapshot: last!, parameters: "trained" },
  });
}

const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);
const near = (found: number, wanted: number, by = 1e-9) =>
  assert.ok(Math.abs(found - wanted) <= by, `${found}, want ${wanted}`);

Deno.test("portray() agrees with assess(), and its map holds all mass", async () => {
  const sampler = await trained({ name: "hypergrid", dims: 3, side: 5 });
  const seen = portrait.parse(await portray(sampler, { samples: 100, objects: 5, seed: 0 }));
  const exact = seen.exact!, map = exact.map!;
  const request = { samples: 2, seed: 0, top: 2, heldOut: null, paths: 1 };
  const { tv, klReverse, meanLogReward, logZExact } = await assess(sampler, request);
  near(exact.tv, Number(tv));
  // What figures take the entropy to be.
  near(exact.entropy, Number(logZExact) - Number(klReverse) - Number(meanLogReward));
  assert.equal(exact.objects, 125);
  assert.deepEqual([map.columns, map.rows, map.fields], [5, 5, 3]);
  near(sum(map.sampler), 1);
  near(sum(map.target), 1);
  near(sum(exact.ranks.map(({ from, to, mean }) => (to - from + 1) * mean)), 1);
  // The target is the same when its coordinates are swapped.
  for (let x = 0; x < 5; x++) {
    for (let y = 0; y < 5; y++) near(map.target[5 * y + x]!, map.target[5 * x + y]!);
  }
  assert.equal(seen.objects.length, 5);
  assert.equal(seen.sampled.logReward.length, 5);
  sampler.dispose();
});

Deno.test("portray() weighs samples by R P_B / P_F, whose mean is Z", async () => {
  const sampler = await trained({ name: "ising", side: 4, sigma: 0.1 });
  const N = 4000, seen = await portray(sampler, { samples: N, objects: 0, seed: 1 });
  assert.equal(seen.exact, null);
  assert.equal(seen.sampled.logReward.length, N);
  // All 2^16 lattices, one bit a spin.
  const states = Int32Array.from({ length: 2 ** 20 }, (_, i) => 1 + (i >> 4 >> (i & 15) & 1));
  const logReward = new Float64Array(2 ** 16);
  await sampler.environment.logReward(states, 2 ** 16, logReward);
  const Z = logReward.reduce((total, logR) => total + Math.exp(logR), 0);
  const weights = seen.sampled.logWeight.map((w) => Math.exp(Number(w)) / Z);
  const mean = sum(weights) / N;
  const error = Math.sqrt(sum(weights.map((w) => (w - mean) ** 2))) / N;
  assert.ok(error < 0.1);
  near(mean, 1, 4 * error);
  sampler.dispose();
});

Deno.test("portray() makes no map of objects whose moves are no steps in a grid", async () => {
  const sampler = await trained({ name: "ising", side: 2 });
  const seen = await portray(sampler, { samples: 10, objects: 3, seed: 0 });
  assert.equal(seen.exact!.map, null);
  assert.match(seen.objects[0]!.drawing!, /^<svg/);
  sampler.dispose();
});

Deno.test("portray() has the edges of directed graphs, as assess() has", async () => {
  const sampler = await trained({ name: "ring", nodes: 3, directed: true });
  const seen = portrait.parse(await portray(sampler, { samples: 1, objects: 1, seed: 0 }));
  const request = { samples: 2, seed: 0, top: 2, heldOut: null, paths: 1 };
  const [edge] = (await assess(sampler, request)).marginals!;
  assert.deepEqual(seen.exact!.edges, {
    ...{ nodes: ["0", "1", "2"], target: edge!.target!.flat(), sampler: edge!.learned!.flat() },
  });
  sampler.dispose();
});
