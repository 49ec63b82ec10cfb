import assert from "node:assert/strict";
import { presets, presetSettings } from "../../config/presets.ts";
import { resolveRun } from "../../config/resolve.ts";
import { environments } from "../../envs/_registry.ts";
import { objectives } from "../../objectives/_registry.ts";
import { openEnvironment } from "../../plugins/open.ts";
import type { ObservationRows } from "../../policies/network.ts";
import { withFacts } from "../../rollout/facts.ts";
import { sampleForward } from "../../rollout/forward.ts";
import { RandomStream } from "../../tensor/random.ts";
import { checkFit } from "../../train/check_fit.ts";
import { Estimators } from "../../train/estimators.ts";
import { gfn, jsonLines } from "../cli/_command.ts";

const FACTS = ["partialRewards", "terminatingRewards", "parents"] as const;

for (const name of Object.keys(presets)) {
  Deno.test(`the preset ${name} is a run that fits together, its networks and data too`, async () => {
    const config = resolveRun(presetSettings(name), { environments, objectives });
    const objective = objectives[config.objective.name]!, { name: env, ...options } = config.env;
    checkFit(objective, config);
    const environment = await openEnvironment(environments[env]!, options, config.reward);
    const estimators = new Estimators(environment, objective, config, null);
    const forward = (rows: ObservationRows) => estimators.policy.forward(rows);
    const random = RandomStream.of(0, "test rollout");
    const { batch } = await sampleForward(environment, 1, forward, random);
    const needs: readonly string[] = objective.needs(config.objective);
    await withFacts(environment, batch, FACTS.filter((fact) => needs.includes(fact)));
    estimators.dispose();
  });
}

Deno.test("every preset says where it is from in one line, and no two the same", () => {
  const summaries = Object.values(presets).map(({ summary }) => summary);
  assert.equal(new Set(summaries).size, summaries.length);
  for (const { summary, source, differs } of Object.values(presets)) {
    for (const text of [summary, source, differs]) assert.ok(!text.includes("\n"));
    assert.ok(summary !== "" && source !== "");
  }
});

Deno.test("a preset is the first of all settings, in a comparison too, and a wrong name gets a near one", async () => {
  const short = ["--steps", "0", "--quiet", "--set", "policy.hidden=[4]", "--set", "env.dims=2"];
  const train = await gfn(["train", "--set", "preset=hypergrid-gfnx", ...short]);
  const { config } = jsonLines(train.stdout)[0];
  assert.deepEqual(
    [config.env.dims, config.env.side, config.policy.hidden, config.explore.over, config.backward],
    [2, 20, [4], 30_000, "learned"],
  );
  const compare = await gfn(
    ["compare", "--set", "preset=hypergrid-gfnx", ...short, "--objectives", "db", "--seeds", "0"],
  );
  assert.equal(compare.code, 0, compare.stderr);
  assert.equal(jsonLines(compare.stdout)[0].objective, "db");
  const wrong = await gfn(["train", "--set", "preset=bitsec-gfnx"]);
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.stderr,
    /^gfn: Cannot find the preset "bitsec-gfnx": .*did you mean "bitseq-gfnx"\?/,
  );
});

const otherEnvironments: [what: string, args: string[]][] = [
  ["ENV", ["hypergrid"]],
  ["--set env.name", ["--set", "env.name=hypergrid"]],
  ["--set env", ["--set", "env=hypergrid"]],
];
for (const [what, args] of otherEnvironments) {
  Deno.test(`a preset is refused on another environment than its own, named by ${what}`, async () => {
    const { code, stdout, stderr } = await gfn(["train", ...args, "--set", "preset=bitseq-gfnx"]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.equal(
      stderr,
      "gfn: Cannot use the preset bitseq-gfnx: it is for the environment bitseq, found hypergrid, want bitseq or no preset\n",
    );
  });
}

Deno.test("a preset may be given beside its own environment's name", async () => {
  const { code, stdout, stderr } = await gfn(
    ["train", "tfbind8", "--set", "preset=tfbind8-gfnx", "--steps", "0", "--quiet"],
  );
  assert.equal(code, 0, stderr);
  assert.equal(jsonLines(stdout)[0].config.logZ.lr, 0.05);
});

Deno.test("a preset that is no name is told so", async () => {
  const { code, stderr } = await gfn(["train", "--set", "preset=7"]);
  assert.equal(code, 2);
  assert.match(stderr, /^gfn: Cannot use the setting preset: found 7, want a name that `gfn list/);
});
