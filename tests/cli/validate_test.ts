import assert from "node:assert/strict";
import { parseAssertion } from "../../cli/_assertions.ts";
import { GfnError } from "../../errors.ts";
import { gfn, jsonLines, withFolder } from "./_command.ts";

/** Metrics of a run whose last evaluation is this one. */
function metricsOf(measures: Record<string, unknown>): string {
  const run = { type: "run", format: 1, version: "0.1.0", config: {}, configHash: "" };
  const events = [
    run,
    { type: "eval", step: 0, trajectories: 0, tv: 0.9 },
    { type: "eval", step: 10, trajectories: 160, ...measures },
    { type: "end", reason: "finished", step: 10, trajectories: 160 },
  ];
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}

Deno.test("validate --assert looks at the last evaluation, each assertion on its own", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/metrics.jsonl`;
    Deno.writeTextFileSync(
      file,
      metricsOf({ tv: 0.03, kl: "inf", logZ: "nan", averaged: { tv: 0.02 } }),
    );
    const judged = async (...assertions: string[]) => {
      const args = ["validate", file, ...assertions.flatMap((one) => ["--assert", one])];
      const { code, stdout, stderr } = await gfn(args, [`--allow-read=${folder}`]);
      const lines = stdout === "" ? [] : jsonLines(stdout).slice(1);
      return { code, holds: lines.map(({ holds }) => holds), lines, stderr };
    };

    const all = await judged(
      ...["tv<0.05", "tv <= 0.03", "averaged.tv<0.03", "step==10", "trajectories>=160"],
      ...["kl==inf", "kl>1e300", "logZ==nan", "tv>-inf"],
    );
    assert.deepEqual([all.code, all.holds, all.stderr], [0, Array(9).fill(true), ""]);
    assert.deepEqual(all.lines[0], {
      type: "assertion",
      assertion: "tv<0.05",
      metric: "tv",
      value: 0.03,
      holds: true,
      step: 10,
    });

    // What is no number is not less, not more and equal to no number.
    const some = await judged("tv<0.03", "logZ<5", "logZ>5", "logZ==5", "kl<inf", "tv<1");
    assert.deepEqual([some.code, some.holds], [1, [false, false, false, false, false, true]]);
    assert.match(some.stderr, /^gfn: Cannot pass .*: found 5 of 6 assertions that do not hold/);
    assert.match(some.stderr, /tv<0.03, where tv is 0.03; logZ<5, where logZ is nan/);

    const absent = await judged("elbo>0");
    assert.deepEqual([absent.code, absent.lines[0].value], [1, null]);
    assert.match(absent.stderr, /has step, trajectories, tv, kl, logZ, averaged.tv\n$/);

    assert.equal((await judged("tb<0.05")).code, 2);
  });
});

Deno.test("validate --assert without an evaluation fails", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/metrics.jsonl`;
    Deno.writeTextFileSync(file, metricsOf({}).split("\n")[0] + "\n");
    const args = ["validate", file, "--assert", "tv<1"];
    const { code, stderr } = await gfn(args, [`--allow-read=${folder}`]);
    assert.equal(code, 1);
    assert.match(stderr, /found no evaluation/);
  });
});

Deno.test("parseAssertion() says what is wrong with one, and guesses what was meant", () => {
  const wrong: [string, RegExp][] = [
    ["tv", /found no METRIC, relation and number, want as in tv<0.05/],
    ["tv=0.05", /found no METRIC/],
    ["0.05>tv", /found the metric "0.05"/],
    ["vt<0.05", /found the metric "vt", want one of .*; did you mean "tv"\?$/],
    ["averaged.kll<1", /did you mean "averaged.kl"\?$/],
    ["tv<five", /found the bound "five", want a number, inf, -inf or nan$/],
    ["tv<0x10", /found the bound "0x10"/],
    ["tv<nan", /found < with nan, which never holds, want ==$/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => parseAssertion(text), (error: GfnError) => {
      assert.deepEqual([error.code, error.exitCode], ["E_ASSERT", 2]);
      assert.ok(error.message.startsWith(`Cannot use --assert "${text}": `));
      assert.match(error.message, message);
      return true;
    });
  }
});
