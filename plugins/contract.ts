/**
 * The environment contract: what a plugin's one file exports, whether it is built in or comes from a
 * stranger's URL. A plugin imports nothing at run time; it is typed by `import type` from `mod.ts`.
 *
 * A state is `stateWords` int32 words. Every method works in place on a typed array that may hold
 * many states: `at` is the index of the first word of the state meant. Nothing is allocated per step.
 *
 * A trajectory starts at the initial state and ends when it takes the stop action, or when it reaches
 * a state in which no forward action is allowed (an object that is full). Both endings may occur in
 * one environment.
 *
 * @module
 */
import type { OptionSpecs, OptionValues } from "../config/options.ts";
export type { OptionsOf, OptionSpec, OptionSpecs, OptionValues } from "../config/options.ts";

/** Version of this contract. A plugin names the version that it was written for. */
export const API_VERSION = 1;

/** The default export of a plugin. */
export interface EnvironmentPlugin {
  apiVersion: typeof API_VERSION;
  /** Short lower-case name, such as `hypergrid`. */
  name: string;
  /** One line for `gfn list`. */
  summary: string;
  /** Where the environment is defined: paper, section or repository. */
  source: string;
  /** The options `create` takes, as plain data: the host makes flags, help and a JSON Schema of it. */
  config: OptionSpecs;
  /**
   * A function outside that the reward needs: a docking program, a service. The program that embeds the
   * host gives it by this name; the plugin itself never calls out. Objects are shown to it by their `text`.
   */
  rewardHook?: RewardHookSpec;
  /** Makes the environment from validated options. */
  create(options: OptionValues, tools: EnvironmentTools): Environment | Promise<Environment>;
}

/** What a plugin says of the function outside that its reward needs. */
export interface RewardHookSpec {
  /** Short lower-case name, such as `dock`. */
  name: string;
  /** One line: the number wanted of an object. */
  help: string;
}

/** What the host hands in, so that a plugin needs no import. */
export interface EnvironmentTools {
  /** Ends with an error that names the plugin: options that are each valid may not fit together. */
  fail(message: string): never;
  /** A seeded stream of uniform numbers in [0, 1), for environments with a random instance. */
  random(seed: number): () => number;
  /** The text that UTF-8 bytes hold: data files come as bytes. */
  text(bytes: Uint8Array): string;
}

/** How a policy sees a state; each kind writes its own numbers. */
export type Observation =
  | CategoricalObservation
  | TokenObservation
  | GraphObservation
  | DenseObservation;

/** Independent fields, each one of `sizes[f]` values: grids, spins, bits. Read as one-hot, end to end. */
export interface CategoricalObservation {
  kind: "categorical";
  sizes: readonly number[];
  /** Writes one value in 0..sizes[f]-1 per field. */
  write(states: Int32Array, at: number, out: Int32Array, outAt: number): void;
}

/** A sequence of `length` tokens, each in 0..vocabulary-1, padding included. */
export interface TokenObservation {
  kind: "tokens";
  length: number;
  vocabulary: number;
  /** Writes `length` tokens. */
  write(states: Int32Array, at: number, out: Int32Array, outAt: number): void;
}

/**
 * A graph of at most `nodes` nodes. Its words are one per node slot (0 absent, else 1 + node type),
 * then one per pair (0 absent, else 1 + edge type): pairs (i, j), i < j, in row order, followed for
 * directed graphs by the pairs i > j in row order. Actions lie flat: `perGraph` of the whole graph, then
 * `perNode` of each slot, then `perPair` of each pair.
 *
 * A graph network (`policy.network = graph`) knows a node by its type and its edges alone: where slots are
 * not alike, as variables or the order in which nodes came, types have to say so.
 */
export interface GraphObservation {
  kind: "graph";
  nodes: number;
  nodeTypes: number;
  edgeTypes: number;
  directed: boolean;
  /**
   * The type that edge type t is when its ends are swapped, one entry per edge type: for undirected
   * edges whose ends differ, such as bonds between numbered stems. Without it every type is its own. With
   * it, and as many actions per pair as edge types, action k is about type k as the lower slot sees it.
   */
  reversed?: readonly number[];
  /** Of the forward actions. */
  layout: ActionLayout;
  /** Of the backward actions. Without it all of them are read from the graph as a whole. */
  backwardLayout?: ActionLayout;
  /** Writes nodes + pairs words. */
  write(states: Int32Array, at: number, out: Int32Array, outAt: number): void;
}

/** How many actions belong to the whole graph, to each node slot and to each pair of slots. */
export interface ActionLayout {
  perGraph: number;
  perNode: number;
  perPair: number;
}

/** Plain features, where none of the other kinds fits. */
export interface DenseObservation {
  kind: "dense";
  size: number;
  /** Writes `size` numbers. */
  write(states: Int32Array, at: number, out: Float32Array, outAt: number): void;
}

