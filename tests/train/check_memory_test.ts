import assert from "node:assert/strict";
import { objectives } from "../../objectives/_registry.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { inUse, MEMORY_BYTES, takePeak } from "../../tensor/heap.ts";
import { memoryNeed } from "../../train/check_memory.ts";
import { Estimators } from "../../train/estimators.ts";
import { train } from "../../train/train.ts";
import fillBits from "../_fill_bits.ts";
import { openGrid, smallRun } from "../_setting.ts";

// Every trajectory of fill-bits has the longest length, so the bound is nearly reached.
const choices: [name: string, settings: Parameters<typeof smallRun>[1]][] = [
  ["tb", {}],
  ["tb", { backward: "learned" }],
  ["db", {}],
  ["subtb", {}],
  ["ent-ppo", {}],
  ["soft-dqn", {}],
  ["vpg", { ema: { decay: 0.9 } }],
];

for (const [name, settings] of choices) {
  const title = `${name} ${JSON.stringify(settings)}`;
  Deno.test(`the memory that ${title} takes is bounded by its sum, and not by far`, async () => {
    const objective = objectives[name]!;
    const config = smallRun({ name, ...objective.options.parse({}) }, {
      env: { name: "fill-bits", bits: 8 },
      steps: 3,
      batch: 300,
      policy: { hidden: [64, 64], lr: 1e-3 },
      eval: { every: 100, samples: 10 },
      ...settings,
    });
    const environment = await openEnvironment(fillBits, { bits: 8 }, config.reward);
    const estimators = new Estimators(environment, objective, config);
    const need = memoryNeed(environment, estimators, config, objective.needs(config.objective));
    estimators.dispose();
    const before = inUse();
    let peak = 0;
    for await (const event of train({ environment, objective, config })) {
      const most = takePeak() - before; // since the event before
      if (event.type === "train") peak = Math.max(peak, most);
    }
    const sum = need.networks + need.batch;
    assert.ok(peak <= sum && sum <= 3 * peak, `found ${peak} bytes, foreseen ${sum}`);
  });
}

Deno.test("a batch that cannot fit is refused before training, with the batch that can", async () => {
  const objective = objectives.tb!;
  const config = smallRun({ name: "tb", ...objective.options.parse({}) }, {
    batch: 65536,
    policy: { hidden: [4096, 4096], lr: 1e-3 },
  });
  const environment = await openGrid(2, 8);
  await assert.rejects(
    async () => {
      for await (const _ of train({ environment, objective, config }));
    },
    (error: Error) => {
      const wanted = /want batch = (\d+) or less$/.exec(error.message);
      assert.ok(wanted, error.message);
      assert.match(error.message, /^Cannot train: 65536 trajectories of up to 15 steps take up to/);
      const estimators = new Estimators(environment, objective, config);
      const batch = Number(wanted[1]);
      const fits = (batch: number) => {
        const need = memoryNeed(environment, estimators, { ...config, batch }, []);
        return need.networks + need.batch <= MEMORY_BYTES;
      };
      assert.ok(fits(batch) && !fits(batch + 1));
      estimators.dispose();
      return true;
    },
  );
});
