/**
 * The trainable things of a run: P_F, and as the objective and the settings want them P_B, V, log F and
 * log Z. They know how to read a batch; what they are trained by is not their business.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import type { Estimator, Objective, StepNumbers, StepTensors } from "../objectives/contract.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { splitHeads } from "../policies/heads.ts";
import { createNetwork, type NetworkPart } from "../policies/create.ts";
import type { Network, ObservationRows } from "../policies/network.ts";
import type { BackwardLogits } from "../rollout/backward.ts";
import { type Batch, stepCount } from "../rollout/batch.ts";
import { observe } from "../rollout/observe.ts";
import { pointerOf, tf } from "../tensor/backend.ts";
import { logSoftmaxRow } from "../tensor/categorical.ts";
import { f32 } from "../tensor/heap.ts";
import { RandomStream } from "../tensor/random.ts";
import {
  cannotTakeUp,
  take,
  type TensorTable,
  vector,
  withoutPrefix,
  withPrefix,
} from "./snapshot.ts";
import { type RawOutputs, stepNumbers, stepTensors } from "./step_tensors.ts";

/** All estimators, in the order in which they are kept. */
export const estimatorNames: readonly Estimator[] = [
  ...["policy", "backward", "value", "flow", "logZ"] as const,
];

/** A P_B that is given and not learned, as logits of every state: [M * B], by the number of the state. */
export type FixedBackward = Float64Array;

/** All estimators of one run. */
export class Estimators {
  readonly policy: Network;
  /** P_B where it is learned, else null. */
  readonly backward: Network | null;
  /** P_B where it is given, else null: uniform if none of both is there. */
  readonly fixedBackward: FixedBackward | null;
  /** V, or null where the objective needs none. */
  readonly value: Network | null;
  /** log F, or null where the objective needs none. */
  readonly flow: Network | null;
  /** log Z, or null where the objective needs none. */
  readonly logZ: tf.Variable | null;
  /** Copies that follow these slowly, or null where the objective needs none. */
  readonly target: Estimators | null;
  readonly #environment: HostedEnvironment;
  readonly #logitScale: number | null;
  readonly #flowIsRelative: boolean;

  constructor(
    environment: HostedEnvironment,
    objective: Objective,
    config: RunConfig,
    fixedBackward: FixedBackward | null = null,
    part: "with its target" | "without target" = "with its target",
  ) {
    const { observation, forwardActions, backwardActions } = environment;
    const needs = objective.needs(config.objective);
    const { policy, critic, flow, pb, logZ } = config;
    const learned = config.backward === "learned" || config.backward === "tlm";
    const backwardSize = learned ? backwardActions : 0, flowSize = needs.includes("flow") ? 1 : 0;
    const forwards: NetworkPart = { outputs: forwardActions, of: "forward actions" };
    const backwards: NetworkPart = { outputs: backwardSize, of: "backward actions" };
    const number: NetworkPart = { outputs: 1, of: "state" }, empty = emptyToken(environment);
    const network = (purpose: string, parts: readonly NetworkPart[], hidden: readonly number[]) =>
      createNetwork({
        ...{ observation, parts, hidden, empty, appends: backwardActions === 1 },
        ...{ choice: policy.network, transformer: policy.transformer, graph: policy.graph },
        random: RandomStream.of(config.seed, `init ${purpose}`),
      });
    this.#environment = environment;
    this.#logitScale = objective.logitScale?.(config.objective) ?? null;
    this.#flowIsRelative = needs.includes("partialRewards");
    if (policy.trunk === "shared") {
      const sizes = [forwardActions, backwardSize, flowSize];
      const parts = [forwards, backwards, number]
        .filter((_, i) => sizes[i]! > 0);
      const heads = splitHeads(network("policy", parts, policy.hidden), sizes);
      this.policy = heads[0]!;
      this.backward = learned ? heads[1]! : null;
      this.flow = flowSize > 0 ? heads[2]! : null;
    } else {
      this.policy = network("policy", [forwards], policy.hidden);
      this.backward = learned ? network("backward", [backwards], pb.hidden) : null;
      this.flow = flowSize > 0 ? network("flow", [number], flow.hidden) : null;
    }
    this.fixedBackward = fixedBackward;
    this.value = needs.includes("value") ? network("value", [number], critic.hidden) : null;
    this.logZ = needs.includes("logZ") ? tf.tidy(() => tf.variable(tf.scalar(logZ.initial))) : null;
    this.target = needs.includes("target") && part === "with its target"
      ? new Estimators(environment, objective, config, fixedBackward, "without target")
      : null;
  }

