/**
 * Calls into a plugin's realm: one state at a time, in and out by copies, each recorded for the watchdog.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";
import type { Facts } from "./_foreign_facts.ts";
import type { Bridge, EnvironmentBridge } from "./_host_realm.ts";
import { CallRecord, calls } from "./call_record.ts";
import type { Observation, OptionValues } from "./contract.ts";
import { plainText } from "./description.ts";
import { observationWidth } from "./open.ts";

/** The number of each function in a record. */
export const code = Object.fromEntries(calls.map((name, i) => [name, i])) as Record<
  typeof calls[number],
  number
>;

/** What stands beside the middle of every array, to be found there again. */
const MARGIN = 7;
/** Calls after which a plugin is believed to write where it is told. */
const YOUTH = 20_000;

/** The host's side of one environment. */
export class Caller {
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

  /** Makes the array of a fingerprint of so many words. */
  beginFingerprint(words: number): Int32Array {
    this.inside.beginFingerprint(words);
    const features = this.inside.features();
    for (let i = 0; i < features.length; i++) features[i] = MARGIN;
    this.#arrays = [...this.#arrays, features];
    return features;
  }

  /** Makes the array of the edges between so many nodes. */
  beginDigraph(nodes: number): Uint8Array {
    this.inside.beginDigraph(nodes);
    const edges = this.inside.edges();
    for (let i = 0; i < edges.length; i++) edges[i] = MARGIN;
    this.#arrays = [...this.#arrays, edges];
    return edges;
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
