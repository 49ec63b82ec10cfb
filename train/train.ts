/**
 * Training, as one async generator that yields events and touches no file, clock or terminal. The
 * command iterates it in place; whoever embeds gfn iterates it likewise.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { usageError } from "../errors.ts";
import { maximumEntropyLogits } from "../metrics/path_counts.ts";
import type { StateGraph } from "../metrics/state_graph.ts";
import { critics } from "../objectives/_registry.ts";
import type { Need, Objective } from "../objectives/contract.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { type Batch, trajectoryCount } from "../rollout/batch.ts";
import { type Fact, requireAbilities } from "../rollout/facts.ts";
import { useEngine } from "../tensor/engine.ts";
import { RandomStream } from "../tensor/random.ts";
import { logZLag } from "./_log_z_lag.ts";
import { Adam } from "./adam.ts";
import { checkFit } from "./check_fit.ts";
import { checkMemory } from "./check_memory.ts";
import { Collector } from "./collect.ts";
import { Estimators } from "./estimators.ts";
import { Evaluator, EXACT_STATES, listStates } from "./evaluate.ts";
import {
  type CheckpointEvent,
  type EndEvent,
  type EvalEvent,
  toMetric,
  type TrainEvent,
  type WarningEvent,
} from "./events.ts";
import { plannedUpdates } from "./planned_updates.ts";
import { learningRates } from "./schedule.ts";
import { type Session, snapshotOf, takeUp } from "./session.ts";
import type { Snapshot } from "./snapshot.ts";
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
  /** Goes on from here instead of from the beginning. */
  from?: Snapshot | null;
  /**
   * Given the state of the run every `checkpoint.every` steps, after the last one, and before it stops. By
   * then all events so far have been taken. Without it no checkpoint is made.
   */
  keep?: (snapshot: Snapshot) => void | Promise<void>;
  /** Asked after every step: whether to stop there. */
  stop?: () => boolean;
  /**
   * Shown the run before its first step and after every one, for who draws what is being learned. Awaited,
   * so that training stands still meanwhile; what it looks at changes no number of the run.
   */
  watch?: (view: TrainingView) => void | Promise<void>;
}

/** A run as it stands between two steps: to be read during the call, and not kept. */
export interface TrainingView {
  step: number;
  trajectories: number;
  /** All states, where they can be listed. */
  graph: StateGraph | null;
  estimators: Estimators;
  /** What the last step was trained on; null before the first. */
  batch: Batch | null;
}

/** What training says; the first line of a metrics file, `run`, is its host's. */
export type TrainingEvent = TrainEvent | EvalEvent | CheckpointEvent | WarningEvent | EndEvent;

/**
 * Trains, yielding a `train` event every iteration, an `eval` event before the first, every
 * `eval.every` iterations and after the last, `checkpoint` when the state was kept, and `end` when all is
 * done. Closing the generator early gives the memory back.
 *
 * From a snapshot it goes on behind the `train` event of the snapshot's step, and says from there what an
 * unbroken run says; `steps` may have been raised since.
 *
 * @throws {GfnError} `E_OBJECTIVE`, `E_OBJECTIVE_NEEDS`, `E_OBJECTIVE_DATA`, `E_OBJECTIVE_BACKWARD`,
 * `E_OBJECTIVE_ENV` or `E_CONFIG_VALUE` when objective, settings and environment do not fit together;
 * `E_MEMORY_NEED` when the engine's memory does not hold the run; `E_CHECKPOINT` when the snapshot does
 * not fit them; `E_LOSS` when numbers stop being finite; what the environment throws
 */
