import assert from "node:assert/strict";
import { divergences, logPartition, visits } from "../../metrics/exact.ts";
import { critics, objectives } from "../../objectives/_registry.ts";
import { openEnvironment } from "../../plugins/open.ts";
import type { RunConfig } from "../../config/schema.ts";
import { trajectoryCount } from "../../rollout/batch.ts";
import { eventSchema } from "../../train/events.ts";
import { exactLogPf } from "../../train/evaluate.ts";
import { train, type TrainingEvent, type TrainSetup } from "../../train/train.ts";
import fillBits from "../_fill_bits.ts";
import { openGrid, smallRun } from "../_setting.ts";

async function run(config: RunConfig): Promise<TrainingEvent[]> {
  const { name, ...options } = config.env;
  const environment = name === "fill-bits"
    ? await openEnvironment(fillBits, options, config.reward)
    : await openGrid(2, 8);
  const objective = objectives[config.objective.name]!;
  const events: TrainingEvent[] = [];
  for await (const event of train({ environment, objective, config })) events.push(event);
  return events;
}

function lastTv(events: TrainingEvent[]): number {
  const last = events.findLast((event) => event.type === "eval");
  return last!.tv as number;
}

const entPpo = { name: "ent-ppo", epochs: 4, lambda: 0.7, clip: 0.2, kl: "analytic" };
const vpg = { name: "vpg", advantage: "gae", lambda: 0.7 };
const tb = { name: "tb", regression: "square", linexAlpha: 1 };

Deno.test("train() yields events of the published schema, and ends", async () => {
  const events = await run(smallRun(entPpo, { steps: 3, eval: { every: 2, samples: 10 } }));
  for (const event of events) eventSchema.parse(event);
  assert.deepEqual(
    events.map((event) => `${event.type} ${"step" in event ? event.step : ""}`),
    ["eval 0", "train 1", "train 2", "eval 2", "train 3", "eval 3", "end 3"],
  );
});

Deno.test("train() shows its states, estimators and trajectories to who watches, and is not changed by it", async () => {
  const config = smallRun(entPpo, { steps: 3, eval: { every: 3, samples: 10 } });
  const environment = await openGrid(2, 8), objective = objectives["ent-ppo"]!;
  const seen: [step: number, trajectories: number | null, tv: number][] = [];
  const events: TrainingEvent[] = [];
  const setup: TrainSetup = {
    ...{ environment, objective, config },
    watch({ step, graph, estimators, batch }) {
      const { terminating } = visits(graph!, exactLogPf(graph!, estimators.policy));
      const p = graph!.logReward.map((logR) => Math.exp(logR - logPartition(graph!)));
      const { tv } = divergences(p, terminating);
      seen.push([step, batch && trajectoryCount(batch), tv]);
    },
  };
  for await (const event of train(setup)) events.push(event);
  assert.deepEqual(events, await run(config));
  assert.deepEqual(
    seen.map(([step, trajectories]) => [step, trajectories]),
    [[0, null], [1, config.batch], [2, config.batch], [3, config.batch]],
  );
  assert.ok(Math.abs(seen.at(-1)![2] - lastTv(events)) < 1e-12);
});

Deno.test("train() of one seed says the same twice, and of another seed something else", async () => {
  const config = smallRun(entPpo, { backward: "tlm" });
  const once = await run(config);
  assert.deepEqual(await run(config), once);
  assert.notDeepEqual(await run({ ...config, seed: 1 }), once);
});

for (const objective of [entPpo, vpg, tb]) {
  for (const backward of ["uniform", objective === tb ? "learned" : "tlm"] as const) {
    Deno.test(`${objective.name} brings fill-bits near its target, P_B ${backward}`, async () => {
      const events = await run(smallRun(objective, {
        env: { name: "fill-bits", bits: 3 },
        backward,
        steps: 400,
        policy: { hidden: [32, 32], lr: 5e-3 },
        critic: { loss: "mse", epochs: 4, minibatches: 2, hidden: [32, 32], lr: 5e-3 },
      }));
      assert.ok(lastTv(events) < 0.06, `total variation ${lastTv(events)}`);
      const last = events.findLast((event) => event.type === "eval")!;
      const { elbo, eubo, logZ, logZExact } = last as unknown as Record<string, number>;
      assert.ok(elbo! <= logZExact! + 1e-9 && eubo! >= logZExact! - 1e-9);
      assert.ok(Math.abs(logZ! - logZExact!) < 0.1);
    });
  }
}

