/**
 * Several estimators as heads of one network: hidden layers are shared, each estimator reads columns of
 * its own of the last layer.
 *
 * @module
 */
import { tf } from "../tensor/backend.ts";
import type { Network, NetworkMemory, ObservationRows, Parameter } from "./network.ts";

/**
 * The heads of a trunk, first to last. Their weights are the trunk's one variable; the first head owns it,
 * and the memory with it.
 *
 * @param trunk whose outputs are those of all heads end to end
 * @param sizes outputs of each head
 */
export function splitHeads(trunk: Network, sizes: readonly number[]): Network[] {
  const shared = new SharedTrunk(trunk);
  let from = 0;
  return sizes.map((size) => new Head(shared, (from += size) - size, size));
}

/** A trunk that runs once for all heads which are asked for the same rows under one gradient. */
class SharedTrunk {
  readonly network: Network;
  #last: { input: ObservationRows; value: tf.Tensor2D } | null = null;

  constructor(network: Network) {
    this.network = network;
  }

  apply(input: ObservationRows): tf.Tensor2D {
    const last = this.#last;
    // Whoever takes a gradient disposes of what it was taken of: a value that lives is of this one.
    if (last?.input === input && !last.value.isDisposed) return last.value;
    const value = this.network.apply(input);
    this.#last = { input, value };
    return value;
  }

  touch(): void {
    this.#last = null;
    this.network.touch();
  }
}

class Head implements Network {
  readonly outputs: number;
  readonly #shared: SharedTrunk;
  readonly #from: number;

  constructor(shared: SharedTrunk, from: number, outputs: number) {
    this.#shared = shared;
    this.#from = from;
    this.outputs = outputs;
  }

  get weights(): tf.Variable {
    return this.#trunk.weights;
  }

  get memory(): NetworkMemory {
    return this.#trunk.memory;
  }

  forward(input: ObservationRows): Float32Array {
    const { rows } = input, all = this.#trunk.forward(input), width = this.#trunk.outputs;
    const out = new Float32Array(rows * this.outputs);
    for (let row = 0; row < rows; row++) {
      const from = row * width + this.#from;
      out.set(all.subarray(from, from + this.outputs), row * this.outputs);
    }
    return out;
  }

  record(): void {
    this.#trunk.record();
  }

  keep(input: ObservationRows, places: Int32Array): void {
    this.#trunk.keep(input, places);
  }

  apply(input: ObservationRows): tf.Tensor2D {
    return tf.slice(this.#shared.apply(input), [0, this.#from], [input.rows, this.outputs]);
  }

  touch(): void {
    this.#shared.touch();
  }

  /** The trunk's, other heads' rows of the last layer among them: they are one network's weights. */
  parameters(): Parameter[] {
    return this.#trunk.parameters();
  }

  load(parameters: readonly Parameter[]): void {
    this.#trunk.load(parameters);
  }

  dispose(): void {
    if (this.#from === 0) this.#trunk.dispose();
  }

  get #trunk(): Network {
    return this.#shared.network;
  }
}