/** A deterministic environment: a directed acyclic graph of states with a reward at its ends. */
export interface Environment {
  /** W, int32 words in a state. */
  readonly stateWords: number;
  /** A, forward actions, the stop action included. */
  readonly forwardActions: number;
  /** B, backward actions. Undoing a stop is not one of them: its log P_B is 0. */
  readonly backwardActions: number;
  /** The forward action that ends a trajectory, or null where objects end by being full. */
  readonly stopAction: number | null;
  /** Most forward actions in a trajectory, the stop included. */
  readonly maxTrajectory: number;
  readonly observation: Observation;

  /** Writes s_0. */
  initial(states: Int32Array, at: number): void;
  /** s_t becomes s_{t+1}. Only called with an allowed action that is not the stop action. */
  step(states: Int32Array, at: number, action: number): void;
  /** s_{t+1} becomes s_t. Only called with an allowed backward action. */
  unstep(states: Int32Array, at: number, backwardAction: number): void;
  /** Writes A bytes, 1 where the action is allowed. No byte set means: the object is full. */
  forwardMask(states: Int32Array, at: number, mask: Uint8Array, maskAt: number): void;
  /** Writes B bytes, 1 where the backward action is allowed. No byte set at s_0 alone. */
  backwardMask(states: Int32Array, at: number, mask: Uint8Array, maskAt: number): void;
  /** The backward action that undoes `action`, which is about to be taken in the state given. */
  backwardOf(states: Int32Array, at: number, action: number): number;
  /** The forward action that redoes `backwardAction`, which is about to be taken in the state given. */
  forwardOf(states: Int32Array, at: number, backwardAction: number): number;
  /**
   * Writes log R(x), in nats, of `count` terminating states laid end to end. May be slow. `answers` holds
   * what the plugin's `rewardHook` said of each of them, and is given where there is one.
   */
  logReward(
    states: Int32Array,
    count: number,
    out: Float64Array,
    answers?: Float64Array,
  ): void | Promise<void>;

  /** Ability: all states can be listed, so that metrics are exact. */
  readonly enumeration?: Enumeration;
  /**
   * Ability: log R~ of any state, complete or not, for forward-looking objectives. Arguments as `logReward`.
   * It is had only where log R~ is finite in every state: no -Infinity.
   */
  partialLogReward?(states: Int32Array, count: number, out: Float64Array): void | Promise<void>;
  /**
   * Ability, where several states are one object, such as a graph whose nodes have numbers: of each of `count`
   * terminating states the log of how many terminating states are the same object, itself included. All of
   * them have the same reward. A run then chooses by `reward.over` what its target is over. Arguments as
   * `logReward`.
   */
  logCopies?(states: Int32Array, count: number, out: Float64Array): void | Promise<void>;
  /** Ability: whether a terminating state is one of the modes that the benchmark counts. */
  isMode?(states: Int32Array, at: number): boolean;
  /**
   * Ability, where several objects stand for one mode: the numbers, from 0, of the modes that an object
   * counts for. Without it every object that `isMode` is a mode of its own.
   */
  modesOf?(states: Int32Array, at: number): readonly number[];
  /** Ability: what the object is made of, as a set of features, which tells how alike two objects are. */
  readonly fingerprint?: Fingerprint;
  /** Ability: the object as a directed graph, so that it can be said how probable its features are. */
  readonly digraph?: Digraph;
  /** Ability: the object in words a person reads, on one line. */
  text?(states: Int32Array, at: number): string;
  /** Ability: the object drawn, as one SVG element. */
  drawing?(states: Int32Array, at: number): string;
}

/**
 * Objects as sets of features. Two are as alike as the share of features that both have among those that
 * one of them has (Tanimoto), 0 to 1.
 */
export interface Fingerprint {
  /** int32 words that the bits of a set take. */
  readonly words: number;
  /**
   * Modes count while they are less alike than this to each that was counted before; null counts every
   * one. Only with `isMode`, and without `modesOf`.
   */
  readonly apart: number | null;
  /** Writes the words of a terminating state. */
  write(states: Int32Array, at: number, out: Int32Array, outAt: number): void;
}

/**
 * Objects as directed graphs over the same nodes, whatever a policy sees of them. `gfn eval` then gives the
 * probability of each edge, of a path between two nodes, and of being in a node's Markov blanket.
 */
export interface Digraph {
  /** n names of nodes, all different. */
  readonly names: readonly string[];
  /** Writes n * n bytes of a terminating state, row by row: at (i, j) 1 where it has the edge i -> j, else 0. */
  write(states: Int32Array, at: number, out: Uint8Array, outAt: number): void;
}

/** A numbering of all states in topological order: s_0 is 0 and every move leads to a higher index. */
export interface Enumeration {
  /** Number of states, terminating or not. */
  readonly size: number;
  /** The index of a state. */
  index(states: Int32Array, at: number): number;
  /** Writes the state of an index. */
  state(index: number, states: Int32Array, at: number): void;
}
