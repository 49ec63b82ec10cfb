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
