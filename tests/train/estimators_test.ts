import assert from "node:assert/strict";
import { objectives } from "../../objectives/_registry.ts";
import type { EvalEvent } from "../../train/events.ts";
import { Estimators } from "../../train/estimators.ts";
import { train } from "../../train/train.ts";
import { openGrid, smallRun } from "../_setting.ts";

const environment = await openGrid(2, 8);

Deno.test("follow() moves every parameter a share of the way", () => {
  const make = (seed: number) =>
    new Estimators(
      environment,
      objectives.db!,
      smallRun({ name: "db" }, { seed, backward: "learned", policy: { hidden: [4] } }),
    );
  const one = make(0), other = make(1);
  const read = (of: Estimators) =>
    (["policy", "backward", "flow"] as const).map((name) => of.variable(name)!.dataSync().slice());
  const before = read(one), aim = read(other);
  one.follow(other, 0.25);
  read(one).forEach((x, n) =>
    x.forEach((xi, i) =>
      assert.ok(Math.abs(xi - (0.75 * before[n]![i]! + 0.25 * aim[n]![i]!)) < 1e-6)
    )
  );
  one.follow(other, 1);
  read(one).forEach((x, n) => x.forEach((xi, i) => assert.ok(Math.abs(xi - aim[n]![i]!) < 1e-6)));
  one.dispose();
  other.dispose();
});

/** Networks that give one number, or the logits given, everywhere. */
function constantEstimators(name: string, backward = "uniform"): Estimators {
  const config = smallRun({ name }, { backward, policy: { hidden: [4] } });
  const estimators = new Estimators(environment, objectives[name]!, config);
  const table = estimators.state();
  for (const [key, { values, shape }] of Object.entries(table)) {
    if (key === "logZ") values.fill(0.5);
    else if (!/layers\.1\.bias$/.test(key)) values.fill(0);
    else values.set(shape[0] === 1 ? [0.5] : [0.25, -1, 2].slice(0, shape[0]));
  }
  estimators.restore(table);
  return estimators;
}

Deno.test("learnedLogZ() is the parameter, V(s_0), log F(s_0) or what leaves s_0, else nothing", async () => {
  const found = async (name: string) => {
    const estimators = constantEstimators(name);
    const logZ = await estimators.learnedLogZ();
    estimators.dispose();
    return logZ;
  };
  const corner = new Float64Array(1), initial = new Int32Array(environment.stateWords);
  await environment.logReward(initial, 1, corner); // R~(s_0) of a grid, where every state may stop
  assert.ok(Math.abs(corner[0]!) > 0.1);
  const edges = Math.log([0.25, -1, 2].reduce((sum, x) => sum + Math.exp(x), 0));
  const scale = (name: string) =>
    objectives[name]!.logitScale!(smallRun({ name }).objective as never);
  const wanted: Record<string, number | null> = {
    "tb": 0.5, // the parameter
    "ent-ppo": 0.5, // V(s_0)
    "db": 0.5, // log F(s_0)
    "fl-db": 0.5 + corner[0]!, // log F~(s_0) + log R~(s_0)
    "flow-matching": scale("flow-matching") * edges,
    "soft-dqn": scale("soft-dqn") * edges,
    "munchausen-dqn": scale("munchausen-dqn") * edges,
    "vargrad": null,
  };
  for (const [name, want] of Object.entries(wanted)) {
    const logZ = await found(name);
    if (want === null) assert.equal(logZ, null, name);
    else assert.ok(Math.abs(logZ! - want) < 1e-6, `${name}: ${logZ}, want ${want}`);
  }
  assert.notEqual(scale("munchausen-dqn"), 1);
});

async function evaluations(decay: number): Promise<EvalEvent[]> {
  const config = smallRun({ name: "tb" }, {
    steps: 20,
    ema: { decay },
    eval: { every: 5, samples: 1 },
  });
  const found: EvalEvent[] = [];
  for await (const event of train({ environment, objective: objectives.tb!, config })) {
    if (event.type === "eval") found.push(event);
  }
  return found;
}

Deno.test("a moving average that keeps nothing is what it follows; one that keeps much lags", async () => {
  const measures = (event: EvalEvent) => {
    const { type: _, step: __, trajectories: ___, modesFound: _____, averaged: ____, ...rest } =
      event;
    return rest as Record<string, number>;
  };
  for (const event of await evaluations(1e-9)) {
    const averaged = event.averaged as Record<string, number>;
    assert.deepEqual(Object.keys(averaged), Object.keys(measures(event)));
    for (const [name, x] of Object.entries(measures(event))) {
      assert.ok(Math.abs(x - averaged[name]!) < 1e-4, `${name}: ${x} and ${averaged[name]}`);
    }
  }
  const last = (await evaluations(0.9)).at(-1)!;
  assert.ok((last.averaged!.tv as number) > (last.tv as number), "log Z and P_F lag behind");
  for (const event of await evaluations(0)) assert.equal(event.averaged, undefined);
});
