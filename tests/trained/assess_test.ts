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

Deno.test("what is counted among samples: different objects, modes, and the share of these with its error", async () => {
  // Stops at once or in the corner beyond, by equal halves: s_0 is no mode of the classic grid.
  const made = await sampler(({ rows, values }) => {
    const logits = new Float32Array(3 * rows);
    for (let row = 0; row < rows; row++) {
      const [x, y] = [values[2 * row]!, values[2 * row + 1]!];
      const go = x < 6 ? 0 : y < 6 ? 1 : 2;
      logits.set([-1000, -1000, -1000], 3 * row);
      logits[3 * row + go] = 1000;
      if (x + y === 0) logits[3 * row + 2] = 1000;
    }
    return logits;
  });
  const samples = 400, found = await assess(made, { ...request, samples });
  const isMode = (x: number, y: number) => made.environment.isMode!(Int32Array.of(x, y), 0);
  assert.deepEqual([isMode(0, 0), isMode(6, 6)], [false, true]);
  const share = found.modeShareForwardSamples as number;
  assert.ok(Math.abs(share - 0.5) < 4 * Math.sqrt(0.25 / samples), `${share}`);
  assert.equal(found.modesForwardSamples, 1);
  assert.equal(found.distinctForwardSamples, 2 / samples);
  assert.equal(
    found.modeShareForwardSamplesError,
    Math.sqrt(share * (1 - share) / samples),
  );
  assert.equal(found.top, 2);
  made.dispose();
});
