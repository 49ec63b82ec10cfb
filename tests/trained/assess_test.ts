import assert from "node:assert/strict";
import { openSampler, type TrainedSampler } from "../../trained/trained_sampler.ts";
import { assess } from "../../trained/assess.ts";
import type { Network, ObservationRows } from "../../policies/network.ts";
import tb from "../../objectives/tb.ts";
import { train } from "../../train/train.ts";
import type { Snapshot } from "../../train/snapshot.ts";
import { openGrid, smallRun } from "../_setting.ts";

/** A sampler on the 8x8 grid whose policy is another function of what it sees. */
async function sampler(
  forward: (rows: ObservationRows, own: Network) => Float32Array,
): Promise<TrainedSampler> {
  const config = smallRun({ name: "tb" }, { steps: 1 }), environment = await openGrid(2, 8);
  let last: Snapshot | null = null;
  const keep = (snapshot: Snapshot) => void (last = snapshot);
  for await (const event of train({ environment, objective: tb, config, keep })) void event;
  const made = await openSampler({
    ...{ environment, objective: tb, config, snapshot: last!, parameters: "trained" },
  });
  const own = made.estimators.policy;
  const policy = Object.create(own, {
    forward: { value: (rows: ObservationRows) => forward(rows, own) },
    dispose: { value: () => own.dispose() },
  });
  Object.defineProperty(made.estimators, "policy", { value: policy });
  return made;
}

const request = { samples: 50, seed: 0, top: 5, heldOut: null, paths: 1 };

Deno.test("assess() looks at every listed state once", async () => {
  const calls: number[] = [];
  const made = await sampler((rows, own) => {
    calls.push(rows.rows);
    return own.forward(rows);
  });
  await assess(made, request);
  assert.equal(calls.filter((rows) => rows === 64).length, 1);
  made.dispose();
});

Deno.test("objects that a policy never ends in: Spearman ranks them lowest, Pearson is not defined", async () => {
  // To the right, as long as there is room, then up: a stop has probability 0 but in the last corner.
  const made = await sampler(({ rows }) => {
    const logits = new Float32Array(rows * 3);
    for (let row = 0; row < rows; row++) logits.set([1000, 0, -1000], row * 3);
    return logits;
  });
  const { pearson, spearman, klReverse, kl } = await assess(made, request);
  assert.equal(pearson, "nan");
  assert.equal(typeof spearman, "number");
  assert.equal(kl, "inf");
  assert.equal(typeof klReverse, "number");
  made.dispose();
});
