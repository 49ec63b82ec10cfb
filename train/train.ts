/**
 * Training, as one async generator that yields events and touches no file, clock or terminal. The
 * command iterates it in place; whoever embeds gfn iterates it likewise.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { usageError } from "../errors.ts";
import { critics } from "../objectives/_registry.ts";
import { tlm } from "../objectives/backward/tlm.ts";
import type { Objective, Update } from "../objectives/contract.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { trajectoryCount } from "../rollout/batch.ts";
import { isOnPolicy } from "../rollout/exploration.ts";
import { type Rollout, sampleForward } from "../rollout/forward.ts";
import { RandomStream } from "../tensor/random.ts";
import { Adam } from "./adam.ts";
import { Estimators } from "./estimators.ts";
import { Evaluator } from "./evaluate.ts";
import {
  type EndEvent,
  type EvalEvent,
  toMetric,
  type TrainEvent,
  type WarningEvent,
} from "./events.ts";
import { runUpdate, type UpdateReport } from "./update.ts";

/** What to train, on what, and how. */
export interface TrainSetup {
  environment: HostedEnvironment;
  objective: Objective;
  config: RunConfig;
  /**
   * Awaited after every gradient step: a host with an event loop to serve lets it run there. Training
   * itself knows no clock.
   */
  breathe?: () => Promise<void>;
}

/** What training says; the first line of a metrics file, `run`, is its host's. */
export type TrainingEvent = TrainEvent | EvalEvent | WarningEvent | EndEvent;

/**
 * Trains, yielding a `train` event every iteration, an `eval` event before the first, every
 * `eval.every` iterations and after the last, and `end` when all is done. Closing the generator early
 * gives the memory back.
 *
 * @throws {GfnError} `E_OBJECTIVE_DATA` or `E_OBJECTIVE_BACKWARD` when the settings do not fit the
 * objective; `E_LOSS` when numbers stop being finite; what the environment throws
 */
export async function* train(setup: TrainSetup): AsyncGenerator<TrainingEvent, void, void> {
  const { environment, objective, config, breathe = () => Promise.resolve() } = setup;
  checkFit(objective, config);
  const estimators = new Estimators(environment, objective, config);
  const adam = new Adam({ lr: config.policy.lr });
  try {
    const updates = plannedUpdates(objective, config);
    const rolloutRandom = RandomStream.of(config.seed, "rollout");
    const tools = {
      estimators,
      adam,
      clipNorm: config.gradClip === "off" ? null : config.gradClip,
      random: RandomStream.of(config.seed, "minibatch"),
      breathe,
    };
    const evaluator = await Evaluator.create(environment, config);
    const counts = { step: 0, trajectories: 0 };
    yield { type: "eval", ...counts, ...await evaluator.evaluate(estimators) };
    while (counts.step < config.steps) {
      const rollout = await sampleForward(
        environment,
        config.batch,
        (observations) => estimators.policy.forward(observations),
        rolloutRandom,
        config.explore,
      );
      const frozen = objective.freeze(estimators.numbers(rollout), config.objective);
      const reports: Record<string, UpdateReport> = {};
      for (const update of updates) {
        reports[update.name] = await runUpdate(update, rollout.batch, frozen, tools);
      }
      counts.step++;
      counts.trajectories += config.batch;
      yield trainEvent(counts, reports, rollout);
      if (counts.step % config.eval.every === 0 || counts.step === config.steps) {
        yield { type: "eval", ...counts, ...await evaluator.evaluate(estimators) };
      }
    }
    yield { type: "end", reason: "finished", ...counts };
  } finally {
    estimators.dispose();
    adam.dispose();
  }
}

/** Refuses settings under which the objective's gradient would be wrong. */
function checkFit(objective: Objective, config: RunConfig): void {
  if (objective.data === "on-policy" && !isOnPolicy(config.explore)) {
    throw usageError(
      "E_OBJECTIVE_DATA",
      `Cannot train ${objective.name} with exploration: its gradient is an average over the policy's own actions, found explore = ${
        JSON.stringify(config.explore)
      }, want epsilon 0, temperature 1 and exitBias 0`,
    );
  }
  if (objective.backward === "separate" && config.backward === "learned") {
    throw usageError(
      "E_OBJECTIVE_BACKWARD",
      `Cannot train ${objective.name} with backward = learned: a policy gradient may not move the P_B that its reward is made of, want backward = uniform or tlm`,
    );
  }
}

/** The objective's own updates, then the critic's, then P_B's. */
function plannedUpdates(objective: Objective, config: RunConfig): Update[] {
  const updates: Update[] = objective.updates(config.objective).map((update) => ({
    ...update,
    trains: config.backward === "learned"
      ? update.trains
      : update.trains.filter((name) => name !== "backward"),
  }));
  if (objective.needs(config.objective).includes("value")) {
    const { loss, epochs, minibatches } = config.critic;
    const critic = critics[loss]!;
    updates.push({ name: "critic", trains: ["value"], epochs, minibatches, loss: critic.loss });
  }
  if (config.backward === "tlm") updates.push(tlm);
  return updates;
}

function trainEvent(
  counts: { step: number; trajectories: number },
  reports: Record<string, UpdateReport>,
  { batch }: Rollout,
): TrainEvent {
  const N = trajectoryCount(batch);
  const of = (pick: (report: UpdateReport) => number) =>
    Object.fromEntries(
      Object.entries(reports).map(([name, report]) => [name, toMetric(pick(report))]),
    );
  return {
    type: "train",
    ...counts,
    losses: of((report) => report.loss),
    gradNorm: of((report) => report.gradNorm),
    meanLength: batch.action.length / N,
    meanLogReward: toMetric(batch.logReward.reduce((sum, x) => sum + x, 0) / N),
  };
}
