import assert from "node:assert/strict";
import type { SettingsTree } from "../../config/overrides.ts";
import { environments } from "../../envs/_registry.ts";
import { type HostedEnvironment, openEnvironment } from "../../plugins/open.ts";
import { terminatingStates } from "../../rollout/batch.ts";
import { RandomStream } from "../../tensor/random.ts";
import { trajectoriesTo } from "../../trained/given_objects.ts";
import { resolveRun } from "../../config/resolve.ts";
import { objectives } from "../../objectives/_registry.ts";
import { openGrid } from "../_setting.ts";

async function open(env: SettingsTree): Promise<HostedEnvironment> {
  const { env: { name, ...options }, reward } = resolveRun({ env }, { environments, objectives });
  return await openEnvironment(environments[name]!, options, reward);
}

/** States of which one is no object, and that one. */
const strangers: [what: string, env: SettingsTree, states: number[], odd: string][] = [
  ["beyond the grid", { name: "hypergrid", side: 6 }, [1, 2, 9, 1], "9 1"],
  ["further than any trajectory", { name: "hypergrid", side: 6 }, [1, 2, 9, 9], "9 9"],
  ["below the grid", { name: "hypergrid", side: 6 }, [1, 2, -1, 3], "-1 3"],
  ["not complete", { name: "ising", side: 2 }, [1, 2, 2, 1, 1, 2, 0, 1], "1 2 0 1"],
  ["a spin of no value", { name: "ising", side: 2 }, [1, 2, 2, 1, 1, 7, 2, 1], "1 7 2 1"],
];

for (const [what, env, states, odd] of strangers) {
  Deno.test(`an object that is none is named among those given: ${what}`, async () => {
    const environment = await open(env), random = RandomStream.of(0, "test");
    await assert.rejects(
      trajectoriesTo(environment, Int32Array.from(states), "uniform", random),
      {
        code: "E_OBJECTS",
        message:
          `Cannot use the objects given: found the state [${odd}], which no trajectory reaches in environment "${environment.name}"`,
      },
    );
  });
}

Deno.test("trajectories lead to the objects given, whose rewards are asked for once", async () => {
  const grid = await openGrid(2, 6), ends = Int32Array.of(1, 2, 0, 0, 5, 5);
  const first = await trajectoriesTo(grid, ends, "uniform", RandomStream.of(0, "test"));
  assert.deepEqual(terminatingStates(first), ends);
  const never = Object.create(grid, { logReward: { value: () => assert.fail("asked again") } });
  const { logReward } = first, random = RandomStream.of(1, "test");
  const again = await trajectoriesTo(never, ends, "uniform", random, { logReward });
  assert.deepEqual(again.logReward, logReward);
});
