import assert from "node:assert/strict";
import type { SettingsTree } from "../../config/overrides.ts";
import { resolveRun } from "../../config/resolve.ts";
import { environments } from "../../envs/_registry.ts";
import { objectives } from "../../objectives/_registry.ts";
import { openEnvironment } from "../../plugins/open.ts";
import type { TrainingEvent } from "../../train/train.ts";
import { train } from "../../train/train.ts";

/** What a run of two steps says before its first. */
async function warningsOf(settings: SettingsTree): Promise<TrainingEvent[]> {
  const config = resolveRun(
    { steps: 2, policy: { hidden: [8] }, ...settings },
    { environments, objectives },
  );
  const { name, ...options } = config.env, objective = objectives[config.objective.name]!;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  const events: TrainingEvent[] = [];
  for await (const event of train({ environment, objective, config })) events.push(event);
  assert.deepEqual(events.slice(0, 1).map(({ type }) => type), ["eval"]);
  const said = events.slice(1, events.findIndex(({ type }) => type === "train"));
  assert.deepEqual(events.filter(({ type }) => type === "warning"), said);
  return said;
}

Deno.test("a run is warned when log Z begins far from what the first batch asks for", async () => {
  const [warning, ...more] = await warningsOf({ env: "dag", objective: "tb" });
  assert.deepEqual(more, []);
  assert.ok(warning?.type === "warning");
  assert.equal(warning.code, "W_LOG_Z_LAGS");
  const [, wanted, takes] = /asks for (-\d+): .* takes (\d+) steps of 2/.exec(warning.message)!;
  assert.ok(Math.abs(10 * Number(wanted) + Number(takes)) <= 5, warning.message);
  // What it asks for is enough.
  assert.deepEqual(
    await warningsOf({ env: "dag", objective: "tb", logZ: { initial: Number(wanted) } }),
    [],
  );
});

Deno.test("nothing is said where log Z is near, comes there in time, or is not learned", async () => {
  const silent: SettingsTree[] = [
    { env: "hypergrid", objective: "tb" },
    { env: "dag", objective: "vargrad" },
    { env: "dag", objective: "ent-ppo" },
    { env: "dag", objective: "tb", logZ: { lr: 10 }, steps: 200 },
  ];
  for (const settings of silent) {
    assert.deepEqual(await warningsOf(settings), [], JSON.stringify(settings));
  }
});
