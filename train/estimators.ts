/**
 * The trainable things of a run: P_F, and as the objective and the settings want them P_B, V, log F and
 * log Z. They know how to read a batch; what they are trained by is not their business.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import type { Estimator, Objective, StepNumbers, StepTensors } from "../objectives/contract.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { createMlp } from "../policies/mlp.ts";
import type { Network, ObservationRows } from "../policies/network.ts";
import { type Batch, stepCount } from "../rollout/batch.ts";
import type { Rollout } from "../rollout/forward.ts";
import { tf } from "../tensor/backend.ts";
import { RandomStream } from "../tensor/random.ts";
import { type RawOutputs, stepNumbers, stepTensors } from "./step_tensors.ts";

/** All estimators of one run. */
export class Estimators {
  readonly policy: Network;
  /** P_B, or null where it is uniform. */
  readonly backward: Network | null;
  /** V, or null where the objective needs none. */
  readonly value: Network | null;
  /** log F, or null where the objective needs none. */
  readonly flow: Network | null;
  /** log Z, or null where the objective needs none. */
  readonly logZ: tf.Variable | null;
  readonly #rates: Readonly<Record<Estimator, number>>;

  constructor(environment: HostedEnvironment, objective: Objective, config: RunConfig) {
    const { observation, forwardActions, backwardActions } = environment;
    const needs = objective.needs(config.objective);
    const network = (purpose: string, outputs: number, hidden: readonly number[]) =>
      createMlp({
        observation,
        outputs,
        hidden,
        random: RandomStream.of(config.seed, `init ${purpose}`),
      });
    const { policy, critic, pb, logZ } = config;
    this.policy = network("policy", forwardActions, policy.hidden);
    this.backward = config.backward === "uniform"
      ? null
      : network("backward", backwardActions, pb.hidden);
    this.value = needs.includes("value") ? network("value", 1, critic.hidden) : null;
    this.flow = needs.includes("flow") ? network("flow", 1, critic.hidden) : null;
    this.logZ = needs.includes("logZ") ? tf.tidy(() => tf.variable(tf.scalar(logZ.initial))) : null;
    this.#rates = {
      policy: policy.lr,
      backward: pb.lr,
      value: critic.lr,
      flow: policy.lr,
      logZ: logZ.lr,
    };
  }

  /** The variable of an estimator with its learning rate, or null where the run has none. */
  trainable(name: Estimator): { variable: tf.Variable; lr: number } | null {
    const variable = name === "logZ" ? this.logZ : this[name]?.weights ?? null;
    return variable === null ? null : { variable, lr: this.#rates[name] };
  }

  /** Says that an estimator's variable changed in place. */
  touch(name: Estimator): void {
    if (name !== "logZ") this[name]?.touch();
  }

  /** Per-step tensors of a batch, on the tape. */
  tensors(batch: Batch): StepTensors {
    const all = batch.observations, left = leftRows(batch);
    const outputs: RawOutputs = {
      policy: () => this.policy.apply(left),
      backward: "uniform",
    };
    const { backward, value, flow, logZ } = this;
    if (backward) outputs.backward = () => backward.apply(all);
    if (value) outputs.value = () => tf.reshape(value.apply(left), [-1]);
    if (flow) outputs.flow = () => tf.reshape(flow.apply(all), [-1]);
    if (logZ) outputs.logZ = logZ;
    return stepTensors(batch, outputs);
  }

  /** Per-step numbers of a rollout, in doubles. */
  numbers({ batch, logPfAll }: Rollout): StepNumbers {
    const { backward, value } = this;
    return stepNumbers(batch, {
      logPfAll,
      backward: backward ? () => backward.forward(batch.observations) : "uniform",
      ...(value && { value: () => value.forward(leftRows(batch)) }),
    });
  }

  /** What the run believes log Z to be: the parameter, V(s_0) or log F(s_0); null where nothing says. */
  learnedLogZ(initial: ObservationRows): number | null {
    if (this.logZ) return this.logZ.dataSync()[0]!;
    const soft = this.value ?? this.flow;
    return soft ? soft.forward(initial)[0]! : null;
  }

  /** Gives the memory back. */
  dispose(): void {
    for (const network of [this.policy, this.backward, this.value, this.flow]) network?.dispose();
    this.logZ?.dispose();
  }
}

/** The observations of the S states that a step leaves: the first rows of the batch. */
function leftRows(batch: Batch): ObservationRows {
  const { rows, values } = batch.observations, S = stepCount(batch);
  return rows === S
    ? batch.observations
    : { rows: S, values: values.subarray(0, values.length / rows * S) };
}
