/**
 * Where two objectives are one: at a setting, in a limit, or at certain values of an estimator.
 *
 * @module
 */
import assert from "node:assert/strict";
import { z } from "zod";
import { critics, objectives } from "../../objectives/_registry.ts";
import type { Objective } from "../../objectives/contract.ts";
import { trajectoryScore } from "../../objectives/tb.ts";
import type { HostedEnvironment } from "../../plugins/open.ts";
import { type Batch, stepCount, trajectoryCount } from "../../rollout/batch.ts";
import { tf } from "../../tensor/backend.ts";
import type { Table, Tables } from "../_exact_flows.ts";
import { uniformBatch } from "../_setting.ts";
import { batchFor, disturb, freezeOf, gradientOf, lossesOf, stepsOf, tablesFor } from "./_bench.ts";
import { type Subject, subjectsOf } from "./_subjects.ts";

/** Two objectives with the settings under which they agree. */
export interface Neighbours {
  says: string;
  /** Names in the registry with the options that differ from their defaults. */
  pair: readonly [Choice, Choice];
  /** What agrees: the losses and their gradients, or the gradients alone. */
  what: "losses" | "gradient";
  /** Tables whose gradients are compared. */
  tables: readonly Table[];
  /** Largest difference, relative to 1 or the number itself. */
  tolerance: number;
  /** What the mean loss of the first has to be multiplied by; 1 unless given. */
  factor?: (batch: Batch) => number;
  /** Brings the tables to where both agree. */
  bring?: (tables: Tables, batch: Batch, subject: Subject) => void;
}

type Choice = [name: string, options: Record<string, unknown> | ((batch: Batch) => object)];

/** All agreements. */
export const neighbours: readonly Neighbours[] = [
  {
    says: "Ent-PPO with K = 1 has the gradient of VPG with GAE",
    pair: [["ent-ppo", { epochs: 1 }], ["vpg", { advantage: "gae" }]],
    what: "gradient",
    tables: ["policy"],
    tolerance: 1e-4,
  },
  {
    says: "VPG with GAE at lambda = 1 is VPG with a baseline",
    pair: [["vpg", { advantage: "gae", lambda: 1 }], ["vpg", { advantage: "baseline" }]],
    what: "losses",
    tables: ["policy"],
    tolerance: 1e-5,
  },
  {
    says: "PPO is Ent-PPO without KL",
    pair: [["ppo", {}], ["ent-ppo", { kl: "off" }]],
    what: "losses",
    tables: ["policy"],
    tolerance: 1e-6,
  },
  {
    says: "SubTB weighted as TB is TB with log F(s_0) for log Z",
    pair: [["subtb", { weighting: "tb" }], ["tb", {}]],
    what: "losses",
    tables: ["policy", "backward"],
    tolerance: 1e-4,
    // log F(s_0) of every trajectory becomes the one log Z.
    bring({ variables }, { start }) {
      const flow = variables.flow.dataSync().slice() as Float32Array;
      for (const first of start.subarray(0, -1)) flow[first] = variables.logZ.dataSync()[0]!;
      variables.flow.assign(tf.tensor1d(flow));
    },
  },
  {
    says: "SubTB weighted as DB is DB",
    pair: [["subtb", { weighting: "db" }], ["db", {}]],
    what: "losses",
    tables: ["policy", "backward", "flow"],
    tolerance: 1e-4,
  },
  {
    says: "SubTB as lambda goes to 0 is DB averaged within trajectories",
    pair: [["subtb", { lambda: 1e-7 }], ["subtb", { weighting: "modified-db" }]],
    what: "losses",
    tables: ["policy", "backward", "flow"],
    tolerance: 1e-4,
  },
  {
    says: "forward-looking SubTB weighted as DB is FL-DB",
    pair: [["subtb", { weighting: "db", flow: "forward-looking" }], ["fl-db", {}]],
    what: "losses",
    tables: ["policy", "backward", "flow"],
    tolerance: 1e-4,
  },
  {
    says: "VarGrad has the losses and the gradient of TB at its own log Z",
    pair: [["vargrad", {}], ["tb", {}]],
    what: "losses",
    tables: ["policy", "backward"],
    tolerance: 1e-4,
    bring(tables, batch, subject) {
      const { variables } = tables;
      const own = tf.tidy(() =>
        -tf.mean(trajectoryScore(stepsOf(subject, batch, tables))).dataSync()[0]!
      );
      variables.logZ.assign(tf.scalar(own));
    },
  },
  {
    says: "Munchausen DQN at alpha = 0 is soft DQN",
    pair: [["munchausen-dqn", { alpha: 0 }], ["soft-dqn", {}]],
    what: "losses",
    tables: ["policy"],
    tolerance: 1e-6,
  },
  {
    says: "dueling soft DQN with V for its target is DB, whose next flow is held",
    pair: [["soft-dqn", { head: "dueling", regression: "square" }], ["db", {}]],
    what: "losses",
    tables: ["policy"],
    tolerance: 1e-4,
    bring({ variables, targets }) {
      targets.flow.assign(variables.flow);
      variables.backward.assign(tf.zerosLike(variables.backward));
    },
  },
  {
    says: "modified DB is DB with the flow R(s) / P_F(stop|s)",
    pair: [["modified-db", {}], ["db", {}]],
    what: "losses",
    tables: [],
    tolerance: 1e-3,
    // At these flows DB has no residual on its exits, which modified DB does not count.
    factor: (batch) => 1 - trajectoryCount(batch) / stepCount(batch),
    bring(tables, batch, subject) {
      const { forwardActions: A, stopAction, stateLogReward } = batch;
      const logPf = tf.tidy(() => stepsOf(subject, batch, tables).logPfAll().dataSync().slice());
      tables.variables.flow.assign(tf.tensor1d(Float32Array.from(
        stateLogReward!,
        (logR, row) => logR - logPf[row * A + stopAction!]!,
      )));
    },
  },
  {
    says: "flow matching is DB with the state flows and the P_B that its edge flows make",
    pair: [
      ["flow-matching", (batch) => ({ alpha: trajectoryCount(batch) / moves(batch) })],
      ["db", {}],
    ],
    what: "losses",
    tables: [],
    tolerance: 1e-4,
    factor: (batch) => moves(batch) / stepCount(batch),
    bring({ variables, states }, batch) {
      const { forwardActions: A, backwardActions: B, forwardMask, backwardMask, parents } = batch;
      const edge = (state: number, action: number) => Math.sin(1 + 7 * state + 3 * action);
      const edges = (rows: Int32Array) =>
        tf.tensor2d(
          Array.from(rows, (s) => Array.from({ length: A }, (_, a) => edge(s, a))),
          [rows.length, A],
        );
      variables.policy.assign(edges(states.policy));
      variables.parents.assign(edges(states.parents));
      variables.flow.assign(tf.tensor1d(Array.from(states.policy, (s, row) => {
        let sum = 0;
        for (let a = 0; a < A; a++) if (forwardMask[row * A + a] === 1) sum += Math.exp(edge(s, a));
        return Math.log(sum);
      })));
      const incoming = new Float32Array(backwardMask.length);
      let e = 0; // edges lie in the order of the allowed backward actions
      backwardMask.forEach((allowed, i) => {
        if (allowed === 1) incoming[i] = edge(states.parents[e]!, parents!.action[e++]!);
      });
      variables.backward.assign(tf.tensor2d(incoming, [incoming.length / B, B]));
    },
  },
];

