import assert from "node:assert/strict";
import { gfn, jsonLines, withFolder } from "../cli/_command.ts";
import { built, file, lawsHold, logRewards, logZ, open, trained } from "./_env.ts";

Deno.test("sequence keeps all laws, of fixed and of variable length", async () => {
  for (const variable of [false, true]) await lawsHold("sequence", { variable });
  await lawsHold("sequence", { alphabet: "a", motifs: "aa", variable: true });
  await lawsHold("sequence", { alphabet: "αβγδ", length: 40, motifs: "αα", variable: true });
});

Deno.test("sequence counts motifs wherever they begin", async () => {
  const environment = await open("sequence", { length: 5, motifs: "aa, ab", weight: 0.5 });
  const state = built(environment, [0, 0, 0, 1, 2]);
  assert.equal(environment.text!(state, 0), "aaabc");
  assert.deepEqual(await logRewards(environment, [[...state]]), [1.5]);
});

Deno.test("sequence refuses motifs of other letters and makes its own of the alphabet", async () => {
  await assert.rejects(open("sequence", { alphabet: "abd", motifs: "ab, cd" }), {
    code: "E_ENV_OPTIONS",
    message:
      'Cannot open environment "sequence": motifs has "c" in cd, want letters of the alphabet "abd"',
  });
  const options = { alphabet: "xyzw", length: 6 }, environment = await open("sequence", options);
  const state = built(environment, [0, 0, 1, 1, 2, 2]);
  assert.deepEqual(await logRewards(environment, [[...state]]), [3]);
  const last = built(environment, [3, 3, 3, 3, 3, 3]);
  assert.deepEqual(await logRewards(environment, [[...last]]), [0]);
});

Deno.test("sequence reads rewards from a file, the empty string among them", async () => {
  const rewards = file("ab,2\r\nb,0.5\n\n,3\n"), other = 0.25;
  const options = { alphabet: "ab", length: 2, variable: true, rewards, other };
  const environment = await open("sequence", options);
  const of = async (...letters: number[]) =>
    Math.exp((await logRewards(environment, [[...built(environment, letters)]]))[0]!);
  assert.deepEqual([await of(0, 1), await of(1), await of(0)], [2, 0.5, 0.25]);
  // Seven strings of up to two letters: three in the file.
  const found = await logZ("sequence", options);
  assert.ok(Math.abs(found - Math.log(2 + 0.5 + 3 + 4 * 0.25)) < 1e-12);
});

Deno.test("sequence names the line of a file that is wrong", async () => {
  for (
    const [text, message] of [
      ["ab", /line 1 of rewards is "ab", want a string, a comma and a reward/],
      ["ab,1\nab,2", /line 2 of rewards is "ab,2", want each string once/],
      ["ab,-1", /a reward of at least 0/],
      ["abc,1", /want a string of 2 letters/],
      ["ac,1", /want letters of the alphabet, not c/],
    ] as const
  ) {
    const options = { alphabet: "ab", length: 2, rewards: file(text) };
    await assert.rejects(open("sequence", options), { code: "E_ENV_OPTIONS", message });
  }
  for (const alphabet of ["", "aa", "a,b", "a b"]) {
    await assert.rejects(open("sequence", { alphabet }), { code: "E_ENV_OPTIONS" });
  }
});

Deno.test("gfn train reads the data file of a built-in environment", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/rewards.csv`, "ab,2\nba,6\n");
    const set = ["env.alphabet=ab", "env.length=2", "env.other=1", "objective=tb", "eval.every=9"];
    const { code, stdout, stderr } = await gfn([
      ...["train", "sequence", "--quiet", "--steps", "1"],
      ...[...set, `env.rewards=${folder}/rewards.csv`].flatMap((one) => ["--set", one]),
    ], [`--allow-read=${folder}`]);
    assert.equal(code, 0, stderr);
    const last = jsonLines(stdout).findLast(({ type }) => type === "eval");
    assert.ok(Math.abs(last.logZExact - Math.log(10)) < 1e-12);
    const check = await gfn([
      ...["plugin", "check", "sequence", "--set", `env.rewards=${folder}/missing.csv`],
    ], [`--allow-read=${folder}`]);
    assert.equal(check.code, 1);
    assert.match(check.stderr, /E_DATA_FILE|Cannot use the setting env\.rewards/);
  });
});

for (const variable of [false, true]) {
  for (const objective of ["tb", "ent-ppo"]) {
    Deno.test(`sequence of four letters, variable ${variable}, is learned by ${objective}`, async () => {
      const { tv } = await trained("sequence", { length: 4, variable }, objective, { steps: 600 });
      assert.ok(Number(tv) < 0.12, `total variation ${tv}`);
    });
  }
}
