/**
 * Training, as one async generator that yields events and touches no file, clock or terminal. The
 * command iterates it in place; whoever embeds gfn iterates it likewise.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { usageError } from "../errors.ts";
import { maximumEntropyLogits } from "../metrics/path_counts.ts";
import { critics } from "../objectives/_registry.ts";
import { tlm } from "../objectives/backward/tlm.ts";
import type { Need, Objective, Update } from "../objectives/contract.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { type Batch, trajectoryCount } from "../rollout/batch.ts";
import type { Fact } from "../rollout/facts.ts";
import { useEngine } from "../tensor/engine.ts";
import { RandomStream } from "../tensor/random.ts";
import { Adam } from "./adam.ts";
import { checkFit } from "./check_fit.ts";
import { checkMemory } from "./check_memory.ts";
import { Collector } from "./collect.ts";
import { Estimators } from "./estimators.ts";
import { Evaluator, EXACT_STATES, listStates } from "./evaluate.ts";
import {
  type EndEvent,
  type EvalEvent,
  toMetric,
  type TrainEvent,
  type WarningEvent,
} from "./events.ts";
import { learningRates } from "./schedule.ts";
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
 * @throws {GfnError} `E_OBJECTIVE_DATA`, `E_OBJECTIVE_BACKWARD` or `E_OBJECTIVE_ENV` when the settings
 * do not fit the objective; `E_LOSS` when numbers stop being finite; what the environment throws
 */
export async function* train(setup: TrainSetup): AsyncGenerator<TrainingEvent, void, void> {
  const { environment, objective, config, breathe = () => Promise.resolve() } = setup;
  checkFit(objective, config);
  useEngine(config.engine);
  const graph = await listStates(environment);
  const fixedBackward = config.backward === "max-entropy"
    ? maximumEntropyLogits(graph ?? refuseUnlisted(environment))
    : null;
  const create = () => new Estimators(environment, objective, config, fixedBackward);
  const estimators = create();
  const averaged = config.ema.decay > 0 ? create() : null;
  const adam = new Adam({ lr: config.policy.lr });
  try {
    const needs = objective.needs(config.objective);
    checkMemory(environment, estimators, config, needs);
    const updates = plannedUpdates(objective, config);
    const facts = needs.filter((need) => isFact(need));
    const collector = new Collector(environment, estimators, config, facts);
    const evaluator = new Evaluator(environment, config, graph);
    const evaluate = async () => ({
      ...await evaluator.measure(estimators),
      ...(averaged && { averaged: await evaluator.measure(averaged) }),
    });
    const tools = {
      estimators,
      adam,
      clipNorm: config.gradClip === "off" ? null : config.gradClip,
      random: RandomStream.of(config.seed, "minibatch"),
      breathe,
    };
    const critic = needs.includes("value") ? critics[config.critic.loss]! : null;
    const counts = { step: 0, trajectories: 0 };
    let rewards = 0;
    estimators.target?.follow(estimators, 1);
    averaged?.follow(estimators, 1);
    yield { type: "eval", ...counts, ...await evaluate() };
    while (counts.step < config.steps) {
      const { step } = counts;
      const collected = await collector.collect(step);
      const { batch, sources } = collected;
      const numbers = estimators.numbers(batch, collected.logPfAll);
      const frozen = {
        ...objective.freeze(numbers, config.objective),
        ...critic?.freeze(numbers),
      };
      const rates = learningRates(config, step);
      const reports: Record<string, UpdateReport> = {};
      for (const update of updates) {
        reports[update.name] = await runUpdate(update, batch, frozen, { ...tools, rates });
      }
      collected.noteLosses(reports[updates[0]!.name]!.losses);
      counts.step++;
      counts.trajectories += sources.policy + sources.localSearch;
      rewards += collected.rewards;
      if (counts.step % config.target.every === 0) {
        estimators.target?.follow(estimators, config.target.rate);
      }
      averaged?.follow(estimators, averagingShare(config.ema.decay, counts.step));
      yield trainEvent(counts, { rewards, sources }, reports, batch);
      if (counts.step % config.eval.every === 0 || counts.step === config.steps) {
        yield { type: "eval", ...counts, ...await evaluate() };
      }
    }
    yield { type: "end", reason: "finished", ...counts };
  } finally {
    estimators.dispose();
    averaged?.dispose();
    adam.dispose();
  }
}

function isFact(need: Need): need is Fact {
  return need === "partialRewards" || need === "terminatingRewards" || need === "parents";
}

function refuseUnlisted({ name }: HostedEnvironment): never {
  throw usageError(
    "E_OBJECTIVE_ENV",
    `Cannot use the P_B of maximum entropy in environment "${name}": its paths are counted state by state, want an environment that lists at most ${EXACT_STATES} states`,
  );
}

/** Share of the way that a moving average goes in a step; the first steps average all there was so far. */
function averagingShare(decay: number, step: number): number {
  return Math.max(1 - decay, 1 / (step + 1));
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
    const { epochs, minibatches } = config.critic;
    const loss = critics[config.critic.loss]!.loss(config.critic);
    updates.push({ name: "critic", trains: ["value"], epochs, minibatches, loss });
  }
  if (config.backward === "tlm") updates.push(tlm);
  return updates;
}

function trainEvent(
  counts: { step: number; trajectories: number },
  data: Pick<TrainEvent, "rewards" | "sources">,
  reports: Record<string, UpdateReport>,
  batch: Batch,
): TrainEvent {
  const N = trajectoryCount(batch);
  const of = (pick: (report: UpdateReport) => number) =>
    Object.fromEntries(
      Object.entries(reports).map(([name, report]) => [name, toMetric(pick(report))]),
    );
  return {
    type: "train",
    ...counts,
    ...data,
    losses: of((report) => report.loss),
    gradNorm: of((report) => report.gradNorm),
    meanLength: batch.action.length / N,
    meanLogReward: toMetric(batch.logReward.reduce((sum, x) => sum + x, 0) / N),
  };
}
