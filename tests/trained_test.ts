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
  let count = 0;
  for await (const objects of sampleObjects(sampler, { count: 100, seed: 0 })) {
    count += objects.length;
  }
  sampler.dispose();
  assert.equal(count, 100);
});

Deno.test("a moving average that was not kept is refused with the setting that keeps one", async () => {
  const config = resolveRun(
    { env: { name: "hypergrid", side: 2 }, policy: { hidden: [8] }, steps: 1 },
    { environments, objectives },
  );
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  const snapshot: Snapshot = { step: 1, trajectories: 16, rewards: 16, tensors: {} };
  const objective = objectives[config.objective.name]!;
  await assert.rejects(
    openSampler({ environment, objective, config, snapshot, parameters: "averaged" }),
    {
      code: "E_AVERAGED",
      exitCode: 2,
      message:
        "Cannot use the moving average of this sampler: found none in its checkpoint, want a run with ema.decay above 0",
    },
  );
});
