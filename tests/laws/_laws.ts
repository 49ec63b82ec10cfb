/**
 * The laws that every objective obeys. A law throws where it is broken, and says how well it holds
 * where it holds.
 *
 * @module
 */
import assert from "node:assert/strict";
import { GfnError } from "../../errors.ts";
import type { Estimator, Frozen } from "../../objectives/contract.ts";
import type { HostedEnvironment } from "../../plugins/open.ts";
import {
  type Batch,
  select,
  selectTrajectories,
  stepCount,
  trajectoryCount,
} from "../../rollout/batch.ts";
import { tf } from "../../tensor/backend.ts";
import { RandomStream } from "../../tensor/random.ts";
import { Adam } from "../../train/adam.ts";
import { estimatorNames, Estimators } from "../../train/estimators.ts";
import { runUpdate } from "../../train/update.ts";
import type { Tables } from "../_exact_flows.ts";
import { smallRun, uniformBatch } from "../_setting.ts";
import {
  batchFor,
  disturb,
  freezeOf,
  gradientOf,
  largest,
  lossesOf,
  tablesFor,
  trainedTables,
} from "./_bench.ts";
import { zeroInExpectation } from "./_expectation.ts";
import type { Subject } from "./_subjects.ts";

/** A law. `try` returns a figure for the table, or a reason why it does not apply. */
export interface Law {
  name: string;
  says: string;
  try: (subject: Subject, environment: HostedEnvironment) => Promise<number | string>;
}

/** All laws but the agreements with neighbours, which are in `neighbours_test.ts`. */
export const laws: readonly Law[] = [
  {
    name: "zero at exact flows",
    says: "loss or advantage and gradient vanish where every estimator is right",
    async try(subject, environment) {
      if (subject.zero === "elsewhere") return "aims at another target";
      if (subject.zero === "expectation") return await zeroInExpectation(subject, environment);
      const { batch, tables } = await exactSetting(subject, environment);
      const frozen = freezeOf(subject, batch, tables);
      const loss = largest(lossesOf(subject, batch, tables, frozen));
      const slopes = gradientOf(subject, batch, tables, frozen, trainedTables(subject, batch));
      const worst = Math.max(loss, ...Object.values(slopes).map(largest));
      assert.ok(worst < 1e-4, `the largest loss or slope is ${worst}`);
      return worst;
    },
  },
  {
    name: "gradient",
    says: "the gradient is what finite differences say",
    try: gradientIsRight,
  },
  {
    name: "declared",
    says: "exactly the estimators move that are said to be trained, and no other is pulled at",
    try: movesWhatItDeclares,
  },
  {
    name: "finite",
    says: "extreme logits and rewards give finite numbers, or an error that names the loss",
    try: staysFinite,
  },
  {
    name: "order",
    says: "the order of trajectories changes nothing",
    try: orderIsNothing,
  },
];

/** A batch of 8 trajectories under equal logits with exact tables. */
async function exactSetting(
  subject: Subject,
  environment: HostedEnvironment,
): Promise<{ batch: Batch; tables: Tables }> {
  const batch = await batchFor(subject, environment, await uniformBatch(environment, 8, 3));
  return { batch, tables: await tablesFor(subject, environment, batch) };
}

/** Tables off the optimum, and numbers frozen before the policy moved on. */
async function disturbedSetting(
  subject: Subject,
  environment: HostedEnvironment,
): Promise<{ batch: Batch; tables: Tables; frozen: Frozen }> {
  const { batch, tables } = await exactSetting(subject, environment);
  disturb(tables, 0.4, 1);
  const frozen = freezeOf(subject, batch, tables);
  disturb(tables, 0.3, 2);
  return { batch, tables, frozen };
}

/** Widths of the differences; Richardson's rule takes the error of the width away. */
const WIDTH = 0.03;
/** Entries of each table that are tried. */
const ENTRIES = 12;

