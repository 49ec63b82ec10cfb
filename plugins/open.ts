/**
 * Opening an environment: the host's side of the contract. What comes back from a plugin is checked
 * here once, and again wherever it could go wrong later; what of the reward belongs to the host is
 * applied for every environment (`hosted_reward.ts`).
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";
import { RandomStream } from "../tensor/random.ts";
import { hostedReward } from "./hosted_reward.ts";
import type { CacheCounts } from "./reward_cache.ts";
import { hookFor, type RewardHooks, withAnswers } from "./reward_hook.ts";
import {
  type ActionLayout,
  API_VERSION,
  type Environment,
  type EnvironmentPlugin,
  type EnvironmentTools,
  type Observation,
  type OptionValues,
} from "./contract.ts";

/** An environment that passed the door: named, and with the host's reward settings and hook applied. */
export interface HostedEnvironment extends Environment {
  /** The plugin's name, for errors and metrics. */
  readonly name: string;
  /** As the contract has it, but for the answers, which the host has got. */
  logReward(states: Int32Array, count: number, out: Float64Array): void | Promise<void>;
  /** What the target is over: with `objects` log R of a state is that of its object less `logCopies`. */
  readonly over: RewardOver;
  /** Of the rewards that are remembered, where they are: so far, in this process. */
  readonly rewardCache?: Readonly<CacheCounts>;
}

/** What each has a share of R / Z: every terminating state, or the states that are one object together. */
export type RewardOver = "states" | "objects";

/** The host's own settings of the reward: the target is max(R, min)^exponent. */
export interface RewardSettings {
  exponent: number;
  min: number | null;
  /** `states` unless given; `objects` is for environments with `logCopies`. */
  over?: RewardOver;
  /** Objects whose rewards are remembered; 0 or nothing asks again each time. */
  cache?: number;
}

/** The reward as the plugin gives it. */
export const PLAIN_REWARD: RewardSettings = { exponent: 1, min: null };

/** Numbers in one observation. */
export function observationWidth(observation: Observation): number {
  switch (observation.kind) {
    case "categorical":
      return observation.sizes.length;
    case "tokens":
      return observation.length;
    case "graph":
      return observation.nodes + graphPairs(observation);
    case "dense":
      return observation.size;
  }
}

/** Pairs of node slots that a graph observation holds. */
export function graphPairs(graph: { nodes: number; directed: boolean }): number {
  return graph.nodes * (graph.nodes - 1) / (graph.directed ? 1 : 2);
}

/**
 * Makes the environment of a plugin.
 *
 * @param plugin its default export
 * @param options validated against `plugin.config`
 * @param reward exponent and floor of the target
 * @param hooks functions that rewards may ask, by name
 * @throws {GfnError} `E_ENV_API` when the plugin is written for another contract, `E_ENV_SHAPE` when
 * what it made breaks the contract, `E_ENV_OPTIONS` when the plugin refuses the options, `E_HOOK` when
 * it asks for a hook that is not among `hooks`, `E_REWARD_OVER` when the target is to be over objects and
 * it has no `logCopies`
 */
export async function openEnvironment(
  plugin: EnvironmentPlugin,
  options: OptionValues,
  reward: RewardSettings = PLAIN_REWARD,
  hooks: RewardHooks = {},
): Promise<HostedEnvironment> {
  if (plugin.apiVersion !== API_VERSION) {
    throw failure(
      "E_ENV_API",
      `Cannot open environment "${plugin.name}": it is written for version ${plugin.apiVersion} of the contract, this host has version ${API_VERSION}`,
    );
  }
  const hook = hookFor(plugin, hooks);
  const environment = await plugin.create(options, toolsFor(plugin.name));
  checkShape(plugin.name, environment);
  if (hook && !environment.text) {
    throw failure(
      "E_ENV_SHAPE",
      `Cannot open environment "${plugin.name}": its rewardHook is shown objects by their text, found no text`,
    );
  }
  return host(
    plugin.name,
    hook ? withAnswers(environment, plugin.rewardHook!.name, hook) : environment,
    reward,
  );
}

