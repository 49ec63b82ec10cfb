/**
 * Forward-looking detailed balance (Pan et al. 2023, arXiv:2302.01687): detailed balance with
 * log F(s) = log F~(s) + log R~(s), where the environment gives a reward R~ of partial objects.
 *
 * @module
 */
import { z } from "zod";
import type { Objective } from "./contract.ts";
import { edgeResidual } from "./db.ts";
import { forwardLookingFlow } from "./_flows.ts";
import { meanOfSteps } from "./_reduce.ts";
import { regression, regressionOptions } from "./_regression.ts";

const options = z.strictObject({ ...regressionOptions });

type Options = z.infer<typeof options>;

export default {
  name: "fl-db",
  summary: "detailed balance that looks forward: flows relative to rewards of partial objects",
  source: { paper: "arXiv:2302.01687", equation: "the forward-looking detailed-balance loss" },
  options,
  data: "any",
  zero: () => "batch",
  needs: () => ["flow", "partialRewards"],
  freeze: () => ({}),
  updates: (options) => [{
    name: "policy",
    trains: ["policy", "backward", "flow"],
    epochs: 1,
    minibatches: 1,
    loss(steps) {
      const residual = edgeResidual(steps, forwardLookingFlow(steps));
      return meanOfSteps(regression(residual, options), steps.batch);
    },
  }],
} satisfies Objective<Options, Record<string, never>>;