  /** The networks that have weights of their own, by name. */
  get networks(): [name: Estimator, network: Network][] {
    return this.#allNetworks().filter(([name]) => !this.#sharesTrunk(name));
  }

  /** The variable of an estimator; null where the run has none, or it moves with the policy's. */
  variable(name: Estimator): tf.Variable | null {
    if (name === "logZ") return this.logZ;
    return this.#sharesTrunk(name) ? null : this[name]?.weights ?? null;
  }

  /** Says that an estimator's variable changed in place. */
  touch(name: Estimator): void {
    if (name !== "logZ") this[name]?.touch();
  }

  /** Moves every parameter by a share of the way to another's; 1 copies. Target copies stay. */
  follow(other: Estimators, share: number): void {
    for (const name of estimatorNames) {
      const mine = this.variable(name), theirs = other.variable(name);
      if (!mine || !theirs) continue;
      const x = f32(pointerOf(mine), mine.size), y = f32(pointerOf(theirs), theirs.size);
      for (let i = 0; i < x.length; i++) x[i]! += share * (y[i]! - x[i]!);
      this.touch(name);
    }
  }

  /**
   * A copy of every parameter, target copies included: of each network by its name and the parameter's, such
   * as `policy.layers.0.weight` [outputs, inputs], and `logZ` [1].
   */
  state(): TensorTable {
    const table: TensorTable = {};
    for (const [name, network] of this.#allNetworks()) {
      for (const { name: own, shape, values } of network.parameters()) {
        table[`${name}.${own}`] = { shape, values };
      }
    }
    if (this.logZ) table.logZ = vector(this.logZ.dataSync().slice() as Float32Array);
    return { ...table, ...(this.target && withPrefix("target.", this.target.state())) };
  }

  /**
   * Takes every parameter from {@linkcode state}.
   *
   * @throws {GfnError} `E_CHECKPOINT` when one is missing, or has another size
   */
  restore(table: TensorTable): void {
    for (const [name, network] of this.#allNetworks()) {
      network.load(
        network.parameters().map(({ name: own, shape, values: { length } }) => {
          const values = take(table, `${name}.${own}`, Float32Array);
          if (values.length === length) return { name: own, shape, values };
          throw cannotTakeUp(`${name}.${own}`, `${values.length} numbers`, `${length}`);
        }),
      );
    }
    if (this.logZ) f32(pointerOf(this.logZ), 1).set(take(table, "logZ", Float32Array));
    this.target?.restore(withoutPrefix("target.", table));
  }

  /** Per-step tensors of a batch, on the tape. */
  tensors(batch: Batch): StepTensors {
    const all = batch.observations, left = leftRows(batch);
    const { policy, backward, fixedBackward, value, flow, logZ, target } = this;
    const { parents } = batch;
    const outputs: RawOutputs = { policy: () => policy.apply(left), backward: "uniform" };
    if (backward) outputs.backward = () => backward.apply(all);
    if (fixedBackward) {
      outputs.backward = () =>
        tf.tensor2d(Float32Array.from(this.#fixedRows(batch.states)), [
          all.rows,
          batch.backwardActions,
        ]);
    }
    if (value) outputs.value = () => tf.reshape(value.apply(left), [-1]);
    if (flow) outputs.flow = () => tf.reshape(flow.apply(all), [-1]);
    if (logZ) outputs.logZ = logZ;
    if (parents) outputs.parents = () => policy.apply(parents.observations);
    if (target) outputs.target = () => target.tensors(batch);
    return stepTensors(batch, outputs);
  }

