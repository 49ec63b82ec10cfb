/**
 * A plugin in a realm of its own as the environment that the host works with. Every call copies the state
 * in and the answer out, so that a plugin changes nothing but what it is asked for; whatever goes wrong
 * names the plugin, the function and the state.
 *
 * @module
 */
import { Caller, code } from "./_caller.ts";
import { type Facts, readFacts } from "./_foreign_facts.ts";
import type { Bridge } from "./_host_realm.ts";
import { CallRecord } from "./call_record.ts";
import {
  API_VERSION,
  type Digraph,
  type Environment,
  type EnvironmentPlugin,
  type Fingerprint,
  type Observation,
} from "./contract.ts";
import { plainText, type PluginDescription } from "./description.ts";
import { observationWidth } from "./open.ts";

/** Longest text and drawing that are taken. */
const LONGEST_TEXT = 2 ** 20;

/** A foreign plugin, as the host opens any plugin. */
export function foreignPlugin(
  bridge: Bridge,
  description: PluginDescription,
  record = new CallRecord(),
): EnvironmentPlugin {
  return {
    ...description,
    apiVersion: API_VERSION,
    async create(options) {
      const { name } = description, caller = new Caller(bridge, name, record);
      await caller.create(options);
      return foreignEnvironment(caller, readFacts(caller.inside.facts(), bridge, name));
    },
  };
}

function foreignEnvironment(caller: Caller, declared: Facts): Environment {
  const { inside } = caller;
  const { stateWords, forwardActions: A, backwardActions: B, stopAction, maxTrajectory } = declared;
  const observation = {
    ...declared.observation,
    write(states: Int32Array, at: number, out: Int32Array | Float32Array, outAt: number) {
      caller.look(code["observation.write"], states, at, inside.write);
      for (let i = 0; i < width; i++) out[outAt + i] = observed[width + i]!;
    },
  } as Observation;
  const width = observationWidth(observation);
  caller.begin(declared, observation);
  const observed = inside.observed(), forward = inside.forwardBytes();
  const backward = inside.backwardBytes();
  const blank = new Int32Array(stateWords);
  const environment: Environment = {
    ...{
      stateWords,
      forwardActions: A,
      backwardActions: B,
      stopAction,
      maxTrajectory,
      observation,
    },
    initial(states, at) {
      caller.call(code.initial, blank, 0, inside.initial);
      caller.out(states, at);
    },
    step(states, at, action) {
      caller.call(code.step, states, at, inside.step, action);
      caller.out(states, at);
    },
    unstep(states, at, action) {
      caller.call(code.unstep, states, at, inside.unstep, action);
      caller.out(states, at);
    },
    forwardMask(states, at, mask, maskAt) {
      for (let a = 0; a < A; a++) forward[A + a] = 0;
      caller.look(code.forwardMask, states, at, inside.forwardMask);
      for (let a = 0; a < A; a++) mask[maskAt + a] = forward[A + a]!;
    },
    backwardMask(states, at, mask, maskAt) {
      for (let b = 0; b < B; b++) backward[B + b] = 0;
      caller.look(code.backwardMask, states, at, inside.backwardMask);
      for (let b = 0; b < B; b++) mask[maskAt + b] = backward[B + b]!;
    },
    backwardOf: (states, at, action) =>
      caller.look(code.backwardOf, states, at, inside.backwardOf, action),
    forwardOf: (states, at, action) =>
      caller.look(code.forwardOf, states, at, inside.forwardOf, action),
    logReward: (states, count, out, answers) =>
      caller.rewards(code.logReward, inside.logReward, states, count, out, answers),
  };
  return Object.assign(environment, abilities(caller, declared));
}

function abilities(
  caller: Caller,
  { abilities, enumeration, fingerprint, digraph }: Facts,
): Partial<Environment> {
  const { inside } = caller;
  const text =
    (which: number, give: () => string | undefined) => (states: Int32Array, at: number) =>
      caller.look(which, states, at, give).slice(0, LONGEST_TEXT);
  return {
    ...(enumeration !== null && {
      enumeration: {
        size: enumeration,
        index: (states: Int32Array, at: number) =>
          caller.look(code["enumeration.index"], states, at, inside.index),
        state(index: number, states: Int32Array, at: number) {
          caller.call(code["enumeration.state"], states, at, inside.state, index);
          caller.out(states, at);
        },
      },
    }),
    ...(fingerprint !== null && { fingerprint: foreignFingerprint(caller, fingerprint) }),
    ...(digraph !== null && { digraph: foreignDigraph(caller, digraph) }),
    ...(abilities.includes("partialLogReward") && {
      partialLogReward: (states: Int32Array, count: number, out: Float64Array) =>
        caller.rewards(code.partialLogReward, inside.partialLogReward, states, count, out),
    }),
    ...(abilities.includes("logCopies") && {
      logCopies: (states: Int32Array, count: number, out: Float64Array) =>
        caller.rewards(code.logCopies, inside.logCopies, states, count, out),
    }),
    ...(abilities.includes("isMode") && {
      isMode: (states: Int32Array, at: number) =>
        caller.look(code.isMode, states, at, inside.isMode) === 1,
    }),
    ...(abilities.includes("modesOf") && {
      modesOf: (states: Int32Array, at: number) => {
        const found = text(code.modesOf, inside.modesOf)(states, at);
        const modes = found === "" ? [] : found.split(",").map(Number);
        if (modes.every((mode) => Number.isSafeInteger(mode) && mode >= 0)) return modes;
        throw caller.failed(
          code.modesOf,
          states,
          at,
          `modesOf gave [${plainText(found)}], want whole numbers from 0`,
        );
      },
    }),
    ...(abilities.includes("text") && {
      text: (states: Int32Array, at: number) =>
        plainText(text(code.text, inside.text)(states, at), LONGEST_TEXT),
    }),
    ...(abilities.includes("drawing") && { drawing: text(code.drawing, inside.drawing) }),
  };
}

function foreignFingerprint(
  caller: Caller,
  { words, apart }: NonNullable<Facts["fingerprint"]>,
): Fingerprint {
  const features = caller.beginFingerprint(words);
  return {
    words,
    apart,
    write(states, at, out, outAt) {
      for (let i = 0; i < words; i++) features[words + i] = 0;
      caller.look(code["fingerprint.write"], states, at, caller.inside.writeFingerprint);
      for (let i = 0; i < words; i++) out[outAt + i] = features[words + i]!;
    },
  };
}

function foreignDigraph(caller: Caller, { names }: NonNullable<Facts["digraph"]>): Digraph {
  const size = names.length ** 2, edges = caller.beginDigraph(names.length);
  return {
    names: names.map((name) => plainText(name)),
    write(states, at, out, outAt) {
      for (let i = 0; i < size; i++) edges[size + i] = 0;
      caller.look(code["digraph.write"], states, at, caller.inside.writeDigraph);
      for (let i = 0; i < size; i++) out[outAt + i] = edges[size + i]!;
    },
  };
}
