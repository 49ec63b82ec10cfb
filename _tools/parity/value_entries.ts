/**
 * Plans of the objectives whose policy network gives edge flows or action values.
 *
 * @module
 */
import { exitResidual, flowResidual } from "../../objectives/flow_matching.ts";
import { actionValue, bootstrapTarget } from "../../objectives/_soft_q.ts";
import { tf } from "../../tensor/backend.ts";
import { maskedLogSumExp } from "../../tensor/categorical.ts";
import { segmentLogSumExp } from "../../tensor/segments.ts";
import { EXACT, FLOAT } from "./check.ts";
import type { Fixture } from "./fixture.ts";
import { freeze, type Plan, type Planner } from "./plan.ts";
import type { Backward } from "./setting.ts";

/** Plans by the file's name of the objective. */
export const valuePlans: Readonly<Record<string, Planner>> = {
  FlowMatching: planFlowMatching,
  SoftDQN: (entry, pb) => planSoftDqn(entry, pb, "plain"),
  SoftDQNDueling: (entry, pb) => planSoftDqn(entry, pb, "dueling"),
};

/** Size of the terms that residuals are differences of, nats. */
const TERMS = 10;

function planFlowMatching(entry: Fixture): Plan {
  const options = { regression: "square", linexAlpha: 1, alpha: entry.at("alpha").number() };
  return {
    read: { policy: "edgeF", backward: "uniform" },
    outputs: [],
    params: ["edgeF"],
    keys: ["alpha", "flowMatchingTerm", "rewardMatchingTerm", "intermediate", "terminal"],
    update: (setting) => freeze("flow-matching", options, setting.numbers("pf", "uniform", "logV")),
    details({ batch }, check, steps) {
      const { start } = batch, { forwardMask, parents } = batch;
      const flows = flowResidual(steps).dataSync(), exits = exitResidual(steps).dataSync();
      const inflow = segmentLogSumExp(steps.parentLogits(), parents!.start).dataSync();
      const outflow = maskedLogSumExp(steps.logits(), forwardMask).dataSync();
      const visited: number[] = [];
      for (let n = 0; n + 1 < start.length; n++) {
        for (let k = start[n]! + 1; k < start[n + 1]!; k++) visited.push(k);
      }
      const meanSquare = (r: readonly number[]) => r.reduce((sum, x) => sum + x * x, 0) / r.length;
      const terms = [visited.map((k) => flows[k]!), Array.from(exits)].map(meanSquare);
      check.equal(terms[0]!, entry.at("flowMatchingTerm"), FLOAT, TERMS);
      check.equal(terms[1]!, entry.at("rewardMatchingTerm"), FLOAT, TERMS);
      const rows = entry.at("intermediate").list();
      check.holds(
        rows.length === visited.length,
        `${entry.path}.intermediate: ${rows.length} rows`,
      );
      for (const [i, row] of rows.entries()) {
        const k = visited[i]!, n = start.findLastIndex((first) => first <= k);
        check.equal(n, row.at("n"), EXACT);
        check.equal(k - start[n]!, row.at("t"), EXACT);
        check.equal(inflow[k]!, row.at("logIn"), FLOAT);
        check.equal(outflow[k]!, row.at("logOut"), FLOAT);
        check.equal(flows[k]!, row.at("residual"), FLOAT, TERMS);
      }
      const ends = entry.at("terminal").list();
      check.holds(ends.length === exits.length, `${entry.path}.terminal: ${ends.length} rows`);
      for (const [n, row] of ends.entries()) {
        check.equal(n, row.at("n"), EXACT);
        check.equal(start[n + 1]! - start[n]! - 1, row.at("t"), EXACT);
        check.equal(exits[n]!, row.at("residual"), FLOAT, TERMS);
      }
    },
  };
}

function planSoftDqn(entry: Fixture, backward: Backward, head: "plain" | "dueling"): Plan | null {
  if (backward !== "uniform") return null;
  const name = (key: string) => entry.at(key).text();
  const plain = head === "plain";
  const keys = plain ? ["qNet", "targetNet"] : ["advantageNet", "valueNet", "targetValueNet"];
  const options = {
    regression: "huber",
    linexAlpha: 1,
    head,
    exitWeight: entry.at("leafCoeff").number(),
  };
  return {
    read: plain ? { policy: name("qNet"), backward, target: { policy: name("targetNet") } } : {
      policy: name("advantageNet"),
      flow: name("valueNet"),
      backward,
      target: { policy: name("advantageNet"), flow: name("targetValueNet") },
    },
    outputs: [],
    params: plain ? ["edgeF"] : ["edgeF", "logF"],
    keys: ["leafCoeff", ...keys, "q", "targets"],
    update: (setting) => freeze("soft-dqn", options, setting.numbers("pf", backward, "logV")),
    details(setting, check, steps) {
      const perStep = (tensor: tf.Tensor) => setting.byTrajectory(tensor.dataSync());
      check.equalSums(perStep(actionValue(steps, head, 1)), entry.at("q"), FLOAT);
      const targets = bootstrapTarget(steps, head, 0, 1);
      check.equalSums(perStep(targets), entry.at("targets"), FLOAT);
    },
  };
}
