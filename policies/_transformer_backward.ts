/**
 * The gradient of a Transformer, on addresses.
 *
 * @module
 */
import { allocate, f32, release } from "../tensor/heap.ts";
import { kernels } from "../tensor/kernels/kernels.ts";
import { ATTENTION_PARTS, attentionScratch, NO_BIAS } from "../tensor/kernels/sequence_kernels.ts";
import { readRows, type TransformerPass } from "./_transformer_forward.ts";
import {
  linearGradient,
  type LinearPlace,
  type NormPlace,
  writeTransposes as transposeMaps,
} from "./_linear_maps.ts";
import type { TransformerLayout } from "./_transformer_layout.ts";

/** Writes the transposed weights of every linear map. */
export function writeTransposes(
  { blocks, heads }: TransformerLayout,
  weights: number,
  transposes: number,
): void {
  const all = blocks.flatMap(({ mixing, output, linear1, linear2 }) => [
    ...[mixing, output, linear1, linear2],
  ]);
  transposeMaps([...all, ...heads], weights, transposes);
}

/**
 * The gradient of a loss with respect to the flat weights.
 *
 * @param dOutputs [R, all heads' outputs] end to end: the gradient with respect to the outputs
 * @param transposes as {@linkcode writeTransposes} leaves them
 * @param gradient where to write as many numbers as there are weights
 */
export function backwardPass(
  pass: TransformerPass,
  dOutputs: number,
  transposes: number,
  gradient: number,
): void {
  f32(gradient, pass.layout.size).fill(0);
  const way = new WayBack(pass, transposes, gradient);
  way.heads(dOutputs);
  for (let l = pass.layout.blocks.length - 1; l >= 0; l--) way.block(l);
  way.embeddings();
}

/** Where a gradient has come to on its way back. */
class WayBack {
  readonly #pass: TransformerPass;
  readonly #transposes: number;
  readonly #gradient: number;
  /** [T, D] blocks whose sum is the gradient in the output of the block at hand; 0 for no second one. */
  #d: number;
  #more = 0;

  constructor(pass: TransformerPass, transposes: number, gradient: number) {
    this.#pass = pass;
    this.#transposes = transposes;
    this.#gradient = gradient;
    this.#d = this.#rows(pass.shape.width);
  }

  /** From the outputs to the last block's. */
  heads(dOutputs: number): void {
    const { shape: { width: D }, layout, placed, rows, tokens } = this.#pass;
    f32(this.#d, tokens * D).fill(0);
    const widths = layout.heads.map(({ outputs }, h) => outputs * placed.readouts[h]!.units);
    const total = widths.reduce((sum, width) => sum + width, 0);
    let from = 0;
    for (const [h, head] of layout.heads.entries()) {
      const readout = placed.readouts[h]!, R = rows * readout.units, width = widths[h]!;
      const padded = allocate(32 * head.panels * R);
      if (width === total) kernels.padColumns(dOutputs, R, head.outputs, padded);
      else {
        const own = allocate(4 * rows * width), values = f32(own, rows * width);
        for (let row = 0; row < rows; row++) {
          values.set(f32(dOutputs + 4 * (row * total + from), width), row * width);
        }
        kernels.padColumns(own, R, head.outputs, padded);
        release(own);
      }
      from += width;
      const means = readRows(this.#pass, readout), dMeans = allocate(4 * D * R);
      this.#linear(head, means, 4 * D, padded, R, dMeans);
      kernels.meanRowsBackward(dMeans, placed.index, readout.ranges, R, D, this.#d);
      for (const block of [padded, means, dMeans]) release(block);
    }
  }

  /** Through block l, from its output to its input. */
  block(l: number): void {
    const { shape: { width: D, heads }, layout, trace, placed, tokens: T } = this.#pass;
    const { mixing, output, norm1, linear1, linear2, norm2 } = layout.blocks[l]!;
    const { qkv, mixed, stats, normal1, inverse1, y1, hidden, normal2, inverse2 } = trace
      .blocks[l]!;
    const P = 8 * linear1.panels, input = l === 0 ? trace.x : trace.blocks[l - 1]!.y2;
    this.#norm(norm2, normal2, inverse2);
    const dHidden = this.#rows(P);
    this.#linear(linear2, hidden, 4 * P, this.#d, T, dHidden, hidden);
    this.#more = this.#rows(D);
    this.#linear(linear1, y1, 4 * D, dHidden, T, this.#more);
    release(dHidden);
    this.#norm(norm1, normal1, inverse1);
    const dMixed = this.#rows(D), dqkv = this.#rows(3 * D), size = D / heads;
    this.#linear(output, mixed, 4 * D, this.#d, T, dMixed);
    f32(dqkv, T * 3 * D).fill(0);
    const scratchBytes = attentionScratch(placed.longest, size);
    const scratch = allocate(ATTENTION_PARTS * scratchBytes);
    kernels.attentionBackward(
      ...[qkv, heads, size, placed.groups, placed.groupCount, placed.index] as const,
      ...[this.#pass.causal, scratch, scratchBytes, stats, dMixed, dqkv, ...NO_BIAS] as const,
      0,
    );
    release(scratch);
    release(dMixed);
    this.#more = this.#rows(D);
    this.#linear(mixing, input, 4 * D, dqkv, T, this.#more);
    release(dqkv);
  }

  /** From the first block's input to the embeddings; gives the memory back. */
  embeddings(): void {
    const { shape: { width: D }, placed, tokens } = this.#pass;
    for (const d of [this.#d, this.#more]) {
      if (d === 0) continue; // no block
      kernels.scatterAdd(placed.embedded, tokens, 2, d, D, this.#gradient);
      release(d);
    }
  }

  /** Through a layer norm: what came to its output becomes what comes to the sum that it normalises. */
  #norm({ gain, bias }: NormPlace, normal: number, inverse: number): void {
    const { shape: { width: D }, weights, tokens } = this.#pass, next = this.#rows(D);
    kernels.addNormBackward(
      ...[this.#d, this.#more, tokens, D, weights + 4 * gain, normal, inverse, next] as const,
      ...[this.#gradient + 4 * gain, this.#gradient + 4 * bias] as const,
    );
    release(this.#d);
    if (this.#more !== 0) release(this.#more);
    this.#d = next;
    this.#more = 0;
  }

  /** Gradients of a linear map: in its weights and biases, and in x. */
  #linear(
    place: LinearPlace,
    x: number,
    strideX: number,
    dy: number,
    rows: number,
    dx: number,
    relu?: number,
  ): void {
    const at = { transposes: this.#transposes, gradient: this.#gradient };
    linearGradient(place, at, x, strideX, dy, rows, dx, relu);
  }

  /** A block of a row of numbers for each token. */
  #rows(width: number): number {
    return allocate(4 * width * this.#pass.tokens);
  }
}
