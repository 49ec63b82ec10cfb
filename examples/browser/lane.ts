/**
 * One run on the page: its worker, its figures and its numbers.
 *
 * @module
 */
import type { Theme } from "./canvas.ts";
import { drawHeatMap } from "./heat_map.ts";
import { drawHistogram } from "./histogram.ts";
import { drawLattices } from "./lattices.ts";
import type { Frame, FromWorker, Start, Target, ToWorker } from "./messages.ts";
import { drawScores } from "./score_strip.ts";
import { titleOf } from "./settings.ts";

/** How a run is getting on. */
export type State = "starting" | "running" | "paused" | "finished" | "failed";

/** Where the lane says that something has changed. */
export interface LaneEvents {
  /** A figure is to be drawn anew. */
  drawn(): void;
  /** The state has changed. */
  turned(lane: Lane): void;
}

/** Share of a mode's own weight from which on it counts as found. */
const FOUND = 0.5;

/** A run and what shows it. */
export class Lane {
  readonly objective: string;
  readonly place: 0 | 1;
  readonly element: HTMLElement;
  /** Trajectories and total variation, by turns. */
  readonly curve: number[] = [];
  state: State = "starting";
  target: Target | null = null;
  frame: Frame | null = null;
  threads = 1;
  /** What went wrong. */
  message = "";
  readonly #worker: Worker;

  constructor(
    { objective, place, start, workerUrl, template, events }: {
      objective: string;
      place: 0 | 1;
      start: Start;
      workerUrl: string;
      template: HTMLTemplateElement;
      events: LaneEvents;
    },
  ) {
    this.objective = objective;
    this.place = place;
    const copy = template.content.cloneNode(true) as DocumentFragment;
    this.element = copy.firstElementChild as HTMLElement;
    this.element.classList.add(place === 0 ? "first" : "second");
    this.#part("name").textContent = titleOf(objective);
    this.#worker = new Worker(workerUrl);
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      this.#hear(data, events);
      events.drawn();
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#hear(
        { type: "failed", message: event.message || "The worker could not be started" },
        events,
      );
      events.drawn();
    };
    this.#say(start);
  }

  /** Stands still, or goes on. */
  hold(still: boolean): void {
    if (this.state === "running" && still) this.#say({ type: "pause" });
    else if (this.state === "paused" && !still) this.#say({ type: "go on" });
    else return;
    this.state = still ? "paused" : "running";
  }

  end(): void {
    this.#worker.terminate();
    this.element.remove();
  }

  /** Draws the figures and writes the numbers. */
  draw(theme: Theme): void {
    const { target, frame } = this;
    this.#part("message").textContent = this.message;
    if (!target || !frame) return;
    this.element.dataset.kind = target.kind;
    const { learned, last } = frame;
    if (target.kind === "grid" && learned.kind === "grid") {
      const most = Math.max(...target.p);
      drawHeatMap(this.#canvas("map"), theme, {
        ...{ side: target.side, values: learned.q, most, paths: last },
      });
    } else if (target.kind === "lattice" && learned.kind === "lattice") {
      const { side } = target, run = this.place;
      const pairs = 2 * side * side;
      drawHistogram(this.#canvas("up"), theme, {
        ...{ target: target.up, learned: learned.up, run, label: (i: number) => `${i} up` },
      });
      drawHistogram(this.#canvas("equal"), theme, {
        ...{ target: target.equal, learned: learned.equal, run },
        label: (i) => `${i} of ${pairs} equal`,
      });
      if (last) drawLattices(this.#canvas("lattices"), theme, { states: last.states, side, run });
    }
    if (last) {
      drawScores(this.#canvas("scores"), theme, {
        ...{ score: last.score, exact: target.logZ, believed: frame.logZ, run: this.place },
      });
    }
    this.#write(target, frame);
  }

  /** The run in a sentence, for who does not see the figures. */
  sentence(): string {
    const { state, frame, target } = this, objective = titleOf(this.objective);
    if (state === "failed") return `${objective}: ${this.message}`;
    if (!frame || !target || frame.tv === null) return `${objective} is starting.`;
    const modes = target.kind === "grid" ? `, ${this.#modes(target, frame)} of 4 modes` : "";
    return `${objective} ${state}: total variation ${frame.tv.toFixed(3)} after ${
      count(frame.trajectories)
    } trajectories${modes}.`;
  }

  #hear(message: FromWorker, { turned }: LaneEvents): void {
    switch (message.type) {
      case "begun":
        this.target = message.target;
        this.threads = message.threads;
        this.state = "running";
        return turned(this);
      case "frame":
        this.frame = message.frame;
        this.curve.push(...message.frame.curve);
        return;
      case "line":
        return;
      case "ended":
        this.curve.push(...message.curve);
        this.state = "finished";
        return turned(this);
      case "failed":
        this.message = message.message;
        this.state = "failed";
        return turned(this);
    }
  }

  #write(target: Target, frame: Frame): void {
    const { tv, logZ, trajectories, step, milliseconds } = frame;
    const said = (part: string, text: string) => {
      this.#part(part).textContent = text;
    };
    said("tv", tv === null ? "–" : tv.toFixed(3));
    said(
      "measure",
      target.kind === "grid" || target.measured === "all states"
        ? "exact"
        : "of the numbers of spins up, from samples",
    );
    said("log-z", `${logZ === null ? "–" : logZ.toFixed(2)} (exact ${target.logZ.toFixed(2)})`);
    said("trajectories", count(trajectories));
    said("iterations", count(step));
    const threads = `${this.threads} thread${this.threads === 1 ? "" : "s"}`;
    said("speed", milliseconds === null ? "–" : `${milliseconds.toFixed(2)} ms, ${threads}`);
    if (target.kind !== "grid") return;
    const shares = quadrants(target, frame).map(([q]) => `${Math.round(100 * q)}`);
    said("modes", `${this.#modes(target, frame)} of 4`);
    said("shares", `${shares.join(" · ")} %`);
    const canvas = this.#canvas("map");
    canvas.setAttribute("aria-label", `Learned distribution: ${this.sentence()}`);
  }

  #modes(target: Target, frame: Frame): number {
    return quadrants(target, frame).filter(([q, p]) => q >= FOUND * p).length;
  }

  #say(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #part(name: string): HTMLElement {
    return this.element.querySelector<HTMLElement>(`[data-part=${name}]`)!;
  }

  #canvas(name: string): HTMLCanvasElement {
    return this.#part(name) as HTMLCanvasElement;
  }
}

/** Learned and wanted mass of each quarter of a grid: near the start, along either side, far off. */
function quadrants(target: Target, { learned }: Frame): [learned: number, wanted: number][] {
  const sums: [number, number][] = [[0, 0], [0, 0], [0, 0], [0, 0]];
  if (target.kind !== "grid" || learned.kind !== "grid") return sums;
  const { side, p } = target;
  for (let s = 0; s < p.length; s++) {
    const far = (i: number) => 2 * i >= side ? 1 : 0;
    const sum = sums[2 * far(Math.floor(s / side)) + far(s % side)]!;
    sum[0] += learned.q[s]!;
    sum[1] += p[s]!;
  }
  return sums;
}

function count(n: number): string {
  return n.toLocaleString("en");
}
