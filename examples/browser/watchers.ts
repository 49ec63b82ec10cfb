/**
 * What the page is shown of a run, made from what training shows to who watches it.
 *
 * @module
 */
import { divergences, logPartition, visits } from "../../metrics/exact.ts";
import type { StateGraph } from "../../metrics/state_graph.ts";
import { Tables } from "../../metrics/tables.ts";
import type { Batch } from "../../rollout/batch.ts";
import { terminatingStates } from "../../rollout/batch.ts";
import type { Estimators } from "../../train/estimators.ts";
import { exactLogPf } from "../../train/evaluate.ts";
import type { TrainingView } from "../../train/train.ts";
import { latticeTarget } from "./lattice_target.ts";
import type { Learned, Target, Trajectories } from "./messages.ts";

/** Looks at the runs of one environment. */
export interface Watcher {
  /** Total variations come from the run's own evaluations, or from what it sampled. */
  readonly measured: "evaluations" | "samples";
  target(): Target;
  /** Called after every step. */
  see(view: TrainingView): void;
  /** Called for a frame: what has been learned, and its total variation; null while nothing was sampled. */
  look(view: TrainingView): { learned: Learned; tv: number | null };
  /** The states of trajectories as the page draws them. */
  drawn(batch: Batch): Pick<Trajectories, "start" | "states">;
}

/** Samples that a histogram is made of: the last so many. */
const WINDOW = 2048;

/** Looks at a grid of two dimensions, all of whose states are known. */
export function gridWatcher(graph: StateGraph, side: number): Watcher {
  const logZ = logPartition(graph), tables = new Tables();
  const p = graph.logReward.map((logR) => Math.exp(logR - logZ));
  return {
    measured: "evaluations",
    target: () => ({ kind: "grid", side, logZ, p }),
    see() {},
    look({ estimators }) {
      const q = visits(graph, exactLogPf(graph, estimators.policy), tables).terminating.slice();
      return { learned: { kind: "grid", q }, tv: divergences(p, q).tv };
    },
    drawn({ start, states, next }) {
      const own: number[] = [], starts = [0];
      for (let i = 0; i + 1 < start.length; i++) {
        for (let k = start[i]!; k < start[i + 1]!; k++) own.push(cell(states, k, side));
        // An exit leaves the last state; a full object would be a row of its own.
        const last = next[start[i + 1]! - 1]!;
        if (last >= 0) own.push(cell(states, last, side));
        starts.push(own.length);
      }
      return { start: starts, states: Int32Array.from(own) };
    },
  };
}

function cell(states: Int32Array, row: number, side: number): number {
  return states[2 * row]! * side + states[2 * row + 1]!;
}

/** Looks at a lattice of spins: by what was sampled last, and exactly where its states are listed. */
export function latticeWatcher(
  graph: StateGraph | null,
  side: number,
  coupling: number,
): Watcher {
  const target = latticeTarget(side, coupling), spins = side * side;
  const up = new Window(spins + 1), equal = new Window(2 * spins + 1);
  const tables = new Tables();
  const p = graph?.logReward.map((logR) => Math.exp(logR - target.logZ));
  return {
    measured: graph ? "evaluations" : "samples",
    target: () => ({
      ...{ kind: "lattice", side, ...target },
      measured: graph ? "all states" : "numbers of spins up",
    }),
    see({ batch }) {
      const ends = batch ? terminatingStates(batch) : new Int32Array();
      for (let at = 0; at < ends.length; at += spins) {
        const counts = countsOf(ends.subarray(at, at + spins), side);
        up.add(counts.up);
        equal.add(counts.equal);
      }
    },
    look({ estimators }) {
      const learned: Learned = {
        ...{ kind: "lattice", up: up.shares(), equal: equal.shares() },
        samples: up.held,
      };
      return {
        learned,
        tv: graph
          ? divergences(p!, visits(graph, exactLogPf(graph, estimators.policy), tables).terminating)
            .tv
          : up.held > 0
          ? divergences(target.up, learned.up).tv
          : null,
      };
    },
    drawn: (batch) => ({
      start: Array.from(batch.start, (_, i) => i),
      states: terminatingStates(batch),
    }),
  };
}

/** Spins that are up, and pairs of neighbours that are equal, on a torus. */
function countsOf(words: Int32Array, side: number): { up: number; equal: number } {
  let up = 0, equal = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const own = words[y * side + x]!;
      if (own === 2) up++;
      if (own === words[y * side + (x + 1) % side]) equal++;
      if (own === words[(y + 1) % side * side + x]) equal++;
    }
  }
  return { up, equal };
}

/** How often each of some values came among the last {@linkcode WINDOW}. */
class Window {
  readonly #last = new Int32Array(WINDOW);
  readonly #counts: Float64Array;
  #seen = 0;

  constructor(values: number) {
    this.#counts = new Float64Array(values);
  }

  get held(): number {
    return Math.min(this.#seen, WINDOW);
  }

  add(value: number): void {
    const place = this.#seen++ % WINDOW;
    if (this.#seen > WINDOW) this.#counts[this.#last[place]!]!--;
    this.#last[place] = value;
    this.#counts[value]!++;
  }

  /** Shares of the values; all 0 before the first. */
  shares(): Float64Array {
    return this.#counts.map((count) => count / Math.max(1, this.held));
  }
}

/** [N] log R + sum log P_B - sum log P_F of each trajectory, nats. */
export function scores(estimators: Estimators, batch: Batch): Float64Array {
  const numbers = estimators.numbers(batch), logPf = numbers.logPf(), logPb = numbers.logPb();
  return batch.logReward.map((logR, i) => {
    let score = logR;
    for (let k = batch.start[i]!; k < batch.start[i + 1]!; k++) score += logPb[k]! - logPf[k]!;
    return score;
  });
}
