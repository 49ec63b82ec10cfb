/**
 * What a network is to the rest of gfn: observations in, one row of numbers out, and one flat
 * trainable variable. Rollouts and exact metrics call {@linkcode Network.forward}, losses call
 * {@linkcode Network.apply}; both give the same numbers.
 *
 * @module
 */
import type { tf } from "../tensor/backend.ts";

/** R observations laid end to end: int32 field values, or float32 features for `dense`. */
export interface ObservationRows {
  /** R */
  rows: number;
  /** [R * width] */
  values: Int32Array | Float32Array;
}

/** One named tensor of a network's weights, in PyTorch's names and layout where PyTorch has them. */
export interface Parameter {
  /** Such as `blocks.0.attention.query.weight`; no two of a network are equal. */
  name: string;
  /** [N] or [N, K]; a linear map's weight is [outputs, inputs]. */
  shape: readonly number[];
  /** Row-major. */
  values: Float32Array;
}

/** Bytes of the engine's memory that a network takes while it is trained. */
export interface NetworkMemory {
  /** Its weights, and as much again for what is derived from them. */
  weights: number;
  /** One row of a batch on the tape, until its gradient has been taken. */
  row: number;
}

/** A trainable function from observations to rows of numbers. */
export interface Network {
  /** Numbers in a row of output. */
  readonly outputs: number;
  /**
   * All trainable numbers as one flat variable in the engine's memory. Its layout is the network's
   * own; {@linkcode parameters} and {@linkcode load} speak the field's.
   */
  readonly weights: tf.Variable;
  readonly memory: NetworkMemory;
  /** Off the tape: [R * outputs], a view that stays valid until the next call of this network. */
  forward(input: ObservationRows): Float32Array;
  /** From now on {@linkcode forward} remembers what it computed, until {@linkcode keep}. */
  record(): void;
  /**
   * Ends the recording: the i-th row of all that was recorded is row `places[i]` of `input`. Until the
   * weights change, {@linkcode apply} of this input takes these numbers up instead of computing them
   * again; they are the same bits.
   */
  keep(input: ObservationRows, places: Int32Array): void;
  /** On the tape, as one node whose gradient reaches {@linkcode weights}: [R, outputs]. */
  apply(input: ObservationRows): tf.Tensor2D;
  /** Says that `weights` changed in place, so that copies packed from them are made anew. */
  touch(): void;
  /** A copy of all that `weights` holds, by name and in a fixed order. */
  parameters(): Parameter[];
  /** Replaces all parameters, given in any order; throws when a name or a shape differs. */
  load(parameters: readonly Parameter[]): void;
  /** Gives the memory back; the network cannot be used afterwards. */
  dispose(): void;
}
