/**
 * Categorical distributions over the allowed actions of each state. A masked action has probability
 * exactly 0 and gets gradient exactly 0, whatever its logit, also NaN or an infinity; a row with no
 * allowed action, as of a full object, contributes exactly 0 to values and gradients.
 *
 * There are two sides. On the tape, log-probabilities are float32 tensors whose masked entries read 0
 * and mean nothing: consumers gather allowed entries or go by the mask again, as every function here
 * does. Off the tape, for rollouts and frozen numbers, they are doubles and -Infinity where masked.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { fused } from "./_fused.ts";
import { WIDE, wideLogSoftmax } from "./_wide_softmax.ts";
import type { tf } from "./backend.ts";
import type { RandomStream } from "./random.ts";

/**
 * log softmax over the allowed actions of each row, on the tape.
 *
 * @param logits [R, A]; those of allowed actions finite
 * @param mask [R * A], 1 = allowed. It is read again when the gradient is taken
 * @returns [R, A] nats, 0 where masked
 * @throws {GfnError} `E_SHAPE` when the mask has another size
 */
export function maskedLogSoftmax(logits: tf.Tensor2D, mask: Uint8Array): tf.Tensor2D {
  const [R, A] = logits.shape;
  requireLength("compute a masked log-softmax", "mask", mask.length, R * A);
  if (A >= WIDE) return wideLogSoftmax(logits, mask);
  return fused<tf.Rank.R2>(logits, {
    shape: [R, A],
    keep: "output",
    forward(x, logp) {
      for (let at = 0; at < logp.length; at += A) {
        const logZ = logSumExp(x, at, A, mask, at);
        for (let k = at; k < at + A; k++) logp[k] = mask[k] === 0 ? 0 : x[k]! - logZ;
      }
    },
    backward(dy, dx, logp) {
      for (let at = 0; at < dx.length; at += A) {
        let sum = 0;
        for (let k = at; k < at + A; k++) if (mask[k] !== 0) sum += dy[k]!;
        for (let k = at; k < at + A; k++) {
          dx[k] = mask[k] === 0 ? 0 : dy[k]! - Math.exp(logp[k]!) * sum;
        }
      }
    },
  });
}

/**
 * log of the sum of exp over the allowed actions of each row, on the tape: a soft maximum.
 *
 * @param x [R, A]; that of allowed actions finite
 * @param mask [R * A], 1 = allowed. It is read again when the gradient is taken
 * @returns [R] nats; 0 for a row with no allowed action, which means nothing
 * @throws {GfnError} `E_SHAPE` when the mask has another size
 */
export function maskedLogSumExp(x: tf.Tensor2D, mask: Uint8Array): tf.Tensor1D {
  const [R, A] = x.shape;
  requireLength("compute a log-sum-exp", "mask", mask.length, R * A);
  return fused<tf.Rank.R1>(x, {
    shape: [R],
    keep: "input",
    forward(x, out) {
      for (let r = 0; r < R; r++) {
        const total = logSumExp(x, r * A, A, mask, r * A);
        out[r] = total === -Infinity ? 0 : total;
      }
    },
    backward(dOut, dx, x) {
      for (let r = 0; r < R; r++) {
        const total = logSumExp(x, r * A, A, mask, r * A);
        for (let k = r * A; k < (r + 1) * A; k++) {
          dx[k] = mask[k] === 0 ? 0 : dOut[r]! * Math.exp(x[k]! - total);
        }
      }
    },
  });
}

/**
 * One entry of each row, on the tape: log P(a_t|s_t) from log P(.|s_t).
 *
 * @param x [R, A]
 * @param index [R] column of each row; -1 takes none and gives 0. It is read again when the gradient is
 * taken
 * @returns [R]
 * @throws {GfnError} `E_SHAPE` when the index has another size or points outside its row
 */
export function takePerRow(x: tf.Tensor2D, index: Int32Array): tf.Tensor1D {
  const [R, A] = x.shape;
  requireLength("take an entry of each row", "index", index.length, R);
  const outside = index.findIndex((column) => column < -1 || column >= A);
  if (outside !== -1) {
    throw usageError(
      "E_SHAPE",
      `Cannot take an entry of each row: found index ${
        index[outside]
      } for row ${outside}, want -1 to ${A - 1}`,
    );
  }
  return fused<tf.Rank.R1>(x, {
    shape: [R],
    keep: "nothing",
    forward(x, taken) {
      index.forEach((a, r) => taken[r] = a === -1 ? 0 : x[r * A + a]!);
    },
    backward(dTaken, dx) {
      dx.fill(0);
      index.forEach((a, r) => {
        if (a !== -1) dx[r * A + a] = dTaken[r]!;
      });
    },
  });
}

/**
 * Entropy H = - sum_a p log p of each row, on the tape.
 *
 * @param logp [R, A] from {@linkcode maskedLogSoftmax}, nats
 * @param mask [R * A], 1 = allowed. It is read again when the gradient is taken
 * @returns [R] nats, from 0 to the log of the number of allowed actions
 * @throws {GfnError} `E_SHAPE` when the mask has another size
 */
