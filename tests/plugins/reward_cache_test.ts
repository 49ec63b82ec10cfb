import assert from "node:assert/strict";
import { resolveRun } from "../../config/resolve.ts";
import set from "../../envs/set.ts";
import { objectives } from "../../objectives/_registry.ts";
import type { Environment } from "../../plugins/contract.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { RewardCache } from "../../plugins/reward_cache.ts";
import { train } from "../../train/train.ts";

const environment = { stateWords: 2 } as Environment;

/** A reward that notes what it was asked. */
function noted(slow: boolean) {
  const asked: number[][] = [];
  const give = (states: Int32Array, count: number, out: Float64Array) => {
    asked.push([...states]);
    for (let i = 0; i < count; i++) out[i] = states[2 * i]! / (1 + states[2 * i + 1]!);
    return slow ? Promise.resolve() : undefined;
  };
  return { asked, give };
}

for (const slow of [false, true]) {
  Deno.test(`a reward is asked for once, ${slow ? "promised" : "at once"}`, async () => {
    const { asked, give } = noted(slow), cache = new RewardCache(3);
    const ask = cache.around(environment, give), out = new Float64Array(4);
    await ask(Int32Array.of(5, 1, 3, 0, 5, 1, 7, 6), 4, out);
    assert.deepEqual([...out], [2.5, 3, 2.5, 1]);
    assert.deepEqual(asked, [[5, 1, 3, 0, 7, 6]]);
    await ask(Int32Array.of(3, 0), 1, out);
    assert.equal(out[0], 3);
    assert.equal(asked.length, 1);
    // Four objects, of which three are remembered: 5 1 was asked about longest ago.
    await ask(Int32Array.of(9, 2), 1, out);
    await ask(Int32Array.of(7, 6, 5, 1, 3, 0), 3, out);
    assert.deepEqual([...out.subarray(0, 3)], [1, 2.5, 3]);
    assert.deepEqual(asked.slice(1), [[9, 2], [5, 1]]);
    assert.deepEqual(cache.counts, { asked: 9, remembered: 4 });
  });
}

Deno.test("a reward that was left out is found behind the cache too", async () => {
  const plugin = {
    ...set,
    create: async (...args: Parameters<typeof set.create>) => ({
      ...await set.create(...args),
      logReward() {},
    }),
  };
  const options = Object.fromEntries(
    Object.entries(set.config).map(([key, spec]) => [key, spec.default]),
  );
  const opened = await openEnvironment(plugin as never, options as never, {
    exponent: 1,
    min: null,
    cache: 10,
  });
  assert.throws(
    () => opened.logReward(new Int32Array(opened.stateWords), 1, new Float64Array(1)),
    { code: "E_ENV_REWARD" },
  );
});

Deno.test("training says the same with rewards remembered and asked for anew", async () => {
  const said = async (cache: number) => {
    const config = resolveRun({
      env: "set",
      objective: "tb",
      policy: { hidden: [8] },
      reward: { exponent: 2, min: 1e-3, cache },
      replay: { capacity: 20, share: 0.5 },
      steps: 12,
      eval: { every: 6 },
    }, { environments: { set }, objectives });
    const { name: _, ...options } = config.env;
    const opened = await openEnvironment(set, options, config.reward);
    const events = [];
    let host;
    for await (const event of train({ environment: opened, objective: objectives.tb!, config })) {
      const { host: facts, ...rest } = event;
      host = facts ?? host;
      events.push(rest);
    }
    return { events, host };
  };
  const plain = await said(0), remembered = await said(7);
  assert.deepEqual(remembered.events, plain.events);
  assert.equal(plain.host, undefined);
  const counts = remembered.host!.rewardCache as { asked: number; remembered: number };
  assert.ok(counts.remembered > 0 && counts.remembered < counts.asked);
});
