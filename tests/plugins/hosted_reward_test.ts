import assert from "node:assert/strict";
import { buildStateGraph } from "../../metrics/state_graph.ts";
import { logPartition } from "../../metrics/exact.ts";
import type { Environment, EnvironmentPlugin } from "../../plugins/contract.ts";
import { openEnvironment, type RewardSettings } from "../../plugins/open.ts";
import { gfn, jsonLines } from "../cli/_command.ts";
import bags from "./bags.ts";

const open = (reward: RewardSettings, options = { counts: true }) =>
  openEnvironment(bags, options, reward);

/** The words aaa, aab, abc: one, three and six orders. */
const words = Int32Array.of(0, 0, 0, 3, 0, 0, 1, 3, 0, 1, 2, 3);
const rewards = [4, 7, 6], copies = [1, 3, 6];

/** The plugin with other functions. */
function changed(change: (environment: Environment) => Partial<Environment>): EnvironmentPlugin {
  return {
    ...bags,
    create(options) {
      const environment = bags.create(options as never) as Environment;
      return { ...environment, ...change(environment) };
    },
  };
}

function near(found: Iterable<number>, want: readonly number[]): void {
  const all = [...found];
  assert.equal(all.length, want.length);
  all.forEach((x, i) => assert.ok(Math.abs(x - want[i]!) < 1e-12, `${all} and ${want}`));
}

for (const [slow, slowCopies] of [[false, false], [true, false], [false, true], [true, true]]) {
  for (const cache of [0, 10]) {
    Deno.test(`over objects copies come off after floor and exponent: ${slow} ${slowCopies} ${cache}`, async () => {
      const plugin = changed(({ logReward, logCopies }) => ({
        logReward: (s, n, out) =>
          slow ? Promise.resolve().then(() => logReward(s, n, out)) : logReward(s, n, out),
        logCopies: (s, n, out) =>
          slowCopies ? Promise.resolve().then(() => logCopies!(s, n, out)) : logCopies!(s, n, out),
      }));
      const settings = { exponent: 2, min: 5, over: "objects", cache } as const;
      const environment = await openEnvironment(plugin, { counts: true }, settings);
      const want = rewards.map((R, i) => 2 * Math.log(Math.max(R, 5)) - Math.log(copies[i]!));
      for (let asked = 0; asked < 2; asked++) {
        const out = new Float64Array(3);
        const promised: unknown = environment.logReward(words, 3, out);
        if (!slow && !slowCopies) assert.equal(promised, undefined);
        await promised;
        near(out, want);
      }
      assert.deepEqual(environment.rewardCache, cache ? { asked: 6, remembered: 3 } : undefined);
    });
  }
}

Deno.test("over states, and by default, copies do not count", async () => {
  for (const over of [{}, { over: "states" as const }]) {
    const environment = await open({ exponent: 1, min: null, ...over }), out = new Float64Array(3);
    environment.logReward(words, 3, out);
    near(out, rewards.map(Math.log));
    assert.equal(environment.over, "states");
  }
});

Deno.test("log Z over objects is that of the sum of R over objects", async () => {
  const logZ = async (over: "states" | "objects", exponent = 1) =>
    logPartition(await buildStateGraph(await open({ exponent, min: null, over })));
  // Bags of three letters by how many are b and a: R = 1 + a + 4 b.
  const all = [0, 1, 2, 3].flatMap((b) =>
    [0, 1, 2, 3].filter((a) => a + b < 4).map((a) => 1 + a + 4 * b)
  );
  near([await logZ("objects"), await logZ("objects", 3)], [
    Math.log(all.reduce((sum, R) => sum + R, 0)),
    Math.log(all.reduce((sum, R) => sum + R ** 3, 0)),
  ]);
  assert.ok(await logZ("states") > await logZ("objects") + 0.5);
});

Deno.test("an environment that counts no copies is refused over objects", async () => {
  await assert.rejects(open({ exponent: 1, min: null, over: "objects" }, { counts: false }), {
    code: "E_REWARD_OVER",
    message:
      'Cannot set reward.over = objects in environment "bags": found no logCopies, want an environment that says how many of its states are one object; with reward.over = states each has a share of R',
  });
});

for (const found of [NaN, -0.5, Infinity]) {
  Deno.test(`copies of ${found} are an error that says where`, async () => {
    const plugin = changed(() => ({ logCopies: (_, n, out) => void out.fill(found, 0, n) }));
    const reward = { exponent: 1, min: null, over: "objects" } as const;
    const environment = await openEnvironment(plugin, { counts: true }, reward);
    assert.throws(() => environment.logReward(words, 3, new Float64Array(3)), {
      code: "E_ENV_REWARD",
      message:
        `Cannot use log copies of environment "bags": found ${found} at the state [0 0 0 3], want a finite number of at least 0`,
    });
  });
}

const file = new URL("bags.ts", import.meta.url).pathname;
const root = new URL("../../", import.meta.url).pathname;

Deno.test("a foreign plugin counts its copies in the sandbox, and every command has one target", async () => {
  const folder = Deno.makeTempDirSync(), out = `${folder}/run`;
  const flags = [`--allow-read=${folder},${root}`, `--allow-write=${folder}`];
  try {
    const checked = await gfn(["plugin", "check", file], flags);
    assert.match(checked.stdout, /^holds +copies +27 states are 10 objects$/m);
    const run = await gfn([
      ...["train", file, "--steps", "400", "--set", "objective=tb", "--set", "reward.over=objects"],
      ...["--set", "policy.lr=0.01", "--set", "eval.every=400", "--out", out],
    ], flags);
    assert.equal(run.code, 0, run.stderr);
    const last = jsonLines(run.stdout).findLast(({ type }) => type === "eval");
    const sum = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 9 + 10 + 13; // R of the ten bags
    assert.ok(Math.abs(last.logZExact - Math.log(sum)) < 1e-9, `log Z ${last.logZExact}`);
    assert.ok(last.tv < 0.05, `total variation ${last.tv}`);
    const samples = jsonLines(
      (await gfn(["sample", out, "--count", "20", "--format", "jsonl"], flags)).stdout,
    );
    for (const { text, logReward } of samples) {
      const [a, b, c] = text.split(" ").map(Number);
      const orders = 6 / [a, b, c].reduce((product, k) => product * [1, 1, 2, 6][k]!, 1);
      near([logReward], [Math.log((1 + a + 4 * b) / orders)]);
    }
    const measured = jsonLines((await gfn(["eval", out], flags)).stdout).at(-1);
    assert.ok(Math.abs(measured.tv - last.tv) < 1e-9, `${measured.tv}`);
    const validated = await gfn(
      ["validate", `${out}/metrics.jsonl`, "--assert", "tv<0.05"],
      flags,
    );
    assert.equal(validated.code, 0, validated.stdout + validated.stderr);
    const refused = await gfn([
      "train",
      file,
      "--set",
      "env.counts=false",
      "--set",
      "reward.over=objects",
    ], flags);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^gfn: Cannot set reward\.over = objects in environment "bags"/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
