import assert from "node:assert/strict";
import { resolveRun } from "../../config/resolve.ts";
import type { SettingsTree } from "../../config/overrides.ts";
import { environments } from "../../envs/_registry.ts";
import { objectives } from "../../objectives/_registry.ts";
import { observe } from "../../rollout/observe.ts";
import { decodeTensors } from "../../store/safetensors.ts";
import { openSampler } from "../../trained/trained_sampler.ts";
import { openGrid } from "../_setting.ts";

const fixture: {
  config: SettingsTree;
  safetensors: string;
  states: [number, number][];
  logits: number[][];
  values: number[];
} = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/export/logits.json", import.meta.url)),
);

Deno.test("an exported sampler gives the logits here that Python computed from its file", async () => {
  const bytes = Uint8Array.from(atob(fixture.safetensors), (c) => c.charCodeAt(0));
  const { tensors, metadata } = decodeTensors(bytes, "the fixture");
  assert.deepEqual(JSON.parse(metadata.run!).config, fixture.config);
  const { estimators, dispose } = await openSampler({
    environment: await openGrid(2, 8),
    objective: objectives["ent-ppo"]!,
    config: resolveRun(fixture.config, { environments, objectives }),
    snapshot: { step: 0, trajectories: 0, rewards: 0, tensors },
    parameters: "trained",
  });
  const states = Int32Array.from(fixture.states.flat());
  const rows = observe(await openGrid(2, 8), states, 64);
  const differences = [
    ...[...estimators.policy.forward(rows)].map((x, i) => x - fixture.logits.flat()[i]!),
    ...[...estimators.value!.forward(rows)].map((x, i) => x - fixture.values[i]!),
  ];
  dispose();
  assert.equal(differences.length, 64 * 4);
  assert.ok(Math.max(...differences.map(Math.abs)) < 1e-6);
});
