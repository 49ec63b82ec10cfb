/**
 * Trains one run in a worker of the page and shows it how it goes. It is to the page what `cli/train.ts` is
 * to the command: the engine and the loop are the same.
 *
 * @module
 */
import { z } from "zod";
import { resolveRun } from "../../config/resolve.ts";
import type { RunConfig } from "../../config/schema.ts";
import hypergrid from "../../envs/hypergrid.ts";
import ising from "../../envs/ising.ts";
import { GfnError } from "../../errors.ts";
import { objectives } from "../../objectives/_registry.ts";
import type { EnvironmentPlugin } from "../../plugins/contract.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { startEngine } from "../../tensor/engine.ts";
import { listStates } from "../../train/evaluate.ts";
import { preferredThreads } from "../../train/preferred_threads.ts";
import { train, type TrainingView } from "../../train/train.ts";
import type { FromWorker, Start, ToWorker } from "./messages.ts";
import { Stopwatch } from "./stopwatch.ts";
import { gridWatcher, latticeWatcher, scores, type Watcher } from "./watchers.ts";

// The page forbids code made from texts; zod would try whether it may, and be reported.
z.config({ jitless: true });

const environments: Readonly<Record<string, EnvironmentPlugin>> = { hypergrid, ising };

/** Steps between two points of the curve. */
const EVERY = 10;
/** Milliseconds that training may go on without hearing the page. */
const PATIENCE = 30;
/** The part of a worker's scope that is used; the types at hand are a page's. */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
}
const scope = globalThis as unknown as Scope;

/** Resolves when the run may go on; null while it does. */
let paused: { gone: Promise<void>; goOn: () => void } | null = null;

scope.onmessage = ({ data }) => {
  if (data.type === "start") {
    run(data).catch((error: unknown) => {
      const known = error instanceof GfnError || error instanceof RangeError;
      const message = error instanceof Error ? error.message : String(error);
      scope.postMessage({
        type: "failed",
        message: known ? message : `Something broke: ${message}`,
      });
    });
  } else if (data.type === "pause") {
    const { promise, resolve } = Promise.withResolvers<void>();
    paused ??= { gone: promise, goOn: resolve };
  } else {
    paused?.goOn();
    paused = null;
  }
};

async function run({ tree, cores, pace, lines }: Start): Promise<void> {
  const config = resolveRun({ ...tree, eval: { every: EVERY, samples: 1 } }, {
    environments,
    objectives,
  });
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  const graph = await listStates(environment);
  const watcher = watcherOf(config, graph);
  // Evaluating what is too large to be listed would only sample what training samples anyway.
  if (watcher.measured === "samples") config.eval.every = config.steps;
  else if (name === "ising") config.eval.every = 5 * EVERY;
  const threads = await startEngine(
    config.engine,
    undefined,
    preferredThreads(config, environment.observation, cores),
  );
  scope.postMessage({
    ...{ type: "begun", target: watcher.target(), threads: threads.count ?? 1, config },
  });

  const show = shower(watcher, pace, config.steps), clock = new Stopwatch();
  let heard = performance.now(), said = 0;
  const breathe = async () => {
    if (performance.now() - heard < PATIENCE) return;
    await nextTask();
    heard = performance.now();
  };
  const watch = async (view: TrainingView) => {
    await show.see(view, clock.mean);
    await breathe();
    if (paused) {
      show.now(view, await view.estimators.learnedLogZ(), clock.mean);
      await paused.gone;
    }
    clock.start();
  };
  const objective = objectives[config.objective.name]!;
  for await (const event of train({ environment, objective, config, breathe, watch })) {
    if (event.type === "train") clock.stop();
    if (said < lines) scope.postMessage({ type: "line", line: JSON.stringify(event) });
    said++;
    if (event.type !== "eval") continue;
    if (typeof event.tv === "number") show.point(event.trajectories, event.tv);
    clock.start();
  }
  threads.stop();
  scope.postMessage({ type: "ended", curve: show.rest() });
}

function watcherOf(config: RunConfig, graph: Awaited<ReturnType<typeof listStates>>): Watcher {
  const { name, side, sigma } = config.env as { name: string; side: number; sigma: number };
  return name === "ising" ? latticeWatcher(graph, side, sigma) : gridWatcher(graph!, side);
}

/** Posts frames, not more often than the page can use them. */
function shower(watcher: Watcher, pace: number, steps: number) {
  let curve: number[] = [], last = -Infinity;
  const now = (view: TrainingView, logZ: number | null, milliseconds: number | null) => {
    const { step, trajectories, batch, estimators } = view;
    const drawn = batch && { ...watcher.drawn(batch), score: scores(estimators, batch) };
    scope.postMessage({
      type: "frame",
      frame: {
        ...{ step, trajectories, milliseconds, logZ, curve, ...watcher.look(view) },
        last: drawn,
      },
    });
    curve = [];
    last = performance.now();
  };
  return {
    now,
    /** What was not posted yet of the curve. */
    rest: () => curve,
    point: (trajectories: number, tv: number) => void curve.push(trajectories, tv),
    async see(view: TrainingView, milliseconds: number | null) {
      watcher.see(view);
      if (watcher.measured === "samples" && view.step % EVERY === 0 && view.batch) {
        curve.push(view.trajectories, watcher.look(view).tv!);
      }
      if (performance.now() - last < pace && view.step < steps) return;
      now(view, await view.estimators.learnedLogZ(), milliseconds);
    },
  };
}

const channel = new MessageChannel();

/** Lets messages in; a timer would wait for four milliseconds at least. */
function nextTask(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  channel.port1.onmessage = () => resolve();
  channel.port2.postMessage(null);
  return promise;
}