export async function* train(setup: TrainSetup): AsyncGenerator<TrainingEvent, void, void> {
  const { config, breathe = () => Promise.resolve(), from = null, keep, stop = () => false } =
    setup;
  const { session, graph, trainStep, dispose } = await startSession(setup, breathe);
  try {
    const said = () => ({ step: session.counts.step, trajectories: session.counts.trajectories });
    const evaluate = async (): Promise<EvalEvent> => ({
      type: "eval",
      ...said(),
      ...(session.collector.modes.areKnown && { modesFound: session.collector.modes.count }),
      ...await session.evaluator.measure(session.estimators),
      ...(session.averaged && { averaged: await session.evaluator.measure(session.averaged) }),
    });
    const show = (batch: Batch | null) =>
      setup.watch?.({ ...said(), graph, estimators: session.estimators, batch });
    const isLast = () => session.counts.step >= config.steps;
    const isDue = (every: number) => session.counts.step % every === 0 || isLast();
    let resumed = from !== null;
    if (from) takeUp(session, from);
    else yield await evaluate();
    await show(null);
    while (resumed || !isLast()) {
      // A snapshot is taken behind the `train` event of its step: what follows it is still to be said.
      if (!resumed) {
        const { warnings, event, batch } = await trainStep();
        yield* warnings;
        yield event;
        await show(batch);
        const stopping = stop();
        if (keep && (stopping || isDue(config.checkpoint.every))) await keep(snapshotOf(session));
        if (stopping && !isLast()) return yield { type: "end", reason: "interrupted", ...said() };
      }
      resumed = false;
      if (keep && isDue(config.checkpoint.every)) yield { type: "checkpoint", ...said() };
      if (isDue(config.eval.every)) yield await evaluate();
    }
    yield { type: "end", reason: "finished", ...said() };
  } finally {
    dispose();
  }
}

/** Makes the moving parts of a run, and the step that moves them. */
async function startSession(
  { environment, objective, config }: TrainSetup,
  breathe: () => Promise<void>,
): Promise<{
  session: Session;
  graph: StateGraph | null;
  trainStep: () => Promise<{ warnings: WarningEvent[]; event: TrainEvent; batch: Batch }>;
  dispose: () => void;
}> {
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
  const dispose = () => {
    estimators.dispose();
    averaged?.dispose();
    adam.dispose();
  };
  try {
    const needs = objective.needs(config.objective);
    const facts = needs.filter((need) => isFact(need));
    requireAbilities(environment, facts);
    checkMemory(environment, estimators, config, needs);
    const critic = needs.includes("value") ? critics[config.critic.loss]! : null;
    estimators.target?.follow(estimators, 1);
    averaged?.follow(estimators, 1);
    const session: Session = {
      estimators,
      averaged,
      adam,
      collector: new Collector(environment, estimators, config, facts),
      evaluator: new Evaluator(environment, config, graph),
      random: RandomStream.of(config.seed, "minibatch"),
      counts: { step: 0, trajectories: 0, rewards: 0 },
    };
    const updates = plannedUpdates(objective, config);
    const clipNorm = config.gradClip === "off" ? null : config.gradClip;
    const trainStep = async () => {
      const { counts, random } = session;
      const collected = await session.collector.collect(counts.step);
      const { batch, sources } = collected;
      const numbers = estimators.numbers(batch, collected.logPfAll);
      const lag = counts.step === 0 && needs.includes("logZ") && logZLag(config, numbers);
      const frozen = { ...objective.freeze(numbers, config.objective), ...critic?.freeze(numbers) };
      const tools = {
        ...{ estimators, adam, clipNorm, random, breathe, weightDecay: config.weightDecay },
        rates: learningRates(config, counts.step),
      };
      const reports: Record<string, UpdateReport> = {};
      for (const update of updates) {
        reports[update.name] = await runUpdate(update, batch, frozen, tools);
      }
      collected.noteLosses(reports[updates[0]!.name]!.losses);
      const step = counts.step + 1;
      session.counts = {
        step,
        trajectories: counts.trajectories + sources.policy + sources.localSearch,
        rewards: counts.rewards + collected.rewards,
      };
      if (step % config.target.every === 0) {
        estimators.target?.follow(estimators, config.target.rate);
      }
      averaged?.follow(estimators, averagingShare(config.ema.decay, step));
      const event = trainEvent(session.counts, sources, reports, batch);
      // Under `host`, since a run that goes on begins with nothing remembered.
      const { rewardCache } = environment;
      return {
        warnings: lag ? [lag] : [],
        event: rewardCache ? { ...event, host: { rewardCache: { ...rewardCache } } } : event,
        batch,
      };
    };
    return { session, graph, trainStep, dispose };
  } catch (error) {
    dispose();
    throw error;
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

function trainEvent(
  { step, trajectories, rewards }: Session["counts"],
  sources: TrainEvent["sources"],
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
    step,
    trajectories,
    rewards,
    sources,
    losses: of((report) => report.loss),
    gradNorm: of((report) => report.gradNorm),
    meanLength: batch.action.length / N,
    meanLogReward: toMetric(batch.logReward.reduce((sum, x) => sum + x, 0) / N),
  };
}
