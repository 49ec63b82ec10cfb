import assert from "node:assert/strict";
import { selectTrajectories, stepCount } from "../../rollout/batch.ts";
import { concatBatches } from "../../rollout/concat.ts";
import { type Fact, withFacts } from "../../rollout/facts.ts";
import { batchFromActions } from "../../rollout/walk.ts";
import { endings, uniformBatch } from "../_setting.ts";

for (const { name, environment } of endings) {
  Deno.test(`concatBatches() is the batch of all trajectories, ${name}`, async () => {
    const parts = [
      await uniformBatch(environment, 3, 1),
      await uniformBatch(environment, 1, 2),
      await uniformBatch(environment, 4, 3),
    ];
    const joined = concatBatches(parts);
    const actions = parts.flatMap(({ start, action }) =>
      Array.from(
        { length: start.length - 1 },
        (_, i) => [...action.subarray(start[i]!, start[i + 1]!)],
      )
    );
    const want = await batchFromActions(environment, actions);
    assert.deepEqual(joined, { ...want, source: "policy" });
    assert.equal(concatBatches([parts[0]!, want]).source, "other");
  });

  Deno.test(`selectTrajectories() takes the facts along, ${name}`, async () => {
    const batch = await uniformBatch(environment, 5);
    const facts: Fact[] = environment.partialLogReward ? ["partialRewards"] : [];
    // Where every object of the batch ends by the stop action.
    if (batch.observations.rows === stepCount(batch)) facts.push("parents");
    const all = await withFacts(environment, batch, facts);
    const which = [4, 1, 1];
    const chosen = selectTrajectories(all, which).batch;
    const alone = await withFacts(environment, selectTrajectories(batch, which).batch, facts);
    assert.deepEqual(chosen, alone);
  });
}

Deno.test("withFacts() refuses what an environment cannot give", async () => {
  const { environment } = endings[1]!;
  const batch = await uniformBatch(environment, 2);
  await assert.rejects(withFacts(environment, batch, ["parents"]), {
    code: "E_OBJECTIVE_ENV",
    message:
      'Cannot train this objective in environment "fill-bits": found objects that end by being full, want a stop action that ends every object',
  });
  await assert.rejects(withFacts(environment, batch, ["terminatingRewards"]), {
    code: "E_OBJECTIVE_ENV",
  });
  const without = Object.create(environment, { partialLogReward: { value: undefined } });
  await assert.rejects(withFacts(without, batch, ["partialRewards"]), {
    message:
      'Cannot train this objective in environment "fill-bits": found no rewards of partial objects, want partialLogReward',
  });
});

Deno.test("withFacts() finds every edge into every state", async () => {
  const { environment } = endings[0]!;
  const batch = await batchFromActions(environment, [[0, 1, 2]]);
  const { parents } = await withFacts(environment, batch, ["parents"]);
  assert.deepEqual([...parents!.start], [0, 0, 1, 3]);
  assert.deepEqual([...parents!.action], [0, 0, 1]);
  assert.deepEqual([...parents!.observations.values], [0, 0, 0, 1, 1, 0]);
});