Deno.test("train() refuses settings under which the gradient would be wrong", async () => {
  const offPolicy = {
    "explore.epsilon = 0.1 and explore.epsilonEnd = 0.1": { explore: { epsilon: 0.1 } },
    "explore.epsilonEnd = 0.1": { explore: { epsilonEnd: 0.1 } },
    "explore.temperature = 2 and explore.temperatureEnd = 2": { explore: { temperature: 2 } },
    "explore.exitBias = 3": { explore: { exitBias: 3 } },
    "replay.capacity = 9": { replay: { capacity: 9 } },
    "localSearch.rounds = 1": { localSearch: { rounds: 1 } },
  };
  for (const [found, changes] of Object.entries(offPolicy)) {
    const remedy = found.replaceAll(/= [\d.]+/g, found.includes("temperature") ? "= 1" : "= 0");
    await assert.rejects(run(smallRun(entPpo, changes)), {
      code: "E_OBJECTIVE_DATA",
      exitCode: 2,
      message:
        `Cannot train ent-ppo on off-policy data: its gradient is an average over the policy's own actions, found ${found}, want ${remedy}, or an objective that takes any data, such as tb`,
    });
    await assert.rejects(run(smallRun(tb, { ...changes, backward: "tlm" })), {
      code: "E_OBJECTIVE_DATA",
      message: /^Cannot train P_B by TLM on off-policy data/,
    });
  }
  await assert.rejects(run(smallRun(vpg, { backward: "learned" })), {
    code: "E_OBJECTIVE_BACKWARD",
    message:
      "Cannot train vpg with backward = learned: its gradient may not move the P_B that its targets are made of, want backward = uniform, tlm or max-entropy",
  });
});

Deno.test("train() refuses a shared trunk whose heads would not move together", async () => {
  const policy = { hidden: [32, 32], lr: 1e-3, trunk: "shared" };
  await assert.rejects(run(smallRun(tb, { policy, backward: "tlm" })), {
    code: "E_CONFIG_VALUE",
    message: /^Cannot share the trunk with a P_B that is trained by TLM/,
  });
  await assert.rejects(run(smallRun(tb, { policy, flow: { lr: 0.1 } })), {
    code: "E_CONFIG_VALUE",
    message:
      "Cannot use the setting flow.lr = 0.1: found policy.trunk = shared, which has the policy's own 0.001, want no flow.lr, or policy.trunk = separate",
  });
});

Deno.test("train() refuses settings of another objective, and updates without names of their own", async () => {
  const environment = await openGrid(2, 8), config = smallRun(tb), own = objectives.tb!;
  const update = own.updates(config.objective)[0]!;
  const start = (objective: typeof own) => train({ environment, objective, config }).next();
  await assert.rejects(start(objectives.vargrad!), {
    code: "E_OBJECTIVE",
    message: "Cannot train vargrad: found settings of the objective tb, want its own",
  });
  await assert.rejects(start({ ...own, updates: () => [] }), { message: /found no update/ });
  for (const names of [["critic"], ["backward"], ["twice", "twice"]]) {
    const updates = () => names.map((name) => ({ ...update, name }));
    await assert.rejects(start({ ...own, updates }), {
      code: "E_OBJECTIVE",
      message: /a name that is taken/,
    });
  }
});

Deno.test("train() gives all its memory back, closed early or not", async () => {
  const { inUse } = await import("../../tensor/heap.ts");
  await run(smallRun(entPpo));
  const before = inUse();
  await run(smallRun(entPpo));
  assert.equal(inUse(), before);
  const environment = await openGrid(2, 8);
  const config = smallRun(tb);
  for await (const event of train({ environment, objective: objectives.tb!, config })) {
    if (event.type === "train") break;
  }
  assert.equal(inUse(), before);
});

Deno.test("every critic is registered under its own name", () => {
  for (const [name, critic] of Object.entries(critics)) assert.equal(critic.name, name);
});

for (const name of ["flow-matching", "modified-db"]) {
  Deno.test(`${name} is refused objects that end by being full before anything is measured`, async () => {
    const environment = await openEnvironment(fillBits, { bits: 3 });
    const config = smallRun({ name }, { env: { name: "fill-bits", bits: 3 } });
    const setup = { environment, objective: objectives[name]!, config };
    await assert.rejects(train(setup).next(), { code: "E_OBJECTIVE_ENV" });
  });
}
