import assert from "node:assert/strict";
import {
  environments,
  objectives,
  openEnvironment,
  openSampler,
  resolveRun,
  sampleObjects,
  type Snapshot,
  train,
} from "../mod.ts";

Deno.test("a program keeps what it trained and samples from it, through mod.ts alone", async () => {
  const config = resolveRun(
    { env: { name: "hypergrid", side: 4 }, policy: { hidden: [8] }, steps: 20 },
    { environments, objectives },
  );
  const { name, ...options } = config.env;
  const open = () => openEnvironment(environments[name]!, options, config.reward);
  const objective = objectives[config.objective.name]!;
  let last: Snapshot | null = null;
  const keep = (snapshot: Snapshot) => void (last = snapshot);
  const setup = { environment: await open(), objective, config, keep };
  for await (const event of train(setup)) if (event.type === "end") break;
  const sampler = await openSampler({
    ...{ environment: await open(), objective, config, snapshot: last!, parameters: "trained" },
  });
  const request = {
    count: 100,
    seed: 0,
    actions: "without actions",
    drawings: "without drawings",
    ends: null,
  } as const;
  let count = 0;
  for await (const objects of sampleObjects(sampler, request)) count += objects.length;
  sampler.dispose();
  assert.equal(count, 100);
});
