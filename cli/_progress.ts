/**
 * What a person sees while training: a bar on a terminal, a line for each evaluation elsewhere.
 *
 * @module
 */
import { SingleBar } from "cli-progress";
import type { TrainingEvent } from "../train/train.ts";
import { say } from "./_print.ts";

/** Told of every event. */
export interface Progress {
  show(event: TrainingEvent, seconds: number): void;
  stop(): void;
}

/** The progress of a run of `steps` iterations. */
export function progress(steps: number, quiet: boolean): Progress {
  if (quiet) return { show() {}, stop() {} };
  return Deno.stderr.isTerminal() ? bar(steps) : lines(steps);
}

function bar(steps: number): Progress {
  const view = new SingleBar({
    format: "{bar} {value}/{total} | {rate} traj/s | loss {loss} | TV {tv} | ETA {eta_formatted}",
    barsize: 24,
    hideCursor: true,
    stopOnComplete: false,
    etaBuffer: 50,
  });
  const shown = { rate: "-", loss: "-", tv: "-" };
  view.start(steps, 0, shown);
  return {
    show(event, seconds) {
      if (event.type === "eval") shown.tv = short(event.tv);
      if (event.type !== "train") return;
      shown.loss = short(event.losses.policy);
      shown.rate = String(Math.round(event.trajectories / seconds));
      view.update(event.step, shown);
    },
    stop() {
      view.stop();
    },
  };
}

function lines(steps: number): Progress {
  let loss: number | string | undefined;
  return {
    show(event, seconds) {
      if (event.type === "train") loss = event.losses.policy;
      if (event.type !== "eval") return;
      say(
        `step ${event.step}/${steps}, ${seconds.toFixed(1)} s, ${
          Math.round(event.trajectories / seconds)
        } traj/s, loss ${short(loss)}, TV ${short(event.tv)}, ETA ${
          event.step === 0 ? "-" : `${(seconds / event.step * (steps - event.step)).toFixed(0)} s`
        }`,
      );
    },
    stop() {},
  };
}

/** A number of a metric with a few digits; a dash where there is none. */
export function short(x: number | string | undefined): string {
  if (x === undefined) return "-";
  return typeof x === "number" ? x.toPrecision(4) : x;
}
