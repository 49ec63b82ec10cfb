/**
 * What a network computed off the tape and may take up again on it: the traces of some calls, and the place
 * of each of their rows in one batch.
 *
 * @module
 */
import { allocate, i32, release } from "../tensor/heap.ts";
import type { ObservationRows } from "./network.ts";

/** A trace of some rows of a larger batch, with their outputs. */
export interface TracePart {
  rows: number;
  /** Address of the trace. */
  trace: number;
  /** Address of the outputs, [rows, N] laid end to end. */
  outputs: number;
}

/** Traces of the calls since a recording began. */
export class Recording<Part extends TracePart = TracePart> {
  readonly #parts: Part[] = [];
  #batch: { values: ArrayBufferLike; rows: number; weights: object; places: Int32Array } | null =
    null;

  /** Whether calls are still being recorded. */
  get isOpen(): boolean {
    return this.#batch === null;
  }

  /** Takes over the blocks of a call. */
  add(part: Part): void {
    this.#parts.push(part);
  }

  /** Ends the recording: row i of it is row `places[i]` of `input`, computed by these weights. */
  close({ rows, values }: ObservationRows, places: Int32Array, weights: object): void {
    this.#batch = { values: values.buffer, rows, weights, places };
  }

  /** Whether the recorded rows are those of `input` under the weights given. */
  holds({ rows, values }: ObservationRows, weights: object): boolean {
    const batch = this.#batch;
    return batch !== null && batch.values === values.buffer && values.byteOffset === 0 &&
      batch.rows === rows && batch.weights === weights && batch.places.length === rows;
  }

  /**
   * Has every part copied to its place in the whole batch.
   *
   * @param copy gets a part, the rows of the batch that its rows are, and the address of these int32
   */
  copy(copy: (part: Part, places: Int32Array, index: number) => void): void {
    const { places } = this.#batch!;
    const index = allocate(4 * places.length);
    i32(index, places.length).set(places);
    let first = 0;
    for (const part of this.#parts) {
      copy(part, places.subarray(first, first + part.rows), index + 4 * first);
      first += part.rows;
    }
    release(index);
  }

  /** Gives the memory back. */
  dispose(): void {
    for (const { trace, outputs } of this.#parts) {
      release(trace);
      release(outputs);
    }
    this.#parts.length = 0;
  }
}
