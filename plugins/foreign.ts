/**
 * A plugin in a realm of its own as the environment that the host works with. Every call copies the state
 * in and the answer out, so that a plugin changes nothing but what it is asked for; whatever goes wrong
 * names the plugin, the function and the state.
 *
 * @module
 */
import { z } from "zod";
import { failure, usageError } from "../errors.ts";
import type { Bridge } from "./_host_realm.ts";
import { CallRecord, calls } from "./call_record.ts";
import type { Environment, EnvironmentPlugin, Observation, OptionValues } from "./contract.ts";
import { plainText, type PluginDescription } from "./description.ts";
import { observationWidth } from "./open.ts";

/** Largest counts that a foreign environment may declare: beyond them no network would fit anyway. */
const MOST = { words: 2 ** 20, actions: 2 ** 20, trajectory: 2 ** 24 };
/** Longest text and drawing that are taken. */
const LONGEST_TEXT = 2 ** 20;

const code = Object.fromEntries(calls.map((name, i) => [name, i])) as Record<
  typeof calls[number],
  number
>;

const count = (most: number) => z.int().min(1).max(most);
const perThing = z.int().min(0).max(MOST.actions);
const facts = z.object({
  stateWords: count(MOST.words),
  forwardActions: count(MOST.actions),
  backwardActions: count(MOST.actions),
  stopAction: z.int().min(0).nullable(),
  maxTrajectory: count(MOST.trajectory),
  observation: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("categorical"), sizes: z.array(count(MOST.words)).min(1) }),
    z.object({
      kind: z.literal("tokens"),
      length: count(MOST.words),
      vocabulary: count(MOST.words),
    }),
    z.object({
      kind: z.literal("graph"),
      nodes: count(4096),
      nodeTypes: count(4096),
      edgeTypes: count(4096),
      directed: z.boolean(),
      layout: z.object({ perGraph: perThing, perNode: perThing, perPair: perThing }),
    }),
    z.object({ kind: z.literal("dense"), size: count(MOST.words) }),
  ]),
  enumeration: z.int().min(1).max(2 ** 53).nullable(),
  abilities: z.array(z.enum(["partialLogReward", "isMode", "text", "drawing"])),
});
type Facts = z.infer<typeof facts>;

/** A foreign plugin, as the host opens any plugin. */
export function foreignPlugin(
  bridge: Bridge,
  description: PluginDescription,
  record = new CallRecord(),
): EnvironmentPlugin {
  const { name, summary, source, config } = description;
  return {
    ...{ apiVersion: 1, name, summary, source, config },
    async create(options) {
      const caller = new Caller(bridge, name, record);
      await caller.create(options);
      return foreignEnvironment(caller, readFacts(bridge.facts(), bridge, name));
    },
  };
}

function readFacts(json: string | undefined, bridge: Bridge, name: string): Facts {
  if (typeof json !== "string") {
    throw failure(
      "E_ENV_SHAPE",
      `Cannot open environment "${name}": ${plainText(bridge.problem())}`,
    );
  }
  const parsed = facts.safeParse(JSON.parse(json));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw failure(
    "E_ENV_SHAPE",
    `Cannot open environment "${name}": ${
      plainText(path.map(String).join("."))
    } is not as the contract wants it: ${plainText(message)}`,
  );
}

/** Calls into the realm: one state at a time, in and out by copies. */
class Caller {
  readonly bridge: Bridge;
  readonly name: string;
  readonly record: CallRecord;
  #words = 0;
  #inside: Int32Array = new Int32Array();

  constructor(bridge: Bridge, name: string, record: CallRecord) {
    this.bridge = bridge;
    this.name = name;
    this.record = record;
  }

