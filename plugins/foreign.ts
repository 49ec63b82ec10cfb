/**
 * A plugin in a realm of its own as the environment that the host works with. Every call copies the state
 * in and the answer out, so that a plugin changes nothing but what it is asked for; whatever goes wrong
 * names the plugin, the function and the state.
 *
 * @module
 */
import { z } from "zod";
import { failure, usageError } from "../errors.ts";
import type { Bridge, EnvironmentBridge } from "./_host_realm.ts";
import { CallRecord, calls } from "./call_record.ts";
import {
  API_VERSION,
  type Environment,
  type EnvironmentPlugin,
  type Observation,
  type OptionValues,
} from "./contract.ts";
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

/** What stands beside the middle of every array, to be found there again. */
const MARGIN = 7;
/** Calls after which a plugin is believed to write where it is told. */
const YOUTH = 20_000;

/** Calls into the realm: one state at a time, in and out by copies. */
class Caller {
  readonly bridge: Bridge;
  /** The environment on the other side. */
  readonly inside: EnvironmentBridge;
  readonly name: string;
  readonly record: CallRecord;
  #length = 0;
  #words: Int32Array = new Int32Array();
  #arrays: readonly (Int32Array | Uint8Array | Float32Array)[] = [];
  #calls = 0;

  constructor(bridge: Bridge, name: string, record: CallRecord) {
    this.bridge = bridge;
    this.inside = bridge.environment();
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
    this.inside.create(JSON.stringify(plain), names, files);
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
    this.inside.begin(stateWords, forwardActions, backwardActions, width, dense);
    this.#length = stateWords;
    const { inside } = this;
    this.#words = inside.words();
    this.#arrays = [
      ...[this.#words, inside.forwardBytes(), inside.backwardBytes(), inside.observed()],
    ];
    for (const array of this.#arrays) {
      for (let i = 0; i < array.length; i++) array[i] = MARGIN;
    }
  }

  /** Calls a function that only looks at a state. */
  look<T extends number | string>(
    which: number,
    states: Int32Array,
    at: number,
    run: (argument: number) => T | undefined,
    argument = 0,
  ): T {
    const answer = this.call(which, states, at, run, argument), length = this.#length;
    if (this.#calls > YOUTH) return answer;
    for (let i = 0; i < length; i++) {
      if (this.#words[length + i] === states[at + i]) continue;
      throw this.failed(which, states, at, "it changed the state, want a look alone");
    }
    return answer;
  }

  /** Calls a function with a state. */
  call<T extends number | string>(
    which: number,
    states: Int32Array,
    at: number,
    run: (argument: number) => T | undefined,
    argument = 0,
  ): T {
    const words = this.#words, length = this.#length;
    for (let i = 0; i < length; i++) words[length + i] = states[at + i]!;
    this.record.enter(which, states, at, length);
    let answer: T | undefined;
    try {
      answer = run(argument);
    } catch {
      answer = undefined; // the realm was too far gone to note it
    }
    if (answer === undefined) throw this.failed(which, states, at);
    this.record.leave();
    if (this.#calls++ < YOUTH && !this.#arrays.every(marginsStand)) {
      throw this.failed(which, states, at, "it wrote beside the place it was told");
    }
    return answer;
  }

  /** Copies the state that a function left. */
  out(states: Int32Array, at: number): void {
    const words = this.#words, length = this.#length;
    for (let i = 0; i < length; i++) states[at + i] = words[length + i]!;
  }

  /** Log rewards of a batch, which may take their time. */
  async rewards(
    which: number,
    start: (count: number) => 0,
    states: Int32Array,
    count: number,
    out: Float64Array,
    answers: Float64Array = new Float64Array(),
  ): Promise<void> {
    const { inside } = this, length = count * this.#length;
    inside.room(count, this.#length, answers.length);
    const many = inside.many(), rewards = inside.rewards(), handed = inside.answers();
    for (let i = 0; i < answers.length; i++) handed[i] = answers[i]!;
    for (let i = 0; i < length; i++) many[i] = states[i]!;
    for (let i = 0; i < count; i++) rewards[i] = NaN; // an entry left out is found
    this.record.enter(which, states, 0, Math.min(this.#length, length));
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
    const state = states.subarray(at, at + this.#length);
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

/** Whether the outer thirds of an array are as they were made. */
function marginsStand(array: Int32Array | Uint8Array | Float32Array): boolean {
  const third = array.length / 3;
  for (let i = 0; i < third; i++) {
    if (array[i] !== MARGIN || array[2 * third + i] !== MARGIN) return false;
  }
  return true;
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

function abilities(caller: Caller, { abilities, enumeration }: Facts): Partial<Environment> {
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
    ...(abilities.includes("partialLogReward") && {
      partialLogReward: (states: Int32Array, count: number, out: Float64Array) =>
        caller.rewards(code.partialLogReward, inside.partialLogReward, states, count, out),
    }),
    ...(abilities.includes("isMode") && {
      isMode: (states: Int32Array, at: number) =>
        caller.look(code.isMode, states, at, inside.isMode) === 1,
    }),
    ...(abilities.includes("text") && {
      text: (states: Int32Array, at: number) =>
        plainText(text(code.text, inside.text)(states, at), LONGEST_TEXT),
    }),
    ...(abilities.includes("drawing") && { drawing: text(code.drawing, inside.drawing) }),
  };
}
