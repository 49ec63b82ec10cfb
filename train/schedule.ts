/**
 * What changes over the steps of a run: learning rates and exploration. Pure functions of the step, so
 * that a run can be taken up anywhere.
 *
 * @module
 */
import type { RateConfig, RunConfig } from "../config/schema.ts";
import type { Estimator } from "../objectives/contract.ts";
import type { Exploration } from "../rollout/exploration.ts";

/** The learning rate of each estimator. */
export type LearningRates = Readonly<Record<Estimator, number>>;

/** A number on its way from one value to another. */
export function between(
  from: number,
  to: number,
  schedule: RateConfig["schedule"],
  done: number,
): number {
  const share = Math.min(Math.max(done, 0), 1);
  switch (schedule) {
    case "constant":
      return from;
    case "linear":
      return from + (to - from) * share;
    case "cosine":
      return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
  }
}

/**
 * The learning rate of a group in a step: rising in a line over the warm-up, then as its schedule says.
 *
 * @param step from 0 to steps - 1
 */
export function rateAt(
  { lr, schedule, warmup, floor }: RateConfig,
  step: number,
  steps: number,
): number {
  if (step < warmup) return lr * (step + 1) / warmup;
  const done = (step - warmup) / Math.max(steps - warmup, 1);
  return between(lr, floor * lr, schedule, done);
}

/** The learning rates of all estimators in a step. */
export function learningRates(config: RunConfig, step: number): LearningRates {
  const at = (rate: RateConfig) => rateAt(rate, step, config.steps);
  return {
    policy: at(config.policy),
    backward: at(config.pb),
    value: at(config.critic),
    flow: at(config.flow),
    logZ: at(config.logZ),
  };
}

/** The exploration in a step. */
export function explorationAt({ explore }: RunConfig, step: number): Exploration {
  const { epsilon, epsilonEnd, temperature, temperatureEnd, schedule, over, exitBias } = explore;
  const done = step / over;
  return {
    epsilon: between(epsilon, epsilonEnd, schedule, done),
    temperature: between(temperature, temperatureEnd, schedule, done),
    exitBias,
  };
}
