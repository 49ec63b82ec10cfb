/**
 * The pass through a Transformer, on addresses. A block is x + attention(x), normalised, then that plus a
 * feed-forward part of it, normalised.
 *
 * @module
 */
import { allocate, f32, i32, release } from "../tensor/heap.ts";
import { kernels } from "../tensor/kernels/kernels.ts";
import { ATTENTION_PARTS, attentionScratch, NO_BIAS } from "../tensor/kernels/sequence_kernels.ts";
import { linear } from "./_linear_maps.ts";
import type { Sequences } from "./_token_sequences.ts";
import type { TransformerLayout, TransformerShape } from "./_transformer_layout.ts";
import type { Trace } from "./_transformer_trace.ts";

/** Added to a variance before its root, as PyTorch does. */
const EPSILON = 1e-5;

/** What outputs are read from: of each row the ranges of tokens whose means are taken. */
export interface Readout {
  /** Rows of means of each row of the batch. */
  units: number;
  /** Address of [rows * units, 2] (first, n) into the sequences' index. */
  ranges: number;
}

/** What passes work on. */
export interface TransformerPass {
  shape: TransformerShape;
  layout: TransformerLayout;
  causal: 0 | 1;
  /** Address of the flat weights. */
  weights: number;
  trace: Trace;
  /** The first token to be computed; those before are in the trace. */
  first: number;
  /** Tokens to be computed. */
  tokens: number;
  /** R */
  rows: number;
  placed: PlacedSequences;
}

/** Sequences in the heap, in one block. */
export interface PlacedSequences {
  pointer: number;
  embedded: number;
  index: number;
  groups: number;
  groupCount: number;
  longest: number;
  /** How each head reads. */
  readouts: readonly Readout[];
}

/** How a head reads a row: its whole sequence, its first token, or each behind the first. */
export type ReadoutKind = "sequence" | "first" | "positions";

/** Copies sequences into the heap, with what each head reads. */
export function placeSequences(
  { embedded, index, groups, longest, rows }: Sequences,
  kinds: readonly ReadoutKind[],
): PlacedSequences {
  const ranges = kinds.map((kind) => rangesOf(rows, kind));
  const all = [embedded, index, groups, ...ranges];
  const pointer = allocate(4 * all.reduce((sum, { length }) => sum + length, 0));
  let next = pointer;
  const [atEmbedded, atIndex, atGroups, ...atRanges] = all.map((words) => {
    const at = next;
    i32(at, words.length).set(words);
    next += 4 * words.length;
    return at;
  }) as [number, number, number, ...number[]];
  return {
    ...{ pointer, embedded: atEmbedded, index: atIndex, groups: atGroups, longest },
    groupCount: groups.length / 3,
    readouts: atRanges.map((at, h) => ({
      units: rows.length === 0 ? 1 : ranges[h]!.length / rows.length,
      ranges: at,
    })),
  };
}

function rangesOf(rows: Int32Array, kind: ReadoutKind): Int32Array {
  if (kind === "sequence") return rows;
  const out: number[] = [];
  for (let r = 0; r < rows.length; r += 2) {
    const first = rows[r]!;
    if (kind === "first") out.push(first, 1);
    else for (let i = 1; i < rows[r + 1]!; i++) out.push(first + i, 1);
  }
  return Int32Array.from(out);
}

/** Fills the trace and writes the outputs, [R, all heads' outputs] end to end. */
export function forwardPass(pass: TransformerPass, outputs: number): void {
  embed(pass);
  const { shape, layout, trace, placed, first, tokens, weights } = pass;
  const { width: D, heads } = shape, size = D / heads;
  const scratchBytes = attentionScratch(placed.longest, size);
  const scratch = allocate(ATTENTION_PARTS * scratchBytes);
  const branch = allocate(4 * D * tokens); // what is added to the residual
  let x = trace.x + 4 * D * first;
  for (const [l, { mixing, output, norm1, linear1, linear2, norm2 }] of layout.blocks.entries()) {
    const { qkv, mixed, stats, ...rest } = trace.blocks[l]!;
    const at = (buffer: number, width: number) => buffer + 4 * width * first;
    const y1 = at(rest.y1, D), y2 = at(rest.y2, D), P = 8 * linear1.panels;
    const hidden = at(rest.hidden, P);
    linear(weights, mixing, x, 4 * D, tokens, at(qkv, 3 * D));
    kernels.attention(
      ...[qkv, heads, size, placed.groups, placed.groupCount, placed.index] as const,
      ...[pass.causal, scratch, scratchBytes, mixed, stats, ...NO_BIAS] as const,
    );
    linear(weights, output, at(mixed, D), 4 * D, tokens, branch);
    kernels.addNorm(
      ...[x, branch, tokens, D, weights + 4 * norm1.gain, weights + 4 * norm1.bias] as const,
      ...[EPSILON, at(rest.normal1, D), at(rest.inverse1, 1), y1] as const,
    );
    linear(weights, linear1, y1, 4 * D, tokens, hidden, "relu");
    linear(weights, linear2, hidden, 4 * P, tokens, branch);
    kernels.addNorm(
      ...[y1, branch, tokens, D, weights + 4 * norm2.gain, weights + 4 * norm2.bias] as const,
      ...[EPSILON, at(rest.normal2, D), at(rest.inverse2, 1), y2] as const,
    );
    x = y2;
  }
  release(branch);
  release(scratch);
  writeOutputs(pass, outputs);
}

/** The rows of the last block's output that a head reads, [R * units, D]: a block to be released. */
export function readRows(pass: TransformerPass, { units, ranges }: Readout): number {
  const { shape: { width: D }, trace, placed, rows } = pass;
  const means = allocate(4 * D * rows * units);
  kernels.meanRows(lastOutput(trace), placed.index, ranges, rows * units, D, means);
  return means;
}

/** Address of what heads read. */
export function lastOutput({ x, blocks }: Trace): number {
  return blocks.at(-1)?.y2 ?? x;
}

function embed({ shape, trace, placed, first, tokens, weights }: TransformerPass): void {
  const D = shape.width, none = allocate(4 * D);
  f32(none, D).fill(0);
  kernels.gatherSum(placed.embedded, tokens, 2, weights, D, none, trace.x + 4 * D * first, 0);
  release(none);
}

function writeOutputs(pass: TransformerPass, outputs: number): void {
  const { shape: { width: D }, layout, weights, rows, placed } = pass;
  const total = layout.heads.reduce(
    (sum, { outputs }, h) => sum + outputs * placed.readouts[h]!.units,
    0,
  );
  let from = 0;
  for (const [h, head] of layout.heads.entries()) {
    const readout = placed.readouts[h]!, R = rows * readout.units, { panels, outputs: N } = head;
    const means = readRows(pass, readout), padded = allocate(32 * panels * R);
    linear(weights, head, means, 4 * D, R, padded);
    const width = N * readout.units;
    if (width === total) kernels.trimColumns(padded, R, N, outputs);
    else {
      const own = allocate(4 * R * N), values = f32(own, R * N);
      kernels.trimColumns(padded, R, N, own);
      for (let row = 0; row < rows; row++) {
        f32(outputs + 4 * (row * total + from), width)
          .set(values.subarray(row * width, (row + 1) * width));
      }
      release(own);
    }
    from += width;
    release(padded);
    release(means);
  }
}
