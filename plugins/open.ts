/**
 * Opening an environment: the host's side of the contract. What comes back from a plugin is checked
 * here once, and again wherever it could go wrong later; the reward's exponent and floor, which belong
 * to the host, are applied here for every environment.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";
import { RandomStream } from "../tensor/random.ts";
import { type CacheCounts, RewardCache } from "./reward_cache.ts";
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
  /** Of the rewards that are remembered, where they are: so far, in this process. */
  readonly rewardCache?: Readonly<CacheCounts>;
}

/** The host's own settings of the reward: the target is max(R, min)^exponent. */
export interface RewardSettings {
  exponent: number;
  min: number | null;
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
 * it asks for a hook that is not among `hooks`
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

/** Whose numbers are looked at. */
type What = "log reward" | "partial log reward";

function host(name: string, environment: Environment, reward: RewardSettings): HostedEnvironment {
  const { exponent, cache: capacity = 0 } = reward;
  const cache = capacity > 0 ? new RewardCache(capacity) : null;
  const floor = reward.min === null ? -Infinity : Math.log(reward.min);

  function finish(states: Int32Array, count: number, out: Float64Array, what: What): void {
    for (let i = 0; i < count; i++) {
      const raw = out[i]!, floored = Math.max(raw, floor);
      // A difference of two partial rewards has no meaning where both are -Infinity.
      const isNumber = floored < Infinity && (what === "log reward" || floored > -Infinity);
      if (!isNumber) {
        const at = i * environment.stateWords;
        const state = states.subarray(at, at + environment.stateWords).join(" ");
        throw failure(
          "E_ENV_REWARD",
          `Cannot use ${what} of environment "${name}": found ${raw} at the state [${state}], want a finite number${
            what === "log reward" ? " or -Infinity" : ""
          }`,
        );
      }
      out[i] = exponent * floored;
    }
  }
  function withReward(
    give: NonNullable<Environment["partialLogReward"]>,
    what: What,
  ): NonNullable<Environment["partialLogReward"]> {
    return (states, count, out) => {
      out.fill(NaN, 0, count); // so that an entry the plugin leaves out is found
      const slow = give(states, count, out);
      if (slow) return slow.then(() => finish(states, count, out, what));
      finish(states, count, out, what);
    };
  }

  // Own properties and prototype alike: a plugin may be written as a class.
  const plain: Environment["logReward"] = (s, n, out) => environment.logReward(s, n, out);
  const logReward = cache ? cache.around(environment, plain) : plain;
  const hosted: HostedEnvironment = Object.create(environment, {
    name: { value: name, enumerable: true },
    logReward: { value: withReward(logReward, "log reward"), enumerable: true },
    ...(cache && { rewardCache: { value: cache.counts, enumerable: true } }),
  });
  if (environment.partialLogReward) {
    const partial = environment.partialLogReward.bind(environment);
    Object.defineProperty(hosted, "partialLogReward", {
      value: withReward(partial, "partial log reward"),
      enumerable: true,
    });
  }
  return hosted;
}