/** Steps that are no exits, in an environment where every trajectory ends by one. */
function moves(batch: Batch): number {
  return stepCount(batch) - trajectoryCount(batch);
}

/** Tries an agreement of two objectives of a registry. Returns the largest difference. */
export async function tryNeighbours(
  { pair, what, tables: names, tolerance, bring, factor = () => 1 }: Neighbours,
  environment: HostedEnvironment,
  registry: Readonly<Record<string, Objective>> = objectives,
): Promise<number> {
  let batch = await uniformBatch(environment, 8, 3);
  const [one, other] = pair.map((choice) => choose(choice, batch, registry)) as [Subject, Subject];
  for (const subject of [one, other]) batch = await batchFor(subject, environment, batch);
  const tables = await tablesFor(one, environment, batch);
  disturb(tables, 0.4, 1);
  bring?.(tables, batch, one);
  let worst = 0;
  const near = (a: ArrayLike<number>, b: ArrayLike<number>, of: string) => {
    for (let i = 0; i < a.length; i++) {
      worst = Math.max(worst, Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!)));
      assert.ok(worst < tolerance, `${of} ${i}: ${a[i]} and ${b[i]}`);
    }
  };
  const read = (subject: Subject) => {
    const frozen = freezeOf(subject, batch, tables);
    const slopes = names.length > 0 ? gradientOf(subject, batch, tables, frozen, names) : {};
    return { losses: lossesOf(subject, batch, tables, frozen), slopes };
  };
  const left = read(one), right = read(other);
  if (what === "losses") near([mean(left.losses) * factor(batch)], [mean(right.losses)], "loss");
  for (const name of names) near(left.slopes[name]!, right.slopes[name]!, name);
  return worst;
}

/** What is lowered. The losses of single trajectories may share it out in different ways. */
function mean(losses: Float64Array): number {
  return losses.reduce((sum, x) => sum + x, 0) / losses.length;
}

function choose([name, changes]: Choice, batch: Batch, registry = objectives): Subject {
  const objective = registry[name]!;
  const changed = typeof changes === "function" ? changes(batch) : changes;
  const all = { ...(objective.options as z.ZodObject).parse({}) as object, ...changed };
  const [subject] = subjectsOf({ ...objective, options: z.object({}).transform(() => all) });
  return subject!;
}

/** Sub-EB with V for log F is SubTB with its policies held. */
export async function trySubEb(environment: HostedEnvironment): Promise<number> {
  const batch = await uniformBatch(environment, 8, 3);
  const subtb = choose(["subtb", {}], batch);
  const tables = await tablesFor(subtb, environment, batch);
  disturb(tables, 0.4, 1);
  tables.variables.value.assign(
    tf.slice(tables.variables.flow as tf.Tensor1D, 0, tables.variables.value.size),
  );
  const ppo = choose(["ent-ppo", {}], batch);
  const critic = critics["sub-eb"]!;
  const sub: Subject = {
    ...ppo,
    backward: "learned",
    freeze: (numbers) => critic.freeze(numbers),
    update: {
      ...ppo.update,
      trains: ["value"],
      loss: critic.loss({ weighting: "geometric-within", lambda: 0.9 }),
    },
  };
  const found = lossesOf(sub, batch, tables, freezeOf(sub, batch, tables));
  const want = lossesOf(subtb, batch, tables, {});
  const worst = Math.max(...found.map((x, n) => Math.abs(x - want[n]!)));
  assert.ok(worst < 1e-4, `losses differ by ${worst}`);
  return worst;
}