export function entropy(logp: tf.Tensor2D, mask: Uint8Array): tf.Tensor1D {
  requireLength("compute an entropy", "mask", mask.length, logp.size);
  return sumOfAllowed(logp, mask, {
    term: (lp) => -Math.exp(lp) * lp,
    slope: (lp) => -Math.exp(lp) * (lp + 1),
  });
}

/**
 * KL(p || p_old) of each row, on the tape: the trust region of Ent-PPO, Eq. 18 of arXiv:2606.15793.
 *
 * The sum is of p (log p - log p_old) - p + p_old, whose last two parts cancel over a row. With them no
 * term is negative, and at p = p_old value and gradient are exactly 0 in spite of rounding.
 *
 * @param logpNew [R, A] from {@linkcode maskedLogSoftmax}, nats
 * @param logpOld [R * A] nats, held constant; masked entries are not read
 * @param mask [R * A], 1 = allowed. Both are read again when the gradient is taken
 * @returns [R] nats, at least 0
 * @throws {GfnError} `E_SHAPE` when a size differs
 */
export function klDivergence(
  logpNew: tf.Tensor2D,
  logpOld: Float32Array,
  mask: Uint8Array,
): tf.Tensor1D {
  requireLength("compute a KL divergence", "logpOld", logpOld.length, logpNew.size);
  requireLength("compute a KL divergence", "mask", mask.length, logpNew.size);
  return sumOfAllowed(logpNew, mask, {
    term(lp, k) {
      const p = Math.exp(lp), old = logpOld[k]!;
      return p * (lp - old) - p + Math.exp(old);
    },
    slope: (lp, k) => Math.exp(lp) * (lp - logpOld[k]!),
  });
}

/**
 * log softmax over the allowed actions of one row, off the tape.
 *
 * @param logits the row's from `at` on
 * @param count A
 * @param mask 1 = allowed, the row's from `maskAt` on
 * @param out takes A log-probabilities from `outAt` on; nats, -Infinity where masked
 */
export function logSoftmaxRow(
  logits: Float32Array | Float64Array,
  at: number,
  count: number,
  mask: Uint8Array,
  maskAt: number,
  out: Float64Array,
  outAt: number,
): void {
  const logZ = logSumExp(logits, at, count, mask, maskAt);
  for (let a = 0; a < count; a++) {
    out[outAt + a] = mask[maskAt + a] === 0 ? -Infinity : logits[at + a]! - logZ;
  }
}

/**
 * An action drawn from a row of log-probabilities, off the tape; never one at -Infinity.
 *
 * @param logp nats, the row's from `at` on
 * @param count A
 * @param random one uniform number is drawn from it
 * @throws {GfnError} `E_NO_ACTION` when no action has a probability
 */
export function sampleRow(
  logp: Float64Array,
  at: number,
  count: number,
  random: Pick<RandomStream, "uniform">,
): number {
  const u = random.uniform();
  let below = 0, last = -1;
  for (let a = 0; a < count; a++) {
    const p = Math.exp(logp[at + a]!);
    if (!(p > 0)) continue;
    below += p;
    last = a;
    if (u < below) return a;
  }
  // Rounding may leave the sum a little below 1, and u beyond it.
  if (last !== -1) return last;
  throw usageError(
    "E_NO_ACTION",
    `Cannot sample an action: found log-probabilities [${
      logp.subarray(at, at + count)
    }], want one above -Infinity`,
  );
}

/** log of the sum of exp over the allowed entries of a row; -Infinity where there are none. */
function logSumExp(
  x: Float32Array | Float64Array,
  at: number,
  count: number,
  mask: Uint8Array,
  maskAt: number,
): number {
  let max = -Infinity;
  for (let a = 0; a < count; a++) {
    if (mask[maskAt + a] !== 0 && x[at + a]! > max) max = x[at + a]!;
  }
  let sum = 0;
  for (let a = 0; a < count; a++) {
    if (mask[maskAt + a] !== 0) sum += Math.exp(x[at + a]! - max);
  }
  return max + Math.log(sum);
}

/** Sums over the allowed entries of each row of a function of log p, with its slope as gradient. */
function sumOfAllowed(
  logp: tf.Tensor2D,
  mask: Uint8Array,
  { term, slope }: Record<"term" | "slope", (lp: number, k: number) => number>,
): tf.Tensor1D {
  const [R, A] = logp.shape;
  return fused<tf.Rank.R1>(logp, {
    shape: [R],
    keep: "input",
    forward(logp, sums) {
      for (let r = 0; r < R; r++) {
        let sum = 0;
        for (let k = r * A; k < (r + 1) * A; k++) if (mask[k] !== 0) sum += term(logp[k]!, k);
        sums[r] = sum;
      }
    },
    backward(dSums, dx, logp) {
      for (let r = 0; r < R; r++) {
        for (let k = r * A; k < (r + 1) * A; k++) {
          dx[k] = mask[k] === 0 ? 0 : dSums[r]! * slope(logp[k]!, k);
        }
      }
    },
  });
}

function requireLength(what: string, name: string, found: number, want: number): void {
  if (found === want) return;
  throw usageError("E_SHAPE", `Cannot ${what}: found ${found} entries of ${name}, want ${want}`);
}
