/**
 * Plans of the balance objectives.
 *
 * @module
 */
import { edgeResidual } from "../../objectives/db.ts";
import type { StepTensors } from "../../objectives/contract.ts";
import { forwardLookingFlow } from "../../objectives/_flows.ts";
import { modifiedResidual } from "../../objectives/modified_db.ts";
import { subTrajectories, type Weighting } from "../../objectives/_sub_trajectories.ts";
import { subTrajectoryResiduals } from "../../objectives/subtb.ts";
import { trajectoryScore } from "../../objectives/tb.ts";
import { tf } from "../../tensor/backend.ts";
import { type Check, DOUBLE, FLOAT } from "./check.ts";
import type { Fixture } from "./fixture.ts";
import { freeze, type Plan, type Planner, REGRESSIONS, returnsOf, WEIGHTINGS } from "./plan.ts";
import type { Backward, Setting } from "./setting.ts";

/** Plans by the file's name of the objective. */
export const balancePlans: Readonly<Record<string, Planner>> = {
  TB: planTb,
  VarGrad: planVarGrad,
  DB: (entry, pb) => planDb(entry, pb, "db"),
  FLDB: (entry, pb) => planDb(entry, pb, "fl-db"),
  ModifiedDB: planModifiedDb,
  SubTB: planSubTb,
  gfnxDB: planGfnxDb,
  gfnxModifiedDB: planGfnxModifiedDb,
};

/** The networks that joint objectives move. */
function movedBy(backward: Backward, ...others: string[]): string[] {
  return ["pf", ...(backward === "learned" ? ["pb"] : []), ...others];
}

const SQUARE = { regression: "square", linexAlpha: 1 };

function planTb(entry: Fixture, backward: Backward): Plan | null {
  const regression = REGRESSIONS[entry.at("regressionLoss").text()];
  if (regression === undefined) return null;
  const linexAlpha = regression === "linex" ? entry.at("alpha").number() : 1;
  // The files record whole gradients for the square alone, that of log Z for all.
  const moved = regression === "square" ? movedBy(backward) : [];
  const options = { regression, linexAlpha };
  return {
    read: { policy: "pf", backward },
    outputs: moved,
    params: [...moved, "logZ"],
    keys: ["regressionLoss", ...(regression === "linex" ? ["alpha"] : []), "scores", "residuals"],
    update: (setting) => freeze("tb", options, setting.numbers("pf", backward, "logV")),
    details(setting, check, steps) {
      const scores = scoresOf(setting, backward);
      check.equal(scores, entry.at("scores"), DOUBLE);
      check.equal(scores.map((s) => s + setting.logZ), entry.at("residuals"), DOUBLE);
      check.equalSums(trajectoryScore(steps).dataSync(), entry.at("scores"), FLOAT);
    },
  };
}

/** S_n in doubles. */
function scoresOf(setting: Setting, backward: Backward): number[] {
  const g = returnsOf(setting.numbers("pf", backward, "logV")), { start } = setting.batch;
  return Array.from(
    start.subarray(1),
    (end, n) => -g.subarray(start[n]!, end).reduce((sum, x) => sum + x, 0),
  );
}

function planVarGrad(entry: Fixture, backward: Backward): Plan {
  return {
    read: { policy: "pf", backward },
    outputs: movedBy(backward),
    params: movedBy(backward),
    keys: ["scores", "impliedLogZ"],
    update: (setting) => freeze("vargrad", SQUARE, setting.numbers("pf", backward, "logV")),
    details(setting, check, steps) {
      const scores = scoresOf(setting, backward), score = trajectoryScore(steps);
      check.equal(scores, entry.at("scores"), DOUBLE);
      check.equalSums(score.dataSync(), entry.at("scores"), FLOAT);
      const mean = scores.reduce((sum, x) => sum + x, 0) / scores.length;
      check.equal(-mean, entry.at("impliedLogZ"), DOUBLE);
      check.equal(-tf.mean(score).dataSync()[0]!, entry.at("impliedLogZ"), FLOAT, 10);
    },
  };
}

