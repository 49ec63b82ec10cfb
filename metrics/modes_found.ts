/**
 * Which of an environment's modes have been seen.
 *
 * @module
 */
import type { Environment } from "../plugins/contract.ts";

/** Different modes seen so far, by the numbers that `modesOf` gives, or each object that is one. */
export class ModesFound {
  readonly #environment: Environment;
  /** Numbers of modes, or words of states between spaces. */
  readonly #seen = new Set<number | string>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Whether the environment knows its modes at all. */
  get areKnown(): boolean {
    return this.#environment.isMode !== undefined;
  }

  /** Different modes. */
  get count(): number {
    return this.#seen.size;
  }

  /** Takes note of an object. Returns whether it is a mode. */
  see(states: Int32Array, at: number): boolean {
    const { isMode, modesOf, stateWords } = this.#environment;
    if (!isMode || !this.#environment.isMode!(states, at)) return false;
    if (modesOf) {
      for (const mode of this.#environment.modesOf!(states, at)) this.#seen.add(mode);
    } else this.#seen.add(states.subarray(at, at + stateWords).join(" "));
    return true;
  }

  /** What was seen, as numbers: those of modes, or states end to end. */
  contents(): Float64Array {
    return Float64Array.from(
      [...this.#seen].flatMap((one) =>
        typeof one === "number" ? [one] : one.split(" ").map(Number)
      ),
    );
  }

  /** Has seen what {@linkcode contents} gave, and nothing else. */
  refill(contents: Float64Array): void {
    const { modesOf, stateWords } = this.#environment;
    this.#seen.clear();
    if (modesOf) { for (const mode of contents) this.#seen.add(mode); }
    else {
      for (let at = 0; at < contents.length; at += stateWords) {
        this.#seen.add(contents.subarray(at, at + stateWords).join(" "));
      }
    }
  }
}
