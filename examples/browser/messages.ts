/**
 * What the page and the worker of a run say to each other.
 *
 * @module
 */
import type { SettingsTree } from "../../config/overrides.ts";

/** What the page says. */
export type ToWorker =
  | Start
  | { type: "pause" }
  | { type: "go on" };

/** First message: what to train. */
export interface Start {
  type: "start";
  /** The run's settings, unchecked. */
  tree: SettingsTree;
  /** Cores that it may use. */
  cores: number;
  /** Milliseconds between two frames. */
  pace: number;
  /** How many events, from the first on, are wanted word for word. */
  lines: number;
}

/** What the worker says. */
export type FromWorker =
  | { type: "begun"; target: Target; threads: number; config: object }
  | { type: "frame"; frame: Frame }
  | { type: "line"; line: string }
  | { type: "ended"; curve: number[] }
  | { type: "failed"; message: string };

/** What is to be learned, exactly. */
export type Target =
  & {
    /** log of the sum of all rewards, nats. */
    logZ: number;
    side: number;
  }
  & ({
    kind: "grid";
    /** [side * side] probability of a cell, the first coordinate by rows. */
    p: Float64Array;
  } | {
    kind: "lattice";
    /** [side * side + 1] probability of the number of spins that are up. */
    up: Float64Array;
    /** [2 side * side + 1] probability of the number of neighbours that are equal. */
    equal: Float64Array;
    /** Of what the total variation on the page is. */
    measured: "all states" | "numbers of spins up";
  });

/** How a run stands. */
export interface Frame {
  step: number;
  trajectories: number;
  /** Milliseconds of an iteration, over the last second or so; null before the first. */
  milliseconds: number | null;
  /** Total variation between learned and target; null while nothing was sampled. */
  tv: number | null;
  /** Points of the curve since the last frame: trajectories and total variation by turns. */
  curve: number[];
  /** What the run believes log Z to be, nats; null where nothing says. */
  logZ: number | null;
  learned: Learned;
  /** Trajectories of the last batch. */
  last: Trajectories | null;
}

/** What has been learned: exactly on a grid, and from the last trajectories on a lattice. */
export type Learned =
  | { kind: "grid"; q: Float64Array }
  | { kind: "lattice"; up: Float64Array; equal: Float64Array; samples: number };

/** Trajectories, end to end. */
export interface Trajectories {
  /** [N + 1] the states of trajectory i are start[i] .. start[i + 1] - 1. */
  start: number[];
  /** States: on a grid the number of a cell, on a lattice the object alone, L * L words. */
  states: Int32Array;
  /** [N] log R + sum log P_B - sum log P_F, nats: equal to log Z wherever a sampler is exact. */
  score: Float64Array;
}