async function gradientIsRight(
  subject: Subject,
  environment: HostedEnvironment,
): Promise<number> {
  const { batch, tables, frozen } = await disturbedSetting(subject, environment);
  const names = trainedTables(subject, batch);
  const slopes = gradientOf(subject, batch, tables, frozen, names);
  const N = trajectoryCount(batch), random = RandomStream.of(0, "entries");
  let worst = 0, smooth = 0;
  for (const name of names) {
    const variable = tables.variables[name], values = variable.dataSync().slice() as Float32Array;
    const rise = (entry: number, width: number): number => {
      const mean = (by: number) => {
        const moved = values.slice();
        moved[entry]! += by;
        variable.assign(tf.tensor(moved, variable.shape));
        return lossesOf(subject, batch, tables, frozen).reduce((sum, x) => sum + x, 0) / N;
      };
      return (mean(width) - mean(-width)) / (2 * width);
    };
    for (let i = 0; i < Math.min(ENTRIES, values.length); i++) {
      const entry = random.integer(values.length);
      const wide = rise(entry, WIDTH), narrow = rise(entry, WIDTH / 2);
      const size = Math.max(1, Math.abs(wide));
      if (Math.abs(wide - narrow) > 5e-3 * size) continue; // a kink lies within the width
      smooth++;
      const want = (4 * narrow - wide) / 3, found = slopes[name]![entry]!;
      worst = Math.max(worst, Math.abs(found - want) / size);
      assert.ok(worst < 2e-3, `${name}[${entry}]: gradient ${found}, difference ${want}`);
    }
    variable.assign(tf.tensor(values, variable.shape));
  }
  assert.ok(smooth > 0, "no entry could be tried");
  return worst;
}

/** Real networks, one update: which parameters changed. Tables: which have a slope. */
async function movesWhatItDeclares(
  subject: Subject,
  environment: HostedEnvironment,
): Promise<number> {
  const { batch, tables, frozen } = await disturbedSetting(subject, environment);
  const needs: readonly string[] = subject.objective.needs(subject.options);
  const read = (["policy", "backward", "value", "flow", "logZ"] as const).filter((name) =>
    name === "policy" || name === "backward" || needs.includes(name)
  );
  const trained = trainedTables(subject, batch);
  const slopes = gradientOf(subject, batch, tables, frozen, read);
  for (const name of read) {
    if (trained.includes(name)) continue;
    if (name === "backward" && subject.backward === "uniform") continue;
    assert.equal(largest(slopes[name]!), 0, `${name} is pulled at and not said to be trained`);
  }

  const estimators = realEstimators(subject, environment), adam = new Adam({ lr: 0.01 });
  try {
    const before = snapshot(estimators);
    await runUpdate(
      { ...subject.update, epochs: 1, minibatches: 1 },
      batch,
      subject.freeze(estimators.numbers(batch)),
      {
        estimators,
        adam,
        rates: { policy: 0.01, backward: 0.01, value: 0.01, flow: 0.01, logZ: 0.01 },
        clipNorm: null,
        weightDecay: 0,
        random: RandomStream.of(0, "parts"),
        breathe: () => Promise.resolve(),
      },
    );
    const after = snapshot(estimators);
    const moved = Object.keys(before).filter((name) =>
      before[name]!.some((x, i) => x !== after[name]![i])
    );
    const declared = subject.update.trains.filter((name) => Object.hasOwn(before, name));
    assert.deepEqual(moved.toSorted(), declared.toSorted(), "what moved, what was declared");
    return moved.length;
  } finally {
    estimators.dispose();
    adam.dispose();
  }
}

function realEstimators(subject: Subject, environment: HostedEnvironment): Estimators {
  const config = smallRun({ name: "tb" }, {
    policy: { hidden: [8] },
    backward: subject.backward,
    logZ: { initial: 0.5 },
  });
  const estimators = new Estimators(environment, subject.objective, {
    ...config,
    objective: { name: subject.objective.name, ...subject.options },
  });
  estimators.target?.follow(estimators, 1);
  return estimators;
}

