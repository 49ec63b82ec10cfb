import assert from "node:assert/strict";
import { resolveRun } from "../../../config/resolve.ts";
import { environments } from "../../../envs/_registry.ts";
import {
  commandOf,
  fieldNames,
  fields,
  hashOf,
  initialSettings,
  matters,
  objectiveNames,
  readHash,
  type Settings,
  treeOf,
} from "../../../examples/browser/settings.ts";
import { stories } from "../../../examples/browser/stories.ts";
import { objectives } from "../../../objectives/_registry.ts";

const registries = { environments, objectives };

Deno.test("the page offers every objective of the registry", () => {
  assert.deepEqual([...objectiveNames].sort(), Object.keys(objectives).sort());
});

Deno.test("every value of every setting makes a run, but what its objective does not take", () => {
  for (const env of fields.env.values) {
    for (const objective of objectiveNames) {
      const settings: Settings = { ...initialSettings, env, a: objective };
      resolveRun(treeOf(settings, objective), registries);
      for (const name of fieldNames.filter((name) => matters(name, settings))) {
        for (const value of fields[name].values ?? []) {
          if (objective === "ppo" && name === "clip" && value === "off") continue;
          resolveRun(treeOf({ ...settings, [name]: value }, objective), registries);
        }
      }
    }
  }
});

Deno.test("a link leads back to the settings that it was made from", () => {
  for (const { settings } of stories) {
    const { settings: read, problems } = readHash(`#${hashOf(settings)}`);
    assert.deepEqual(problems, []);
    assert.deepEqual(read, settings);
  }
});

Deno.test("a link says what is wrong with it, and the initial value stands", () => {
  const { settings, problems } = readHash("#side=7&seed=-1&depth=3&lr=5e-3");
  assert.equal(problems.length, 3);
  assert.match(problems[0]!, /side to “7”, which is not one of 8, 12/);
  assert.match(problems[1]!, /seed to “-1”, which is not a seed from 0/);
  assert.match(problems[2]!, /“depth”, which is no setting/);
  assert.deepEqual(settings, { ...initialSettings, lr: 5e-3 });
});

Deno.test("the command shown sets what the page's run is set to", () => {
  assert.equal(
    commandOf(treeOf({ ...initialSettings, env: "ising", budget: 2000 }, "vpg")),
    "deno run gfn.ts train --set env.name=ising --set env.side=4 --set env.sigma=0.2 --set objective.name=vpg --set objective.lambda=0.7 --set policy.hidden=[64,64] --set policy.lr=0.001 --set batch=16 --set steps=125 --set seed=0",
  );
});
