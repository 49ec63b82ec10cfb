/**
 * VarGrad, or log-partition variance (Richter et al. 2020; Zhang et al. 2023, arXiv:2302.05446):
 * trajectory balance with log Z replaced by its estimate from the batch.
 *
 * loss = mean over trajectories of g(S_n - mean S), S_n = sum log P_F - log R - sum log P_B
 *
 * @module
 */
import { z } from "zod";
import { tf } from "../tensor/backend.ts";
import { regression, regressionOptions } from "./_regression.ts";
import type { Objective } from "./contract.ts";
import { trajectoryScore } from "./tb.ts";

const options = z.strictObject({ ...regressionOptions });

type Options = z.infer<typeof options>;

export default {
  name: "vargrad",
  summary: "trajectory balance at the batch's own log Z: none is learned",
  source: { paper: "arXiv:2302.05446", equation: "the log-partition variance loss" },
  options,
  data: "any",
  zero: () => "batch",
  needs: () => [],
  freeze: () => ({}),
  updates: (options) => [{
    name: "policy",
    trains: ["policy", "backward"],
    epochs: 1,
    minibatches: 1,
    loss(steps) {
      const score = trajectoryScore(steps);
      return regression(tf.sub(score, tf.mean(score)), options);
    },
  }],
} satisfies Objective<Options, Record<string, never>>;