  async create(options: OptionValues): Promise<void> {
    const { bridge } = this, names = bridge.list(), files = bridge.list();
    const plain: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(options)) {
      if (value instanceof Uint8Array) {
        const inside = bridge.bytes(value.length);
        for (let i = 0; i < value.length; i++) inside[i] = value[i]!;
        bridge.push(names, key);
        bridge.push(files, inside);
      } else plain[key] = value;
    }
    this.record.enter(code.create);
    bridge.create(JSON.stringify(plain), names, files);
    const problem = await this.settled();
    this.record.leave();
    if (problem === "") return;
    const message = `Cannot open environment "${this.name}": ${plainText(problem)}`;
    throw bridge.wasRefused()
      ? usageError("E_ENV_OPTIONS", message)
      : failure("E_PLUGIN_CALL", message);
  }

  /** Makes the arrays of an environment of this size. */
  begin({ stateWords, forwardActions, backwardActions }: Facts, observation: Observation): void {
    const dense = observation.kind === "dense", width = observationWidth(observation);
    this.bridge.begin(stateWords, forwardActions, backwardActions, width, dense);
    this.#words = stateWords;
    this.#inside = this.bridge.words();
  }

  /** Calls a function with a state. */
  call<T extends number | string>(
    which: number,
    states: Int32Array,
    at: number,
    run: (argument: number) => T | undefined,
    argument = 0,
  ): T {
    const inside = this.#inside, length = this.#words;
    for (let i = 0; i < length; i++) inside[i] = states[at + i]!;
    this.record.enter(which, states, at, length);
    let answer: T | undefined;
    try {
      answer = run(argument);
    } catch {
      answer = undefined; // the realm was too far gone to note it
    }
    if (answer === undefined) throw this.failed(which, states, at);
    this.record.leave();
    return answer;
  }

  /** Copies the state that a function left. */
  out(states: Int32Array, at: number): void {
    const inside = this.#inside, length = this.#words;
    for (let i = 0; i < length; i++) states[at + i] = inside[i]!;
  }

  /** Log rewards of a batch, which may take their time. */
  async rewards(
    which: number,
    start: (count: number) => 0,
    states: Int32Array,
    count: number,
    out: Float64Array,
  ): Promise<void> {
    const { bridge } = this, length = count * this.#words;
    bridge.room(count, this.#words);
    const inside = bridge.many(), rewards = bridge.rewards();
    for (let i = 0; i < length; i++) inside[i] = states[i]!;
    for (let i = 0; i < count; i++) rewards[i] = NaN; // an entry left out is found
    this.record.enter(which, states, 0, Math.min(this.#words, length));
    start(count);
    const problem = await this.settled();
    if (problem !== "") throw this.failed(which, states, 0, problem);
    this.record.leave();
    for (let i = 0; i < count; i++) out[i] = rewards[i]!;
  }

  /** Waits until the realm's own promise is done: never on that promise, which is the plugin's to fake. */
  async settled(): Promise<string> {
    for (let turn = 0; this.bridge.isPending(); turn++) {
      if (turn < 8) await null;
      else await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return this.bridge.problem();
  }

  failed(which: number, states: Int32Array, at: number, problem = this.bridge.problem()): Error {
    const state = states.subarray(at, at + this.#words);
    const shown = state.length > 64 ? `${state.subarray(0, 64).join(" ")} …` : state.join(" ");
    return failure(
      "E_PLUGIN_CALL",
      `Cannot go on with environment "${this.name}": ${
        calls[which]
      } failed at the state [${shown}]: ${
        plainText(String(problem)) || "it ended without a message"
      }`,
    );
  }
}

function foreignEnvironment(caller: Caller, declared: Facts): Environment {
  const { bridge } = caller;
  const { stateWords, forwardActions: A, backwardActions: B, stopAction, maxTrajectory } = declared;
  const observation = {
    ...declared.observation,
    write(states: Int32Array, at: number, out: Int32Array | Float32Array, outAt: number) {
      caller.call(code["observation.write"], states, at, bridge.write);
      for (let i = 0; i < width; i++) out[outAt + i] = observed[i]!;
    },
  } as Observation;
  const width = observationWidth(observation);
  caller.begin(declared, observation);
  const observed = bridge.observed(), forward = bridge.forwardBytes();
  const backward = bridge.backwardBytes();
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
      caller.call(code.initial, blank, 0, bridge.initial);
      caller.out(states, at);
    },
    step(states, at, action) {
      caller.call(code.step, states, at, bridge.step, action);
      caller.out(states, at);
    },
    unstep(states, at, action) {
      caller.call(code.unstep, states, at, bridge.unstep, action);
      caller.out(states, at);
    },
    forwardMask(states, at, mask, maskAt) {
      for (let a = 0; a < A; a++) forward[a] = 0;
      caller.call(code.forwardMask, states, at, bridge.forwardMask);
      for (let a = 0; a < A; a++) mask[maskAt + a] = forward[a]!;
    },
    backwardMask(states, at, mask, maskAt) {
      for (let b = 0; b < B; b++) backward[b] = 0;
      caller.call(code.backwardMask, states, at, bridge.backwardMask);
      for (let b = 0; b < B; b++) mask[maskAt + b] = backward[b]!;
    },
    backwardOf: (states, at, action) =>
      caller.call(code.backwardOf, states, at, bridge.backwardOf, action),
    forwardOf: (states, at, action) =>
      caller.call(code.forwardOf, states, at, bridge.forwardOf, action),
    logReward: (states, count, out) =>
      caller.rewards(code.logReward, bridge.logReward, states, count, out),
  };
  return Object.assign(environment, abilities(caller, declared));
}

function abilities(caller: Caller, { abilities, enumeration }: Facts): Partial<Environment> {
  const { bridge } = caller;
  const text =
    (which: number, give: () => string | undefined) => (states: Int32Array, at: number) =>
      caller.call(which, states, at, give).slice(0, LONGEST_TEXT);
  return {
    ...(enumeration !== null && {
      enumeration: {
        size: enumeration,
        index: (states: Int32Array, at: number) =>
          caller.call(code["enumeration.index"], states, at, bridge.index),
        state(index: number, states: Int32Array, at: number) {
          caller.call(code["enumeration.state"], states, at, bridge.state, index);
          caller.out(states, at);
        },
      },
    }),
    ...(abilities.includes("partialLogReward") && {
      partialLogReward: (states: Int32Array, count: number, out: Float64Array) =>
        caller.rewards(code.partialLogReward, bridge.partialLogReward, states, count, out),
    }),
    ...(abilities.includes("isMode") && {
      isMode: (states: Int32Array, at: number) =>
        caller.call(code.isMode, states, at, bridge.isMode) === 1,
    }),
    ...(abilities.includes("text") && {
      text: (states: Int32Array, at: number) => plainText(text(code.text, bridge.text)(states, at)),
    }),
    ...(abilities.includes("drawing") && { drawing: text(code.drawing, bridge.drawing) }),
  };
}
