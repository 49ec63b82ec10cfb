import assert from "node:assert/strict";
import type { RateConfig } from "../../config/schema.ts";
import { between, explorationAt, learningRates, rateAt } from "../../train/schedule.ts";
import { smallRun } from "../_setting.ts";

const rate = (changes: Partial<RateConfig>): RateConfig => ({
  lr: 0.1,
  schedule: "constant",
  warmup: 0,
  floor: 0,
  ...changes,
});

function near(found: number, want: number) {
  assert.ok(Math.abs(found - want) < 1e-12, `${found}, want ${want}`);
}

Deno.test("a rate stays, or falls in a line or half a cosine to its floor", () => {
  for (const step of [0, 50, 99]) near(rateAt(rate({}), step, 100), 0.1);
  near(rateAt(rate({ schedule: "linear" }), 25, 100), 0.075);
  near(rateAt(rate({ schedule: "linear", floor: 0.5 }), 100, 100), 0.05);
  near(rateAt(rate({ schedule: "cosine" }), 50, 100), 0.05);
  near(rateAt(rate({ schedule: "cosine", floor: 0.1 }), 100, 100), 0.01);
});

Deno.test("a warm-up rises to the rate, and the schedule goes on from there", () => {
  const warm = rate({ schedule: "linear", warmup: 4 });
  near(rateAt(warm, 0, 104), 0.025);
  near(rateAt(warm, 3, 104), 0.1);
  near(rateAt(warm, 4, 104), 0.1);
  near(rateAt(warm, 54, 104), 0.05);
});

Deno.test("groups follow the policy's schedule unless they have their own", () => {
  const config = smallRun({ name: "tb" }, {
    policy: { lr: 0.01, schedule: "linear" },
    logZ: { lr: 1, schedule: "constant" },
    steps: 10,
  });
  const rates = learningRates(config, 5);
  near(rates.policy, 0.005);
  near(rates.backward, 0.005);
  near(rates.flow, 0.005);
  near(rates.value, 0.005 / 3);
  near(rates.logZ, 1);
});

Deno.test("epsilon and temperature go to their ends and stay there", () => {
  const explore = { epsilon: 0.5, epsilonEnd: 0, temperature: 2, temperatureEnd: 1, over: 10 };
  const config = smallRun({ name: "tb" }, { explore });
  assert.deepEqual(explorationAt(config, 0), { epsilon: 0.5, temperature: 2, exitBias: 0 });
  assert.deepEqual(explorationAt(config, 5), { epsilon: 0.25, temperature: 1.5, exitBias: 0 });
  assert.deepEqual(explorationAt(config, 99), { epsilon: 0, temperature: 1, exitBias: 0 });
  near(between(4, 0, "cosine", 2), 0);
});
