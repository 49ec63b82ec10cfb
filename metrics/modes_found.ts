/**
 * Which of an environment's modes have been seen.
 *
 * @module
 */
import type { Environment } from "../plugins/contract.ts";
import { fingerprintOf, tanimoto } from "./fingerprints.ts";

/** Most modes that are told apart: some tens of megabytes as numbers, a few times that as words. */
export const MOST_MODES = 2 ** 20;

/**
 * Different modes seen so far, by the numbers that `modesOf` gives, or each object that is one, or, where
 * a fingerprint tells modes apart, each that is less alike than `apart` to all that were counted before
 * it, which depends on the order in which objects are seen. From {@linkcode MOST_MODES} on, those that
 * were not seen before are not counted.
 */
export class ModesFound {
  readonly #environment: Environment;
  /** Numbers of modes, indices of states, or, where there are none, words of states between spaces. */
  readonly #seen = new Set<number | string>();
  /** Fingerprints of the states in `#seen`, where these tell modes apart. */
  #fingerprints: Int32Array[] = [];
  readonly #most: number;

  constructor(environment: Environment, most = MOST_MODES) {
    this.#environment = environment;
    this.#most = most;
  }

  /** Whether the environment knows its modes at all. */
  get areKnown(): boolean {
    return this.#environment.isMode !== undefined;
  }

  /** Different modes; a lower bound once it is the most that are told apart. */
  get count(): number {
    return this.#seen.size;
  }

  /** Takes note of an object. Returns whether it is a mode. */
  see(states: Int32Array, at: number): boolean {
    const environment = this.#environment;
    if (!environment.isMode?.(states, at)) return false;
    if (environment.modesOf) {
      for (const mode of environment.modesOf(states, at)) this.#note(mode);
    } else this.#noteState(states, at);
    return true;
  }

  /** What was seen, as numbers: those of modes, or states end to end. */
  contents(): Float64Array {
    const { modesOf, enumeration, stateWords: W } = this.#environment;
    if (modesOf) return Float64Array.from(this.#seen, Number);
    const out = new Float64Array(this.#seen.size * W), state = new Int32Array(W);
    let at = 0;
    for (const key of this.#seen) {
      if (typeof key === "number") enumeration!.state(key, state, 0);
      out.set(typeof key === "number" ? state : key.split(" ").map(Number), at);
      at += W;
    }
    return out;
  }

  /** Has seen what {@linkcode contents} gave, and nothing else. */
  refill(contents: Float64Array): void {
    const { modesOf, stateWords: W } = this.#environment;
    this.#seen.clear();
    this.#fingerprints = [];
    if (modesOf) { for (const mode of contents) this.#note(mode); }
    else {
      const states = Int32Array.from(contents);
      for (let at = 0; at < states.length; at += W) this.#noteState(states, at);
    }
  }

  #noteState(states: Int32Array, at: number): void {
    const key = this.#keyOf(states, at), apart = this.#environment.fingerprint?.apart ?? null;
    if (apart === null) return this.#note(key);
    if (this.#seen.has(key) || this.#seen.size >= this.#most) return;
    const print = fingerprintOf(this.#environment, states, at);
    if (this.#fingerprints.some((one) => tanimoto(one, print) >= apart)) return;
    this.#fingerprints.push(print);
    this.#note(key);
  }

  #keyOf(states: Int32Array, at: number): number | string {
    const { enumeration, stateWords: W } = this.#environment;
    return enumeration ? enumeration.index(states, at) : states.subarray(at, at + W).join(" ");
  }

  #note(key: number | string): void {
    if (this.#seen.size < this.#most || this.#seen.has(key)) this.#seen.add(key);
  }
}
