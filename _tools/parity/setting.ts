/**
 * The header that files of objectives and of update steps share: a grid, trajectories and networks.
 *
 * @module
 */
import type { HostedEnvironment } from "../../plugins/open.ts";
import type { Network } from "../../policies/network.ts";
import { type Batch, stepCount } from "../../rollout/batch.ts";
import { withFacts } from "../../rollout/facts.ts";
import { batchFromActions } from "../../rollout/walk.ts";
import type { StepNumbers } from "../../objectives/contract.ts";
import { stepNumbers } from "../../train/step_tensors.ts";
import { type Check, DOUBLE, EXACT, type Values } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import {
  backpropagate,
  fieldSizes,
  inDoubles,
  inFloats,
  logSoftmax,
  type Net,
  openGrid,
  readNet,
} from "./networks.ts";

/** How P_B is chosen. */
export type Backward = "learned" | "uniform";

/** One header: what every case of its file is computed on. */
export class Setting {
  readonly environment: HostedEnvironment;
  readonly batch: Batch;
  readonly logZ: number;
  readonly #fixture: Fixture;
  readonly #sizes: readonly number[];
  readonly #networks = new Map<string, Network>();
  readonly #doubles = new Map<string, Float64Array>();

  private constructor(fixture: Fixture, environment: HostedEnvironment, batch: Batch) {
    this.environment = environment;
    this.batch = batch;
    this.logZ = fixture.at("logZ").number();
    this.#fixture = fixture;
    this.#sizes = fieldSizes(environment);
  }

  /** Reads a header and walks its trajectories. */
  static async open(fixture: Fixture): Promise<Setting> {
    const environment = await openGrid(fixture);
    const actions = fixture.at("trajectories").list().map((one) => one.at("actions").indices());
    const batch = await batchFromActions(environment, actions);
    const facts = await withFacts(environment, batch, ["partialRewards", "parents"]);
    return new Setting(fixture, environment, facts);
  }

  /** The layers of a network of the file. */
  net(name: string): Net {
    const inputs = this.#sizes.reduce((sum, size) => sum + size, 0);
    return readNet(this.#fixture.at("nets").at(name), inputs);
  }

  /** A network of the file as gfn runs it. */
  network(name: string): Network {
    const known = this.#networks.get(name);
    if (known) return known;
    const network = this.freshNetwork(name);
    this.#networks.set(name, network);
    return network;
  }

  /** Another one with the same layers, to be changed and disposed of by who asked. */
  freshNetwork(name: string): Network {
    return inFloats(this.net(name), this.environment.observation);
  }

  /** [S * outputs] raw outputs of a network in doubles. */
  doubles(name: string): Float64Array {
    const known = this.#doubles.get(name);
    if (known) return known;
    const outputs = inDoubles(this.net(name), this.#sizes, this.batch.observations);
    this.#doubles.set(name, outputs);
    return outputs;
  }

  /** The gradient in a network's layers, in doubles, from that in its outputs at every step. */
  backpropagate(name: string, dOutputs: ArrayLike<number>): ReturnType<typeof backpropagate> {
    return backpropagate(this.net(name), this.#sizes, this.batch.observations, dOutputs);
  }

  /** [R * outputs] raw outputs of a network in float32, a copy. */
  floats(name: string): Float32Array {
    return this.network(name).forward(this.batch.observations).slice();
  }

  /** What an objective freezes from, in doubles. */
  numbers(policy: string, pb: Backward, value: string): StepNumbers {
    return this.#numbers((name) => this.doubles(name), policy, pb, value);
  }

  /** The same from float32 networks, as a run has it. */
  floatNumbers(policy: string, pb: Backward, value: string): StepNumbers {
    return this.#numbers((name) => this.floats(name), policy, pb, value);
  }

  /** Numbers of each step, laid out as lists of trajectories. */
  byTrajectory(perStep: ArrayLike<number>, width?: number): Values {
    const { start } = this.batch;
    return Array.from(
      { length: start.length - 1 },
      (_, n) =>
        Array.from({ length: start[n + 1]! - start[n]! }, (_, t) => {
          const k = start[n]! + t;
          if (width === undefined) return perStep[k]!;
          return Array.from({ length: width }, (_, a) => perStep[k * width + a]!);
        }),
    );
  }

  /** Compares trajectories, lengths and network shapes with what the grid makes of the actions. */
  check(check: Check): void {
    const { batch } = this, { stateWords: W, start } = batch;
    const states = Array.from(
      { length: stepCount(batch) },
      (_, k) => Array.from(batch.states.subarray(k * W, (k + 1) * W)),
    );
    for (const [n, one] of this.#fixture.at("trajectories").list().entries()) {
      check.equal(states.slice(start[n]!, start[n + 1]!), one.at("states"), EXACT);
      const extra = one.otherKeys(["states", "actions"]);
      check.holds(extra.length === 0, `${one.path}: found the keys ${extra}, want two`);
    }
    const { forwardActions: A, backwardActions: B } = batch;
    const outputs: Record<string, number> = { pf: A, pfOld: A, edgeF: A, qTarget: A, pb: B };
    for (const name of this.#fixture.at("nets").keys()) {
      const net = this.net(name), want = outputs[name] ?? 1;
      if (net.outputs !== want) {
        throw malformed(`nets.${name}`, `${net.outputs} outputs`, `${want}`);
      }
      const hidden = this.#fixture.maybe("hidden");
      if (hidden) check.equal(net.widths.slice(1, -1), hidden, EXACT);
    }
  }

  /** Compares rewards of trajectories and of all their states. */
  async checkRewards(check: Check): Promise<void> {
    const { batch, environment } = this, S = stepCount(batch);
    const logReward = new Float64Array(S);
    await environment.logReward(batch.states, S, logReward);
    check.equal(
      Array.from(batch.start.subarray(1), (end, n) => end - batch.start[n]!),
      this.#fixture.at("lengths"),
      EXACT,
    );
    check.equal(batch.logReward, this.#fixture.at("logRewards"), DOUBLE);
    check.equal(this.byTrajectory(logReward), this.#fixture.at("stateLogRewards"), DOUBLE);
  }

  dispose(): void {
    for (const network of this.#networks.values()) network.dispose();
    this.#networks.clear();
  }

  #numbers(
    read: (name: string) => Float32Array | Float64Array,
    policy: string,
    pb: Backward,
    value: string,
  ): StepNumbers {
    const { batch } = this;
    return stepNumbers(batch, {
      logPfAll: logSoftmax(read(policy), batch.forwardMask, batch.forwardActions),
      backward: pb === "uniform" ? pb : () => read("pb"),
      value: () => read(value),
    });
  }
}
