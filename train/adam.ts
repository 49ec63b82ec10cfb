/**
 * Adam (Kingma and Ba 2015, arXiv:1412.6980) with the gradient's norm clipped, both as PyTorch
 * computes them.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { pointerOf, type tf } from "../tensor/backend.ts";
import { allocate, f32, release } from "../tensor/heap.ts";
import { kernels } from "../tensor/kernels/kernels.ts";

/** Settings of Adam. */
export interface AdamOptions {
  /** Learning rate of groups that name none. */
  lr: number;
  /** Decay of the first moment; 0.9 unless given. */
  beta1?: number;
  /** Decay of the second moment; 0.999 unless given. */
  beta2?: number;
  /** Added to the root of the second moment; 1e-8 unless given. */
  epsilon?: number;
}

/** A variable to move. */
export interface AdamGroup {
  variable: tf.Variable;
  /** Of the variable's size. */
  gradient: tf.Tensor;
  lr?: number;
  /** Decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101); 0 unless given. */
  decay?: number;
}

/** What Adam remembers of one variable. */
export interface AdamState {
  /** Steps taken. */
  step: number;
  /** First moment, of the variable's size. */
  m: Float32Array;
  /** Second moment, of the variable's size. */
  v: Float32Array;
}

/** The same in our memory. */
interface Moments {
  step: number;
  size: number;
  /** Addresses. */
  m: number;
  v: number;
}

/** Added to the norm that divides, as PyTorch's clip_grad_norm_ does. */
const CLIP_EPSILON = 1e-6;

/** An optimiser. Each variable has its own step count and moments, by its name. */
export class Adam {
  readonly #options: Required<AdamOptions>;
  readonly #moments = new Map<string, Moments>();

  constructor({ lr, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions) {
    this.#options = { lr, beta1, beta2, epsilon };
  }

  /**
   * Moves every variable, in place: x *= 1 - lr decay, then x -= lr/(1 - b1^t) m / (sqrt(v)/sqrt(1 - b2^t)
   * + epsilon), after the gradients of all groups are scaled by min(1, clipNorm / (norm + 1e-6)).
   *
   * @param clipNorm largest 2-norm of all gradients together, or null
   * @returns that norm before clipping
   * @throws {GfnError} `E_SHAPE` when a gradient is not of its variable's size
   */
  step(groups: readonly AdamGroup[], clipNorm: number | null): number {
    const { lr: sharedLr, beta1, beta2, epsilon } = this.#options;
    let squares = 0;
    for (const { variable, gradient } of groups) {
      requireSize(variable.name, "entries of its gradient", gradient.size, variable.size);
      squares += kernels.sumOfSquares(pointerOf(gradient), gradient.size);
    }
    const norm = Math.sqrt(squares);
    const scale = clipNorm === null ? 1 : Math.min(1, clipNorm / (norm + CLIP_EPSILON));
    for (const { variable, gradient, lr = sharedLr, decay = 0 } of groups) {
      if (decay > 0) shrink(variable, 1 - lr * decay);
      const moments = this.#momentsOf(variable);
      const t = ++moments.step;
      kernels.adam(
        pointerOf(variable),
        pointerOf(gradient),
        moments.m,
        moments.v,
        variable.size,
        scale,
        beta1,
        beta2,
        lr / (1 - beta1 ** t),
        Math.sqrt(1 - beta2 ** t),
        epsilon,
      );
    }
    return norm;
  }

  /** A copy of what is remembered, by variable name. */
  state(): Record<string, AdamState> {
    return Object.fromEntries(
      Array.from(this.#moments, ([name, { step, size, m, v }]) => [
        name,
        { step, m: f32(m, size).slice(), v: f32(v, size).slice() },
      ]),
    );
  }

  /** Takes up where {@linkcode state} was taken; forgets everything else. */
  restore(state: Readonly<Record<string, AdamState>>): void {
    this.dispose();
    for (const [name, { step, m, v }] of Object.entries(state)) {
      requireSize(name, "entries of its second moment", v.length, m.length);
      const moments = this.#remember(name, m.length, step);
      f32(moments.m, m.length).set(m);
      f32(moments.v, v.length).set(v);
    }
  }

  /** Gives the memory back and forgets everything. */
  dispose(): void {
    for (const { m, v } of this.#moments.values()) {
      release(m);
      release(v);
    }
    this.#moments.clear();
  }

  #momentsOf({ name, size }: tf.Variable): Moments {
    const known = this.#moments.get(name);
    if (known) {
      requireSize(name, "entries of its moments", known.size, size);
      return known;
    }
    const moments = this.#remember(name, size, 0);
    f32(moments.m, size).fill(0);
    f32(moments.v, size).fill(0);
    return moments;
  }

  #remember(name: string, size: number, step: number): Moments {
    const moments = { step, size, m: allocate(4 * size), v: allocate(4 * size) };
    this.#moments.set(name, moments);
    return moments;
  }
}

function shrink(variable: tf.Variable, factor: number): void {
  const x = f32(pointerOf(variable), variable.size);
  for (let i = 0; i < x.length; i++) x[i]! *= factor;
}

function requireSize(name: string, what: string, found: number, want: number): void {
  if (found === want) return;
  throw usageError(
    "E_SHAPE",
    `Cannot move the variable "${name}": found ${found} ${what}, want ${want}`,
  );
}
