/**
 * The kernels of sequences and of wide rows of logits: attention, norms, means over tokens, log-softmax.
 * Arguments are as in `kernels.ts`; rows lie end to end.
 *
 * @module
 */

/** Bytes of the constants that exponentials are computed with. */
export const EXP_BYTES = 176;

/** Most parts that groups of attention are cut into, each working in a scratch of its own. */
export const ATTENTION_PARTS = 8;

/** Bias, its stride and places of attention whose scores have none. */
export const NO_BIAS = [0, 0, 0] as const;

/** Bytes that a part of attention over groups of up to n keys works in, and its gradient. */
export function attentionScratch(n: number, size: number): number {
  const pad = Math.ceil(n / 8) * 8;
  return EXP_BYTES + 4 * (2 * pad * size + 3 * n * size + 2 * n * pad);
}

/** The kernels by family. */
export interface SequenceKernels {
  /**
   * Scaled dot-product attention of `heads` heads of `size` numbers (a multiple of 4) over many short
   * sequences, `groups` as [groupCount, 3] words (first, n, p): tokens index[first .. first + n) are the
   * keys, the p-th and later ones the queries; with causal 1 a query attends to keys up to itself alone.
   *
   * @param qkv [tokens, 3 * heads * size]
   * @param scratch {@linkcode ATTENTION_PARTS} times `scratchBytes`, see {@linkcode attentionScratch}
   * @param out [tokens, heads * size]
   * @param stats [tokens, heads, 2] what the gradient needs
   * @param bias 0, or summands of the scores of all pairs of a group's tokens, query after query, in rows of
   *   `biasStride` bytes with a number for each head; the group's first row is places[group], and all its
   *   tokens are queries
   */
  attention(
    qkv: number,
    heads: number,
    size: number,
    groups: number,
    groupCount: number,
    index: number,
    causal: 0 | 1,
    scratch: number,
    scratchBytes: number,
    out: number,
    stats: number,
    bias: number,
    biasStride: number,
    places: number,
  ): void;
  /**
   * dqkv = the gradient of attention; its parts of keys and values are added to, and 0 before. dBias, laid
   * out as bias, is the gradient in that, if there is one.
   */
  attentionBackward(
    qkv: number,
    heads: number,
    size: number,
    groups: number,
    groupCount: number,
    index: number,
    causal: 0 | 1,
    scratch: number,
    scratchBytes: number,
    stats: number,
    dOut: number,
    dqkv: number,
    bias: number,
    biasStride: number,
    places: number,
    dBias: number,
  ): void;
  /**
   * y = layer normalisation of x + b (or x, if b is 0), all [rows, width] end to end; `normal` is y before gain and bias, and
   * `inverse` [rows] 1 / the deviation.
   */
  addNorm(
    x: number,
    b: number,
    rows: number,
    width: number,
    gain: number,
    bias: number,
    epsilon: number,
    normal: number,
    inverse: number,
    y: number,
  ): void;
  /** d = the gradient of addNorm in x + b, given dy + more (or dy, if more is 0); adds to dGain and dBias. */
  addNormBackward(
    dy: number,
    more: number,
    rows: number,
    width: number,
    gain: number,
    normal: number,
    inverse: number,
    d: number,
    dGain: number,
    dBias: number,
  ): void;
  /** out [rangeCount, width] = the mean of rows index[first .. first + count), by ranges (first, count). */
  meanRows(
    matrix: number,
    index: number,
    ranges: number,
    rangeCount: number,
    width: number,
    out: number,
  ): void;
  /** matrix rows of each range += d [rangeCount, width] / count: the gradient of meanRows. */
  meanRowsBackward(
    d: number,
    index: number,
    ranges: number,
    rangeCount: number,
    width: number,
    matrix: number,
  ): void;
  /**
   * sums [rows, 2] in doubles = the largest allowed entry of each row of x [rows, columns] end to end, and
   * the sum of e^(entry - largest) over the allowed ones. The mask has a byte for each entry.
   *
   * @param constants {@linkcode EXP_BYTES} to work in
   */
  maskedExpSums(
    x: number,
    mask: number,
    rows: number,
    columns: number,
    constants: number,
    sums: number,
  ): void;
  /** out = x minus a double of each row, 0 where not allowed. */
  maskedSubtract(
    x: number,
    mask: number,
    rows: number,
    columns: number,
    subtrahends: number,
    out: number,
  ): void;
  /** dx = dy - e^logp * the row's sum of dy, over allowed entries; 0 elsewhere. */
  logSoftmaxBackward(
    dy: number,
    logp: number,
    mask: number,
    rows: number,
    columns: number,
    constants: number,
    dx: number,
  ): void;
  /**
   * The gates of a GRU: h [rows, width] = (1 - z) n + z h, with r and z the sigmoids of input + own and
   * n = tanh(input + r own). Of `input` and `own`, both [rows, 3 * width], the thirds are of r, z, n.
   *
   * @param width a multiple of 4
   * @param scratch {@linkcode EXP_BYTES} bytes
   */
  gruGates(
    input: number,
    own: number,
    h: number,
    rows: number,
    width: number,
    scratch: number,
  ): void;
}
