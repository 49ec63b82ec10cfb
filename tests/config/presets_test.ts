import assert from "node:assert/strict";
import { presets, presetSettings } from "../../config/presets.ts";
import { resolveRun } from "../../config/resolve.ts";
import { environments } from "../../envs/_registry.ts";
import { objectives } from "../../objectives/_registry.ts";
import { checkFit } from "../../train/check_fit.ts";
import { gfn, jsonLines } from "../cli/_command.ts";

for (const name of Object.keys(presets)) {
  Deno.test(`the preset ${name} is a run that fits together`, () => {
    const config = resolveRun(presetSettings(name), { environments, objectives });
    checkFit(objectives[config.objective.name]!, config);
  });
}

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
