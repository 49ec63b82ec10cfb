import assert from "node:assert/strict";
import { objectives } from "../../objectives/_registry.ts";
import { instantiate, kernelBuild, kernels, useKernels } from "../../tensor/kernels/kernels.ts";
import { train, type TrainingEvent } from "../../train/train.ts";
import { openGrid, smallRun } from "../_setting.ts";
import { scalarKernels } from "../tensor/_scalar_kernels.ts";

async function run(name: string): Promise<TrainingEvent[]> {
  const objective = objectives[name]!, environment = await openGrid(2, 6);
  const config = smallRun({ name, ...objective.options.parse({}) }, {
    policy: { hidden: [12, 9], lr: 1e-3 },
    engine: { gemm: "strict" },
    backward: name === "tb" ? "learned" : "uniform",
    steps: 8,
    eval: { every: 4, samples: 10 },
  });
  const events: TrainingEvent[] = [];
  for await (const event of train({ environment, objective, config })) events.push(event);
  return events;
}

for (const name of ["tb", "subtb", "ent-ppo"]) {
  Deno.test(`a strict run of ${name} says what one of scalar code says, digit by digit`, async () => {
    useKernels("strict");
    try {
      const strict = await run(name);
      Object.assign(kernels, scalarKernels);
      const scalar = await run(name);
      assert.equal(JSON.stringify(strict), JSON.stringify(scalar));
      Object.assign(kernels, instantiate("strict"));
    } finally {
      useKernels(kernelBuild);
    }
  });
}