function planDb(entry: Fixture, backward: Backward, name: "db" | "fl-db"): Plan {
  return {
    read: { policy: "pf", backward, flow: "logF" },
    outputs: movedBy(backward, "logF"),
    params: movedBy(backward, "logF"),
    keys: ["residuals"],
    update: (setting) => freeze(name, SQUARE, setting.numbers("pf", backward, "logV")),
    details(setting, check, steps) {
      const flow = name === "db" ? steps.logFlow() : forwardLookingFlow(steps);
      const found = edgeResidual(steps, flow).dataSync();
      check.equalSums(setting.byTrajectory(found), entry.at("residuals"), FLOAT);
    },
  };
}

function planModifiedDb(entry: Fixture, backward: Backward): Plan {
  return {
    read: { policy: "pf", backward },
    outputs: movedBy(backward),
    params: movedBy(backward),
    keys: ["residuals"],
    update: (setting) =>
      freeze(
        "modified-db",
        { ...SQUARE, bootstrap: "online" },
        setting.numbers("pf", backward, "logV"),
      ),
    details(setting, check, steps) {
      const found = setting.byTrajectory(modifiedResidual(steps, steps).dataSync()) as number[][];
      // The last step is the exit, which has no residual.
      check.equalSums(found.map((one) => one.slice(0, -1)), entry.at("residuals"), FLOAT);
    },
  };
}

function planSubTb(entry: Fixture, backward: Backward): Plan | null {
  const weighting = WEIGHTINGS[entry.at("weighting").text()];
  if (weighting === undefined) return null;
  const lambda = entry.at("lambda").number();
  const flow = entry.at("forwardLooking").flag() ? "forward-looking" : "plain";
  return {
    read: { policy: "pf", backward, flow: "logF" },
    // Files record the gradients of all networks for some weightings and that of log F for all.
    outputs: ["logF"],
    params: ["logF"],
    keys: ["weighting", "lambda", "forwardLooking", "residuals"],
    update: (setting) =>
      freeze(
        "subtb",
        { ...SQUARE, weighting, lambda, flow },
        setting.numbers("pf", backward, "logV"),
      ),
    details(setting, check, steps) {
      const residuals = entry.maybe("residuals");
      if (residuals) checkResiduals(setting, steps, flow, residuals, check);
    },
  };
}

/** Triples [i, j, r(i, j)] of the first trajectories. */
function checkResiduals(
  { batch }: Setting,
  steps: StepTensors,
  flow: string,
  want: Fixture,
  check: Check,
): void {
  const all: Weighting = "equal";
  const parts = subTrajectories(batch.start, all, 1);
  const logFlow = flow === "plain" ? steps.logFlow() : forwardLookingFlow(steps);
  const logRatio = tf.sub(steps.logPf(), steps.logPb()) as tf.Tensor1D;
  const r = subTrajectoryResiduals(steps, logFlow, logRatio, parts).dataSync();
  for (const [n, triples] of want.list().entries()) {
    const first = batch.start[n]! + n, from = parts.start[n]!, count = parts.start[n + 1]! - from;
    check.holds(triples.list().length === count, `${triples.path}: want ${count} residuals`);
    for (const [k, triple] of triples.list().entries()) {
      const x = from + k;
      const found = [parts.from[x]! - first, parts.to[x]! - first, r[x]!];
      check.equal(found, triple, FLOAT, 10);
    }
  }
}

function planGfnxDb(_entry: Fixture, backward: Backward): Plan {
  const options = { regression: "half-square", linexAlpha: 1 };
  return {
    read: { policy: "pf", backward, flow: "logF" },
    outputs: ["logF"],
    params: ["logF"],
    keys: [],
    update: (setting) => freeze("db", options, setting.numbers("pf", backward, "logV")),
  };
}

function planGfnxModifiedDb(_entry: Fixture, backward: Backward): Plan {
  const options = { regression: "huber", linexAlpha: 1, bootstrap: "target" };
  return {
    // gfnx holds what it evaluates at s': a target that has the same parameters.
    read: { policy: "pf", backward, target: { policy: "pf" } },
    outputs: ["pf"],
    params: ["pf"],
    keys: [],
    update: (setting) => freeze("modified-db", options, setting.numbers("pf", backward, "logV")),
  };
}
