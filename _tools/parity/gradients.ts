/**
 * Gradients of a loss in the raw outputs, visit by visit, and in the weights behind them.
 *
 * @module
 */
import type { StepTensors } from "../../objectives/contract.ts";
import { type Layer, layersOf } from "../../policies/layers.ts";
import { tf } from "../../tensor/backend.ts";
import { type RawOutputs, stepTensors } from "../../train/step_tensors.ts";
import { type Check, DOUBLE, FLOAT } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import { checkLayers } from "./networks.ts";
import type { Backward, Setting } from "./setting.ts";

/** Networks that a loss reads, by their names in the file. */
export interface Read {
  policy: string;
  backward: Backward;
  value?: string;
  flow?: string;
  /** Networks of the target copies; P_B is the same. */
  target?: { policy: string; flow?: string };
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
  const role = policyRole(read);
  const outputs: RawOutputs = {
    policy: output(role, read.policy),
    backward: read.backward === "uniform" ? "uniform" : output("pb", "pb"),
  };
  if (read.value !== undefined) {
    const value = output("logV", read.value);
    outputs.value = () => tf.reshape(value(), [-1]);
  }
  if (read.flow !== undefined) {
    const flow = output("logF", read.flow);
    outputs.flow = () => tf.reshape(flow(), [-1]);
  }
  // Only networks, not tables: what the states before give is no number of a visit.
  outputs.parents = () => setting.network(read.policy).apply(batch.parents!.observations);
  const { target } = read;
  if (target) outputs.target = () => targetOf(setting, read.backward, target);
  const logZ = tf.variable(tf.scalar(setting.logZ));
  variables.logZ = logZ;
  outputs.logZ = logZ;
  return { steps: stepTensors(batch, outputs), variables };
}

/** The gradient in the policy's network is named after what it gives. */
function policyRole({ policy }: Read): string {
  return policy === "edgeF" ? policy : "pf";
}

/** Step tensors under the target copies, which are constants. */
function targetOf(
  setting: Setting,
  backward: Backward,
  { policy, flow }: NonNullable<Read["target"]>,
): StepTensors {
  const constant = (name: string) => {
    const values = setting.floats(name), { outputs } = setting.net(name);
    return () => tf.tensor2d(values, [values.length / outputs, outputs]);
  };
  return stepTensors(setting.batch, {
    policy: constant(policy),
    backward: backward === "uniform" ? backward : constant("pb"),
    ...(flow !== undefined && { flow: () => tf.tensor1d(setting.floats(flow)) }),
  });
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
  const nameOf = (role: string) =>
    ({ pf: read.policy, edgeF: read.policy, pb: "pb", logV: read.value, logF: read.flow })[role]!;
  for (const [role, gradient] of perVisit ? gradientsOf("tables", perVisit.keys()) : []) {
    const want = perVisit!.at(role),
      width = role.startsWith("log") ? undefined : gradient.shape[1]!;
    check.equalSums(setting.byTrajectory(gradient.dataSync(), width), want, FLOAT);
  }
  for (const [role, gradient] of gradientsOf("networks", perWeight.keys())) {
    const want = perWeight.at(role);
    if (role === "logZ") {
      // A mean of the residuals' slopes, which are at most about as large as the loss.
      check.equal(gradient.dataSync()[0]!, want, FLOAT, entry.at("loss").number());
      continue;
    }
    checkLayers(check, unpack(setting, nameOf(role), gradient), want, FLOAT);
    // The file's two gradients agree with each other to more digits than float32 has.
    const visits = perVisit?.maybe(role);
    if (!visits) continue;
    const flat = (visits.value as unknown[]).flat(2) as number[];
    checkLayers(check, setting.backpropagate(nameOf(role), flat), want, DOUBLE);
  }
}

/** Unpacks the gradient of a flat variable by way of a network that has it for weights. */
function unpack(setting: Setting, name: string, gradient: tf.Tensor): Layer[] {
  const unpacker = setting.freshNetwork(name);
  unpacker.weights.assign(gradient);
  const layers = layersOf(unpacker.parameters());
  unpacker.dispose();
  return layers;
}

function requireKeys(found: Fixture | null, want: readonly string[], path: string): void {
  const missing = want.filter((key) => !found?.maybe(key));
  if (missing.length > 0) throw malformed(path, "nothing", missing.join(", "));
}
