import assert from "node:assert/strict";
import { built, file, lawsHold, logRewards, logZ, open, trained } from "./_env.ts";

Deno.test("perfect-tree keeps all laws", async () => {
  await lawsHold("perfect-tree");
  await lawsHold("perfect-tree", { depth: 1 });
});

Deno.test("perfect-tree numbers its leaves from left to right", async () => {
  const rewards = file("[1, 2, 3, 4]"),
    environment = await open("perfect-tree", { depth: 2, rewards });
  const leaf = built(environment, [1, 0]);
  assert.deepEqual([...leaf], [5]);
  assert.deepEqual(await logRewards(environment, [[5]]), [Math.log(3)]);
  assert.equal(environment.text!(leaf, 0), "RL");
  assert.ok(Math.abs(await logZ("perfect-tree", { depth: 2, rewards }) - Math.log(10)) < 1e-12);
  await assert.rejects(open("perfect-tree", { depth: 3, rewards }), { code: "E_ENV_OPTIONS" });
});

for (const objective of ["tb", "ent-ppo"]) {
  Deno.test(`perfect-tree of depth 4 is learned by ${objective}`, async () => {
    const { tv } = await trained("perfect-tree", {}, objective, { steps: 600 });
    assert.ok(Number(tv) < 0.08, `total variation ${tv}`);
  });
}
