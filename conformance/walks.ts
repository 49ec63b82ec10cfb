/**
 * Random walks through an environment, every allowed action equally likely: the examples that laws are
 * tried on.
 *
 * @module
 */
import type { HostedEnvironment } from "../plugins/open.ts";
import { RandomStream } from "../tensor/random.ts";
import { Broken } from "./_want.ts";

/** A step of a walk: in this state, this action is taken; the stop action and a full object end it. */
export interface Visit {
  state: Int32Array;
  /** Allowed forward actions. */
  allowed: number[];
  /** The one taken; null where the object is full. */
  action: number | null;
}

/** Walks from s_0, made when first asked for and kept. */
export class Walks {
  readonly #environment: HostedEnvironment;
  readonly #seed: number;
  readonly #count: number;
  #walks: Visit[][] | null = null;

  constructor(environment: HostedEnvironment, seed: number, count: number) {
    this.#environment = environment;
    this.#seed = seed;
    this.#count = count;
  }

  /**
   * All walks.
   *
   * @throws {Broken} when one takes more actions than the environment declares
   */
  get all(): Visit[][] {
    if (this.#walks) return this.#walks;
    const random = RandomStream.of(this.#seed, "conformance walks");
    return this.#walks = Array.from({ length: this.#count }, () => walk(this.#environment, random));
  }

  /** Every visit of every walk. */
  get visits(): Visit[] {
    return this.all.flat();
  }

  /** The states in which walks ended. */
  get ends(): Int32Array[] {
    return this.all.map((walk) => walk.at(-1)!.state);
  }
}

/** Allowed forward actions of a state. */
export function allowedActions(environment: HostedEnvironment, state: Int32Array): number[] {
  const mask = new Uint8Array(environment.forwardActions);
  environment.forwardMask(state, 0, mask, 0);
  return indices(mask);
}

/** Allowed backward actions of a state. */
export function allowedBackward(environment: HostedEnvironment, state: Int32Array): number[] {
  const mask = new Uint8Array(environment.backwardActions);
  environment.backwardMask(state, 0, mask, 0);
  return indices(mask);
}

/** s_0 */
export function initialState(environment: HostedEnvironment): Int32Array {
  const state = new Int32Array(environment.stateWords);
  environment.initial(state, 0);
  return state;
}

/** The state after an action. */
export function after(
  environment: HostedEnvironment,
  state: Int32Array,
  action: number,
): Int32Array {
  const next = state.slice();
  environment.step(next, 0, action);
  return next;
}

/** The state before a backward action. */
export function before(
  environment: HostedEnvironment,
  state: Int32Array,
  action: number,
): Int32Array {
  const parent = state.slice();
  environment.unstep(parent, 0, action);
  return parent;
}

/** A state as its words. */
export function shown(state: Int32Array): string {
  const words = state.length > 40 ? `${state.subarray(0, 40).join(" ")} …` : state.join(" ");
  return `[${words}]`;
}

function walk(environment: HostedEnvironment, random: RandomStream): Visit[] {
  const { stopAction, maxTrajectory } = environment, visits: Visit[] = [];
  let state = initialState(environment);
  for (let taken = 0;; taken++) {
    const allowed = allowedActions(environment, state);
    const action = allowed.length === 0 ? null : allowed[random.integer(allowed.length)]!;
    visits.push({ state, allowed, action });
    if (action === null) return visits;
    if (taken === maxTrajectory) {
      throw new Broken(
        `after ${taken} actions, the most it declares, ${
          shown(state)
        } still allows action ${action}`,
      );
    }
    if (action === stopAction) return visits;
    state = after(environment, state, action);
  }
}

function indices(mask: Uint8Array): number[] {
  const out: number[] = [];
  mask.forEach((byte, i) => byte === 0 ? 0 : out.push(i));
  return out;
}
