import assert from "node:assert/strict";
import { inUse } from "../../tensor/heap.ts";
import { type HostedEnvironment, openEnvironment } from "../../plugins/open.ts";
import { objectives } from "../../objectives/_registry.ts";
import type { EvalEvent, TrainEvent } from "../../train/events.ts";
import { train, type TrainingEvent } from "../../train/train.ts";
import type { SettingsTree } from "../../config/overrides.ts";
import fillBits from "../_fill_bits.ts";
import { smallRun } from "../_setting.ts";

/** fill-bits, counting the rewards that it is asked for. */
async function countingBits(): Promise<{ environment: HostedEnvironment; asked: () => number }> {
  const inner = await openEnvironment(fillBits, { bits: 3 });
  let asked = 0;
  const environment = Object.create(inner, {
    logReward: {
      value: (states: Int32Array, count: number, out: Float64Array) => {
        asked += count;
        return inner.logReward(states, count, out);
      },
    },
  });
  return { environment, asked: () => asked };
}

async function run(
  objective: string,
  changes: SettingsTree,
  environment: HostedEnvironment,
): Promise<TrainingEvent[]> {
  const config = smallRun({ name: objective }, {
    env: { name: "fill-bits", bits: 3 },
    policy: { hidden: [32, 32], lr: 5e-3 },
    ...changes,
  });
  const events: TrainingEvent[] = [];
  const setup = { environment, objective: objectives[objective]!, config };
  for await (const event of train(setup)) events.push(event);
  return events;
}

const offPolicy: Record<string, SettingsTree> = {
  "replay, uniform": { replay: { capacity: 500 } },
  "replay, by reward, backwards": {
    replay: { capacity: 500, priority: "reward", path: "backward" },
  },
  "replay, by loss": { replay: { capacity: 500, priority: "loss", share: 0.25 } },
  "local search": { localSearch: { rounds: 2 } },
  "local search, Metropolis, replay": {
    localSearch: { rounds: 1, accept: "metropolis" },
    replay: { capacity: 100 },
  },
  "exploration that ends": { explore: { epsilon: 0.5, epsilonEnd: 0, temperature: 2 } },
};

for (const [name, changes] of Object.entries(offPolicy)) {
  Deno.test(`tb and db reach their target on off-policy data: ${name}`, async () => {
    for (const [objective, backward] of [["tb", "learned"], ["db", "max-entropy"]] as const) {
      const { environment } = await countingBits();
      const events = await run(objective, { ...changes, backward, steps: 400 }, environment);
      const { tv } = events.findLast((event) => event.type === "eval") as EvalEvent;
      assert.ok(tv as number < 0.06, `${objective}: total variation ${tv}`);
    }
  });
}

Deno.test("trajectories and rewards are counted as the environment counts them", async () => {
  for (const [name, changes] of Object.entries(offPolicy)) {
    const { environment, asked } = await countingBits();
    let before = 0, last: TrainEvent | undefined;
    const config = smallRun({ name: "tb" }, { env: { name: "fill-bits" }, steps: 6, ...changes });
    for await (const event of train({ environment, objective: objectives.tb!, config })) {
      if (event.type === "eval" && event.step === 0) before = asked(); // the evaluator's own
      if (event.type === "train") last = event;
    }
    assert.equal(last!.rewards, asked() - before, name);
    assert.equal(last!.trajectories, last!.rewards, name);
  }
});

Deno.test("a batch holds what its sources say, a replayed share among them", async () => {
  const { environment } = await countingBits();
  const changes = { replay: { capacity: 64, share: 0.25 }, localSearch: { rounds: 1 } };
  const events = await run("tb", { ...changes, steps: 3 }, environment);
  const sources = events.flatMap((event) => event.type === "train" ? [event.sources] : []);
  assert.deepEqual(sources, [
    { policy: 16, localSearch: 16, replay: 0 },
    { policy: 12, localSearch: 12, replay: 4 },
    { policy: 12, localSearch: 12, replay: 4 },
  ]);
});

Deno.test("a buffer too small to ever be drawn from is refused; a small one is drawn from", async () => {
  const { environment } = await countingBits();
  await assert.rejects(run("tb", { replay: { capacity: 4, minimum: 5 } }, environment), {
    code: "E_CONFIG_VALUE",
    message: /^Cannot use the setting replay\.minimum: found 5, want at most the capacity of 4/,
  });
  const events = await run("tb", { replay: { capacity: 4 }, steps: 2 }, environment);
  const replayed = events.flatMap((event) => event.type === "train" ? [event.sources.replay] : []);
  assert.deepEqual(replayed, [0, 8]);
});

Deno.test("off-policy runs of one seed are equal, and give their memory back", async () => {
  const { environment } = await countingBits();
  const changes = {
    steps: 8,
    replay: { capacity: 40, priority: "loss" },
    localSearch: { rounds: 1 },
    ema: { decay: 0.9 },
    backward: "max-entropy",
  };
  const once = await run("soft-dqn", changes, environment);
  const before = inUse();
  assert.deepEqual(await run("soft-dqn", changes, environment), once);
  assert.equal(inUse(), before);
});

Deno.test("the P_B of maximum entropy wants states that can be listed", async () => {
  const { environment } = await countingBits();
  const unlisted = Object.create(environment, { enumeration: { value: undefined } });
  await assert.rejects(run("tb", { backward: "max-entropy" }, unlisted), {
    code: "E_OBJECTIVE_ENV",
    message: /^Cannot use the P_B of maximum entropy in environment "fill-bits"/,
  });
});
