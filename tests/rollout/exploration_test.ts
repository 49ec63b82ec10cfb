import assert from "node:assert/strict";
import {
  type Exploration,
  isOnPolicy,
  NO_EXPLORATION,
  samplingDistribution,
} from "../../rollout/exploration.ts";

/** Probabilities of the second of two states, of three actions and a stop; the second is masked. */
function probabilities(changes: Partial<Exploration>, stopAction: number | null = 3): number[] {
  const logits = Float32Array.of(9, 9, 9, 9, 1, NaN, 3, 2),
    mask = Uint8Array.of(1, 1, 1, 1, 1, 0, 1, 1);
  const out = new Float64Array(4);
  samplingDistribution({ ...NO_EXPLORATION, ...changes }, 4, stopAction)(logits, 4, mask, 4, out);
  return Array.from(out, Math.exp);
}

/** Of weights, where null is masked. */
function normalised(weights: (number | null)[]): number[] {
  const total = weights.reduce<number>((sum, w) => sum + (w ?? 0), 0);
  return weights.map((w) => (w ?? 0) / total);
}

function near(found: number[], want: number[]): void {
  found.forEach((p, a) => assert.ok(Math.abs(p - want[a]!) < 1e-7, `${found}, want ${want}`));
  assert.equal(found[1], 0); // exactly
}

const { exp } = Math;

Deno.test("the sampling distribution is the policy's where nothing is explored", () => {
  near(probabilities({}), normalised([exp(1), null, exp(3), exp(2)]));
  assert.ok(isOnPolicy(NO_EXPLORATION));
  for (const one of [{ epsilon: 0.1 }, { temperature: 2 }, { exitBias: 1 }]) {
    assert.ok(!isOnPolicy({ ...NO_EXPLORATION, ...one }));
  }
});

Deno.test("epsilon mixes in the uniform distribution over what is allowed", () => {
  const policy = probabilities({});
  near(
    probabilities({ epsilon: 0.3 }),
    policy.map((p, a) => a === 1 ? 0 : 0.7 * p + 0.3 / 3),
  );
  near(probabilities({ epsilon: 1 }), [1 / 3, 0, 1 / 3, 1 / 3]);
});

Deno.test("the exit bias is taken off the stop logit, then the temperature divides, then epsilon mixes", () => {
  const biased = normalised([exp(1), null, exp(3), exp(2 - 0.5)]);
  near(probabilities({ exitBias: 0.5 }), biased);
  near(probabilities({ exitBias: 0.5 }, null), probabilities({}));
  const cooled = normalised([exp(1 / 2), null, exp(3 / 2), exp((2 - 0.5) / 2)]);
  near(probabilities({ exitBias: 0.5, temperature: 2 }), cooled);
  near(
    probabilities({ exitBias: 0.5, temperature: 2, epsilon: 0.2 }),
    cooled.map((p, a) => a === 1 ? 0 : 0.8 * p + 0.2 / 3),
  );
});
