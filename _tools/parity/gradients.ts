/**
 * Gradients of a loss in the raw outputs, visit by visit, and in the weights behind them.
 *
 * @module
 */
import type { StepTensors } from "../../objectives/contract.ts";
import type { Network } from "../../policies/network.ts";
import { tf } from "../../tensor/backend.ts";
import { type RawOutputs, stepTensors } from "../../train/step_tensors.ts";
import { type Check, FLOAT } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import { checkLayers } from "./networks.ts";
import type { Backward, Setting } from "./setting.ts";

/** Networks that a loss reads, by their names in the file. */
export interface Read {
  policy: string;
  backward: Backward;
  value?: string;
}

/** Step tensors, and the variables behind them by the names that gradients have. */
export interface Tape {
  steps: StepTensors;
  variables: Record<string, tf.Variable>;
}

/**
 * The tensors of a batch, made of networks or of tables that hold the networks' outputs: a gradient in a
 * table's row is that of one visit.
 */
export function tensorsOf(setting: Setting, read: Read, from: "networks" | "tables"): Tape {
  const { batch } = setting, variables: Record<string, tf.Variable> = {};
  const output = (role: string, name: string): () => tf.Tensor2D => {
    const network = setting.network(name);
    if (from === "networks") {
      variables[role] = network.weights;
      return () => network.apply(batch.observations);
    }
    const values = setting.floats(name);
    const table = tf.variable(
      tf.tensor2d(values, [values.length / network.outputs, network.outputs]),
    );
    variables[role] = table;
    // An operation on the tape, so that the table itself is no step tensor that is disposed of.
    return () => tf.mul(table, 1) as tf.Tensor2D;
  };
  const outputs: RawOutputs = {
    policy: output("pf", read.policy),
    backward: read.backward === "uniform" ? "uniform" : output("pb", "pb"),
  };
  if (read.value !== undefined) {
    const value = output("logV", read.value);
    outputs.value = () => tf.reshape(value(), [-1]);
  }
  const logZ = tf.variable(tf.scalar(setting.logZ));
  variables.logZ = logZ;
  outputs.logZ = logZ;
  return { steps: stepTensors(batch, outputs), variables };
}

/** What gradients an entry must give: by the key of `dOutputs` and of `dParams`. */
export interface Given {
  read: Read;
  outputs: readonly string[];
  params: readonly string[];
}

/** Compares the gradients that an entry gives. */
export function checkGradients(
  entry: Fixture,
  setting: Setting,
  { read, outputs, params }: Given,
  loss: (steps: StepTensors) => tf.Scalar,
  check: Check,
): void {
  const gradientsOf = (from: "networks" | "tables", names: readonly string[]) => {
    const { steps, variables } = tensorsOf(setting, read, from);
    const moved = names.map((name) => {
      const variable = variables[name];
      if (variable) return variable;
      throw malformed(entry.path, `a gradient of ${name}`, "one that the loss has");
    });
    const { grads } = tf.variableGrads(() => loss(steps), moved);
    const found = names.map((name, i) => [name, grads[moved[i]!.name]!] as const);
    variables.logZ!.dispose();
    if (from === "tables") { for (const table of moved) table.dispose(); }
    return found;
  };

  const perVisit = entry.maybe("dOutputs"), perWeight = entry.at("dParams");
  requireKeys(perVisit, outputs, `${entry.path}.dOutputs`);
  requireKeys(perWeight, params, `${entry.path}.dParams`);
  for (const [name, gradient] of perVisit ? gradientsOf("tables", perVisit.keys()) : []) {
    const width = gradient.shape[1]! > 1 || name !== "logV" ? gradient.shape[1]! : undefined;
    const found = setting.byTrajectory(gradient.dataSync(), width);
    check.equalSums(found, perVisit!.at(name), FLOAT);
  }
  for (const [name, gradient] of gradientsOf("networks", perWeight.keys())) {
    const want = perWeight.at(name);
    if (name === "logZ") {
      // A mean of the residuals' slopes, which are at most about as large as the loss.
      check.equal(gradient.dataSync()[0]!, want, FLOAT, entry.at("loss").number());
    } else {checkWeights(
        setting,
        { pf: read.policy, pb: "pb", logV: read.value }[name]!,
        gradient,
        want,
        check,
      );}
  }
}

/** Unpacks the gradient of a flat variable by way of a network that has it for weights. */
function checkWeights(
  setting: Setting,
  name: string,
  gradient: tf.Tensor,
  want: Fixture,
  check: Check,
): void {
  const unpacker: Network = setting.freshNetwork(name);
  unpacker.weights.assign(gradient);
  checkLayers(check, unpacker.layers(), want, FLOAT);
  unpacker.dispose();
}

function requireKeys(found: Fixture | null, want: readonly string[], path: string): void {
  const missing = want.filter((key) => !found?.maybe(key));
  if (missing.length > 0) throw malformed(path, "nothing", missing.join(", "));
}
