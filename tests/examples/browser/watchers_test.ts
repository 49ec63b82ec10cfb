import assert from "node:assert/strict";
import { environments } from "../../../envs/_registry.ts";
import { gridWatcher, latticeWatcher } from "../../../examples/browser/watchers.ts";
import { objectives } from "../../../objectives/_registry.ts";
import { openEnvironment } from "../../../plugins/open.ts";
import { resolveRun } from "../../../config/resolve.ts";
import { listStates } from "../../../train/evaluate.ts";
import { train } from "../../../train/train.ts";
import { scores } from "../../../examples/browser/watchers.ts";

async function setupOf(env: { name: string } & Record<string, number | string>) {
  const config = resolveRun({
    ...{ env, objective: { name: "tb" }, policy: { hidden: [32, 32] }, batch: 8, steps: 2 },
    eval: { every: 1, samples: 1 },
  }, { environments, objectives });
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  return { config, environment, objective: objectives.tb! };
}

Deno.test("gridWatcher() shows the run's own total variation, and paths of neighbours from the start", async () => {
  const setup = await setupOf({ name: "hypergrid", side: 8 });
  const watcher = gridWatcher((await listStates(setup.environment))!, 8);
  let looked = NaN;
  const steps: number[] = [];
  for await (
    const event of train({
      ...setup,
      watch(view) {
        looked = watcher.look(view).tv!;
        if (!view.batch) return;
        const { start, states } = watcher.drawn(view.batch);
        assert.equal(start.length, 9);
        for (let i = 0; i < 8; i++) {
          assert.equal(states[start[i]!], 0);
          for (let k = start[i]! + 1; k < start[i + 1]!; k++) {
            steps.push(states[k]! - states[k - 1]!);
          }
        }
        assert.equal(scores(view.estimators, view.batch).length, 8);
      },
    })
  ) {
    if (event.type === "eval" && event.step > 0) {
      assert.ok(Math.abs(Number(event.tv) - looked) < 1e-12);
    }
  }
  assert.deepEqual([...new Set(steps)].sort(), [1, 8]);
});

Deno.test("latticeWatcher() counts the last samples", async () => {
  const setup = await setupOf({ name: "ising", side: 4, sigma: 0.1 });
  const watcher = latticeWatcher(null, 4, 0.1);
  for await (
    const _ of train({
      ...setup,
      watch(view) {
        watcher.see(view);
        const { learned, tv } = watcher.look(view);
        assert.ok(learned.kind === "lattice");
        assert.equal(learned.samples, view.trajectories);
        assert.equal(tv === null, view.step === 0);
        if (!view.batch) return;
        for (const shares of [learned.up, learned.equal]) {
          assert.ok(Math.abs(shares.reduce((sum, x) => sum + x, 0) - 1) < 1e-12);
        }
        // On a torus of even sides neighbours differ along an even number of sides.
        learned.equal.forEach((share, pairs) => assert.ok(share === 0 || pairs % 2 === 0));
      },
    })
  );
});
