/**
 * What a person sees while training: a panel on a terminal, a line for each evaluation elsewhere.
 *
 * @module
 */
import type { EvalEvent } from "../train/events.ts";
import type { TrainingEvent } from "../train/train.ts";
import { panelLines, type PanelState } from "./_panel.ts";
import { say, short, show as write } from "./_print.ts";

/** Told of every event. */
export interface Progress {
  show(event: TrainingEvent, seconds: number): void;
  /** Before anything else is written to the same terminal. */
  clear(): void;
  stop(): void;
}

/** The progress of a run of `steps` iterations. */
export function progress(steps: number, quiet: boolean): Progress {
  if (quiet) return { show() {}, clear() {}, stop() {} };
  return Deno.stderr.isTerminal() ? panel(steps) : lines(steps);
}

/** Milliseconds between two drawings of the panel. */
const PERIOD = 100;
/** Drawings that speed is measured over. */
const MARKS = 100;
/** Evaluations that are kept. */
const KEPT = 200;

function panel(steps: number): Progress {
  const marks: { step: number; trajectories: number; seconds: number }[] = [];
  const values: (number | string)[] = [];
  let state: PanelState = {
    ...{ step: 0, steps, loss: undefined, measure: { name: "TV", values } },
    ...{ trajectoriesPerSecond: null, elapsed: 0, eta: null },
  };
  let drawn = 0, next = 0;
  const clear = () => {
    // Up to the first line of the panel, and nothing below it.
    if (drawn > 0) write(`\x1b[${drawn}A\r\x1b[J`);
    drawn = 0;
  };
  const draw = () => {
    // A terminal that does not know its width says 0.
    const columns = Deno.consoleSize().columns || 80;
    const own = panelLines(state, { columns, colour: !Deno.noColor });
    const up = drawn > 0 ? `\x1b[${drawn}A` : "";
    write(`\x1b[?25l${up}\r${own.map((line) => `${line}\x1b[K\n`).join("")}`);
    drawn = own.length;
  };
  return {
    show(event, seconds) {
      if (event.type === "warning") {
        clear();
        say(event.message);
        return;
      }
      if (event.type === "eval") {
        const [name, value] = measureOf(event);
        if (value !== undefined) values.push(value);
        if (values.length > KEPT) values.shift();
        state = { ...state, measure: { name, values } };
      }
      if (event.type === "train") {
        const { step, trajectories, losses } = event;
        state = { ...state, step, loss: losses.policy };
        const now = performance.now();
        if (now < next) return;
        next = now + PERIOD;
        marks.push({ step, trajectories, seconds });
        if (marks.length > MARKS) marks.shift();
      } else if (event.type !== "eval") return;
      state = { ...state, elapsed: seconds, ...speedOf(marks, state) };
      draw();
    },
    clear,
    stop() {
      draw();
      write("\x1b[?25h");
      drawn = 0;
    },
  };
}

/** Speed and remaining time from the first mark to the last. */
/** What is shown of an evaluation: the total variation where states can be listed, else the ELBO. */
function measureOf({ tv, elboForwardSamples }: EvalEvent) {
  return tv === undefined ? ["ELBO", elboForwardSamples] as const : ["TV", tv] as const;
}

function speedOf(
  marks: readonly { step: number; trajectories: number; seconds: number }[],
  { step, steps }: PanelState,
): Pick<PanelState, "trajectoriesPerSecond" | "eta"> {
  const first = marks[0], last = marks.at(-1);
  const took = first && last ? last.seconds - first.seconds : 0;
  if (took <= 0) return { trajectoriesPerSecond: null, eta: null };
  return {
    trajectoriesPerSecond: (last!.trajectories - first!.trajectories) / took,
    eta: (steps - step) * took / (last!.step - first!.step),
  };
}

function lines(steps: number): Progress {
  let loss: number | string | undefined;
  return {
    show(event, seconds) {
      if (event.type === "warning") say(event.message);
      if (event.type === "train") loss = event.losses.policy;
      if (event.type !== "eval") return;
      const [name, value] = measureOf(event);
      say(
        `step ${event.step}/${steps}, ${seconds.toFixed(1)} s, ${
          Math.round(event.trajectories / seconds)
        } traj/s, loss ${short(loss)}, ${name} ${short(value)}, ETA ${
          event.step === 0 ? "-" : `${(seconds / event.step * (steps - event.step)).toFixed(0)} s`
        }`,
      );
    },
    clear() {},
    stop() {},
  };
}
