import assert from "node:assert/strict";
import { built, file, lawsHold, logRewards, logZ, open, trained } from "./_env.ts";

const scores = file(
  JSON.stringify(Array.from({ length: 27 }, (_, index) => 1 + index % 3 + (index > 13 ? 0.5 : 0))),
);
const tiny = { length: 3, blocks: 3, scores };

Deno.test("qm9-small keeps all laws, with the scores shipped and with others", async () => {
  await lawsHold("qm9-small");
  await lawsHold("qm9-small", tiny);
});

Deno.test("qm9-small has the log Z, the best string and the 805 modes of the benchmark", async () => {
  assert.ok(Math.abs(await logZ("qm9-small") - 11.926701974595458) < 1e-9);
  const environment = await open("qm9-small");
  const best = built(environment, [12, 1, 1, 12, 12]); // 11111, from both ends
  assert.equal(environment.text!(best, 0), "11111");
  const [found] = await logRewards(environment, [[...best]]);
  assert.ok(Math.abs(found! - Math.log(100)) < 1e-12);
  let modes = 0;
  const state = new Int32Array(5);
  for (let i = 0; i < 11 ** 5; i++) {
    environment.enumeration!.state((11 ** 5 - 1) / 10 + i, state, 0);
    if (environment.isMode!(state, 0)) modes++;
  }
  assert.equal(modes, 805);
});

Deno.test("qm9-small has two actions and two ways back where both lead to the same state", async () => {
  const environment = await open("qm9-small", tiny);
  assert.deepEqual([...built(environment, [1])], [...built(environment, [4])]);
  const state = built(environment, [1, 0, 5]); // 1, then 0 in front, then 2 at the end
  assert.deepEqual([...state], [1, 2, 3]);
  environment.unstep(state, 0, 0);
  assert.deepEqual([...state], [2, 3, 0]);
  const mask = new Uint8Array(2);
  environment.backwardMask(built(environment, [1]), 0, mask, 0);
  assert.deepEqual([...mask], [1, 1]);
});

Deno.test("qm9-small cuts scores off before the power", async () => {
  const scores = file(JSON.stringify([-5, 0.5, 2]));
  const environment = await open("qm9-small", { length: 1, blocks: 3, scores, minScore: 0.1 });
  const found = (await logRewards(environment, [[1], [2], [3]])).map(Math.exp);
  const want = [100 * 0.05 ** 5, 100 * 0.25 ** 5, 100];
  found.forEach((x, i) => assert.ok(Math.abs(x - want[i]!) < 1e-12 * want[i]!));
});

Deno.test("qm9-small refuses sizes that the scores have not", async () => {
  for (const options of [{ length: 4 }, { blocks: 3 }, { ...tiny, length: 2 }]) {
    await assert.rejects(open("qm9-small", options), { code: "E_ENV_OPTIONS" });
  }
});

for (const objective of ["tb", "ent-ppo"]) {
  Deno.test(`qm9-small of three blocks is learned by ${objective}`, async () => {
    const { tv } = await trained("qm9-small", tiny, objective, { steps: 600 });
    assert.ok(Number(tv) < 0.08, `total variation ${tv}`);
  });
}
