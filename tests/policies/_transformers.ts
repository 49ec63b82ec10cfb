/**
 * Transformers of all kinds, and observations for them, that tests share.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Network, ObservationRows } from "../../policies/network.ts";
import { createTransformer, type TransformerOptions } from "../../policies/transformer.ts";
import { tf } from "../../tensor/backend.ts";
import { RandomStream } from "../../tensor/random.ts";

/** What the helpers draw from. */
export const stream = RandomStream.of(7, "transformer tests");

function write(): void {
  throw new Error("a Transformer writes no observation");
}

export const tokens = { kind: "tokens", length: 5, vocabulary: 4, write } as const;
export const fields = { kind: "categorical", sizes: [3, 5, 2], write } as const;
/** Sizes that a test can afford. */
export const small = { layers: 2, attentionHeads: 2, width: 16, feedForward: 11 };
/** Three outputs of the whole sequence. */
export const whole = { outputs: 3, reads: "sequence" } as const;

/** What a Transformer is made of, but for its first weights. */
export type Options = Omit<TransformerOptions, "random">;

/** Every way to read an observation, to attend and to give outputs. */
export const cases: Record<string, Options> = {
  "tokens, bidirectional": {
    ...{ ...small, observation: tokens, attention: "bidirectional", absent: null, heads: [whole] },
  },
  "tokens, absent ones left out": {
    ...{ ...small, observation: tokens, attention: "bidirectional", absent: 0, heads: [whole] },
  },
  "tokens, causal": {
    ...{ ...small, observation: tokens, attention: "causal", absent: 0, heads: [whole] },
  },
  "tokens, causal, none absent": {
    ...{ ...small, observation: tokens, attention: "causal", absent: null, heads: [whole] },
  },
  "tokens, outputs by position": {
    ...{ ...small, observation: tokens, attention: "bidirectional", absent: null },
    heads: [{ outputs: 15, reads: "positions" }, { outputs: 5, reads: "positions" }, {
      outputs: 1,
      reads: "first",
    }],
  },
  "fields": {
    ...{ ...small, observation: fields, attention: "bidirectional", absent: null, heads: [whole] },
  },
  "fields, one wide head, one layer": {
    ...{ layers: 1, attentionHeads: 1, width: 24, feedForward: 8, absent: null },
    ...{
      observation: fields,
      attention: "bidirectional",
      heads: [whole, { ...whole, outputs: 8 }],
    },
  },
  "fields, no layer": {
    ...{ ...small, layers: 0, observation: fields, attention: "bidirectional", absent: null },
    heads: [whole],
  },
};

/** A Transformer by its seed. */
export function network(options: Options, seed = 3): Network {
  return createTransformer({ ...options, random: RandomStream.of(seed, "init") });
}

/** Observations that such a network reads: where absent tokens end a sequence, they stand at its end. */
export function randomRows(
  { observation, attention, absent }: Options,
  rows: number,
): ObservationRows {
  const sizes = observation.kind === "tokens"
    ? new Array<number>(observation.length).fill(observation.vocabulary)
    : (observation as typeof fields).sizes;
  const L = sizes.length, values = new Int32Array(rows * L);
  for (let r = 0; r < rows; r++) {
    const end = attention === "causal" && absent !== null ? stream.integer(L + 1) : L;
    for (let f = 0; f < L; f++) {
      values[r * L + f] = f >= end
        ? absent!
        : attention === "causal" && absent === 0
        ? 1 + stream.integer(sizes[f]! - 1)
        : stream.integer(sizes[f]!);
    }
  }
  return { rows, values };
}

/** Row r alone. */
export function rowOf({ rows, values }: ObservationRows, r: number): Int32Array {
  const L = values.length / rows;
  return values.slice(r * L, (r + 1) * L) as Int32Array;
}

/** Asserts that two numbers differ by little. */
export function assertClose(
  actual: number,
  expected: number,
  relative: number,
  what: string,
): void {
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, want ${expected}`,
  );
}

/** Normal numbers. */
export function normals(length: number): Float32Array {
  return Float32Array.from({ length }, () => stream.normal());
}

/** The gradient of sum of coefficients * outputs. */
export function gradientOf(
  net: Network,
  input: ObservationRows,
  coefficients: Float32Array,
): tf.Tensor {
  const { grads } = tf.variableGrads(
    () => tf.sum(tf.mul(net.apply(input), tf.tensor2d(coefficients, [input.rows, net.outputs]))),
    [net.weights],
  ) as { grads: Record<string, tf.Tensor> };
  return grads[net.weights.name]!;
}