function toolsFor(name: string): EnvironmentTools {
  return {
    fail(message) {
      throw usageError("E_ENV_OPTIONS", `Cannot open environment "${name}": ${message}`);
    },
    random(seed) {
      const stream = RandomStream.of(seed, `environment ${name}`);
      return () => stream.uniform();
    },
    text: (bytes) => new TextDecoder().decode(bytes),
  };
}

function checkShape(name: string, environment: Environment): void {
  function want(holds: boolean, what: string, found: unknown): void {
    if (holds) return;
    throw failure(
      "E_ENV_SHAPE",
      `Cannot open environment "${name}": ${what}, found ${JSON.stringify(found)}`,
    );
  }
  function wantCount(key: "stateWords" | "forwardActions" | "backwardActions" | "maxTrajectory") {
    const value = environment[key];
    want(
      Number.isInteger(value) && value >= 1,
      `${key} must be a whole number of at least 1`,
      value,
    );
  }
  wantCount("stateWords");
  wantCount("forwardActions");
  wantCount("backwardActions");
  wantCount("maxTrajectory");
  const { stopAction, forwardActions, backwardActions, observation, enumeration } = environment;
  const { fingerprint, digraph, isMode, modesOf } = environment;
  want(
    stopAction === null ||
      (Number.isInteger(stopAction) && stopAction >= 0 && stopAction < forwardActions),
    `stopAction must be null or an action in 0..${forwardActions - 1}`,
    stopAction,
  );
  const width = observationWidth(observation);
  want(
    Number.isInteger(width) && width >= 1,
    "observation must have a whole number of at least 1 numbers",
    width,
  );
  if (observation.kind === "categorical") {
    want(
      observation.sizes.every((size) => Number.isInteger(size) && size >= 1),
      "observation sizes must be whole numbers of at least 1",
      observation.sizes,
    );
  }
  if (observation.kind === "graph") {
    const { nodes, edgeTypes, layout, backwardLayout, reversed } = observation;
    const described = ({ perGraph, perNode, perPair }: ActionLayout) =>
      perGraph + perNode * nodes + perPair * graphPairs(observation);
    want(
      described(layout) === forwardActions,
      `observation.layout must describe all ${forwardActions} forward actions`,
      described(layout),
    );
    if (backwardLayout) {
      want(
        described(backwardLayout) === backwardActions,
        `observation.backwardLayout must describe all ${backwardActions} backward actions`,
        described(backwardLayout),
      );
    }
    if (reversed) {
      want(
        reversed.length === edgeTypes && reversed.every((type, t) => reversed[type] === t),
        `observation.reversed must name, for each of ${edgeTypes} edge types, the type whose reverse it is`,
        reversed,
      );
    }
  }
  if (fingerprint) {
    const { words, apart } = fingerprint;
    want(
      Number.isInteger(words) && words >= 1,
      "fingerprint.words must be a whole number of at least 1",
      words,
    );
    want(
      apart === null || (apart >= 0 && apart <= 1 && isMode !== undefined && !modesOf),
      "fingerprint.apart must be null, or from 0 to 1 beside isMode and without modesOf",
      apart,
    );
  }
  if (digraph) {
    const { names } = digraph;
    want(
      names.length >= 1 && new Set(names).size === names.length,
      "digraph.names must be at least one, all different",
      names,
    );
  }
  if (enumeration) {
    want(
      Number.isInteger(enumeration.size) && enumeration.size >= 1,
      "enumeration.size must be a whole number of at least 1",
      enumeration.size,
    );
  }
}

function host(name: string, environment: Environment, reward: RewardSettings): HostedEnvironment {
  const own: PropertyDescriptorMap = { name: { value: name, enumerable: true } };
  for (const [key, value] of Object.entries(hostedReward(name, environment, reward))) {
    own[key] = { value, enumerable: true };
  }
  // Own properties and prototype alike: a plugin may be written as a class.
  return Object.create(environment, own);
}