  /**
   * Per-step numbers of a batch, in doubles.
   *
   * @param logPfAll [S * A] log P_F where it is known already, nats, -Infinity where masked
   */
  numbers(batch: Batch, logPfAll?: Float64Array): StepNumbers {
    const { value, backwardLogits } = this;
    const { states, observations } = batch;
    return stepNumbers(batch, {
      logPfAll: logPfAll ?? (() => this.#logPfAll(batch)),
      backward: backwardLogits === "uniform"
        ? "uniform"
        : () => backwardLogits({ states, observations }),
      ...(value && { value: () => value.forward(leftRows(batch)) }),
    });
  }

  /** P_B as samplers and numbers read it. */
  get backwardLogits(): BackwardLogits {
    const { backward, fixedBackward } = this;
    if (fixedBackward) return ({ states }) => this.#fixedRows(states);
    return backward ? ({ observations }) => backward.forward(observations) : "uniform";
  }

  /**
   * What the run believes log Z to be: the parameter, V(s_0), log F(s_0), or the log-sum-exp of the edges
   * that leave s_0; null where nothing says.
   */
  async learnedLogZ(): Promise<number | null> {
    if (this.logZ) return this.logZ.dataSync()[0]!;
    const environment = this.#environment, { forwardActions: A, stateWords } = environment;
    const state = new Int32Array(stateWords);
    environment.initial(state, 0);
    const initial = observe(environment, state, 1);
    if (this.value) return this.value.forward(initial)[0]!;
    if (this.flow) {
      const ahead = new Float64Array(1); // log R~(s_0), which the flow is relative to
      if (this.#flowIsRelative) await environment.partialLogReward!(state, 1, ahead);
      return this.flow.forward(initial)[0]! + ahead[0]!;
    }
    if (this.#logitScale === null) return null;
    const mask = new Uint8Array(A), logp = new Float64Array(A);
    environment.forwardMask(state, 0, mask, 0);
    const logits = this.policy.forward(initial), allowed = mask.indexOf(1);
    logSoftmaxRow(logits, 0, A, mask, 0, logp, 0);
    return this.#logitScale * (logits[allowed]! - logp[allowed]!);
  }

  /** Gives the memory back. */
  dispose(): void {
    for (const [, network] of this.networks) network.dispose();
    this.logZ?.dispose();
    this.target?.dispose();
  }

  /** Every network, heads of the policy's trunk included. */
  #allNetworks(): [name: Estimator, network: Network][] {
    return estimatorNames.flatMap((name) => {
      const network = name === "logZ" ? null : this[name];
      return network ? [[name, network] as [Estimator, Network]] : [];
    });
  }

  /** Whether an estimator is a head of the policy's trunk. */
  #sharesTrunk(name: Estimator): boolean {
    return name !== "policy" && name !== "logZ" && this[name]?.weights === this.policy.weights;
  }

  #logPfAll(batch: Batch): Float64Array {
    const { forwardActions: A, forwardMask } = batch;
    const logits = this.policy.forward(leftRows(batch)), out = new Float64Array(forwardMask.length);
    for (let at = 0; at < out.length; at += A) {
      logSoftmaxRow(logits, at, A, forwardMask, at, out, at);
    }
    return out;
  }

  /** Logits of the given P_B at states laid end to end, [rows * B]. */
  #fixedRows(states: Int32Array): Float64Array {
    const { enumeration, stateWords: W, backwardActions: B } = this.#environment;
    const rows = states.length / W, out = new Float64Array(rows * B);
    for (let row = 0; row < rows; row++) {
      const s = enumeration!.index(states, row * W);
      out.set(this.fixedBackward!.subarray(s * B, (s + 1) * B), row * B);
    }
    return out;
  }
}

/** The token that fills every position of s_0, or null where observations are no tokens or none does. */
function emptyToken(environment: HostedEnvironment): number | null {
  if (environment.observation.kind !== "tokens") return null;
  const state = new Int32Array(environment.stateWords);
  environment.initial(state, 0);
  const { values } = observe(environment, state, 1);
  return values.every((value) => value === values[0]) ? values[0]! : null;
}

/** The observations of the S states that a step leaves: the first rows of the batch. */
export function leftRows(batch: Batch): ObservationRows {
  const { rows, values } = batch.observations, S = stepCount(batch);
  return rows === S
    ? batch.observations
    : { rows: S, values: values.subarray(0, values.length / rows * S) };
}