function snapshot(estimators: Estimators): Record<string, Float32Array> {
  return Object.fromEntries(
    estimatorNames.flatMap((name: Estimator) => {
      const variable = estimators.variable(name);
      return variable ? [[name, variable.dataSync().slice() as Float32Array]] : [];
    }),
  );
}

async function staysFinite(
  subject: Subject,
  environment: HostedEnvironment,
): Promise<number | string> {
  let refused = "", most = 0;
  for (const scale of [-1e4, 1e4]) {
    const setting = await disturbedSetting(subject, environment);
    const reward = (x: number, i: number) => scale * Math.sin(1 + x + i);
    const batch: Batch = {
      ...setting.batch,
      logReward: setting.batch.logReward.map(reward),
      ...(setting.batch.stateLogReward &&
        { stateLogReward: setting.batch.stateLogReward.map(reward) }),
    };
    for (const name of ["policy", "parents", "backward"] as const) {
      const table = setting.tables.variables[name];
      if (table.size > 0) table.assign(tf.mul(table, scale));
    }
    try {
      const { tables } = setting;
      // Frozen before and after: an old policy that was not extreme, and one that was.
      for (const frozen of [setting.frozen, freezeOf(subject, batch, tables)]) {
        const losses = lossesOf(subject, batch, tables, frozen);
        const slopes = gradientOf(subject, batch, tables, frozen, trainedTables(subject, batch));
        const all = [...losses, ...Object.values(slopes).flatMap((slope) => [...slope])];
        assert.ok(all.every(Number.isFinite), `a loss or slope is not finite at ${scale}`);
        most = Math.max(most, largest(all));
      }
    } catch (error) {
      if (!(error instanceof GfnError) || error.code !== "E_LOSS_OVERFLOW") throw error;
      const { regression } = subject.options as { regression?: string };
      assert.match(error.message, new RegExp(`regression loss ${regression}: found a residual of`));
      refused = `refused: ${regression} overflows`;
    }
  }
  return refused || most;
}

async function orderIsNothing(
  subject: Subject,
  environment: HostedEnvironment,
): Promise<number> {
  const { batch } = await exactSetting(subject, environment);
  const N = trajectoryCount(batch), order = Int32Array.from({ length: N }, (_, i) => i);
  RandomStream.of(5, "order").shuffle(order);
  const other = selectTrajectories(batch, order);
  const estimators = realEstimators(subject, environment);
  try {
    const frozen = subject.freeze(estimators.numbers(batch));
    const variables = subject.update.trains.flatMap((name) => estimators.variable(name) ?? []);
    const run = (batch: Batch, frozen: Frozen) =>
      tf.tidy(() => {
        let losses!: Float32Array;
        const { grads } = tf.variableGrads(() => {
          const each = subject.update.loss(estimators.tensors(batch), frozen);
          losses = each.dataSync().slice() as Float32Array;
          return tf.mean(each);
        }, variables);
        return { losses, slopes: variables.map((v) => grads[v.name]!.dataSync().slice()) };
      });
    const once = run(batch, frozen);
    const cut = Object.fromEntries(
      Object.entries(frozen).map(([name, values]) => [
        name,
        select(values, other.steps, values.length / stepCount(batch)),
      ]),
    );
    const again = run(other.batch, cut);
    let worst = 0;
    const near = (a: number, b: number, what: string) => {
      worst = Math.max(worst, Math.abs(a - b) / Math.max(1, Math.abs(a)));
      assert.ok(worst < 1e-4, `${what}: ${a} in one order, ${b} in another`);
    };
    order.forEach((old, n) => near(once.losses[old]!, again.losses[n]!, `loss ${old}`));
    once.slopes.forEach((slope, v) =>
      slope.forEach((x, i) => near(x, again.slopes[v]![i]!, `slope ${i}`))
    );
    return worst;
  } finally {
    estimators.dispose();
  }
}
