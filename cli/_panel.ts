/**
 * The panel that `gfn train` shows on a terminal: what is known of a run, as two lines of a width.
 *
 * @module
 */
import { durationText } from "../reports/live_state.ts";
import { short } from "./_print.ts";

/** What is known of a run that goes on. */
export interface PanelState {
  step: number;
  steps: number;
  loss: number | string | undefined;
  /** What evaluations measured, the newest last. */
  measure: { name: string; values: readonly (number | string)[] };
  trajectoriesPerSecond: number | null;
  /** Seconds. */
  elapsed: number;
  eta: number | null;
}

/** How it may look. */
export interface PanelLook {
  /** Columns of the terminal. */
  columns: number;
  colour: boolean;
}

const BARS = "▁▂▃▄▅▆▇█";
/** Columns of the bar and of the sparkline, at most. */
const BAR = 30, SPARKLINE = 24;
/** What stands between two items. */
const GAP = "   ";

/** An item of a line, as wide as its plain text. */
interface Item {
  plain: string;
  /** The same in colours. */
  painted: string;
}

/** The lines: where the terminal is narrow, items at the end of a line are left out. */
export function panelLines(state: PanelState, look: PanelLook): string[] {
  const { step, steps, measure: { name, values }, elapsed, eta, trajectoriesPerSecond } = state;
  const part = steps === 0 ? 1 : step / steps;
  const bar = Math.min(BAR, Math.max(0, look.columns - 40));
  const full = Math.round(part * bar);
  const item = (label: string, value: string): Item => ({
    plain: `${label} ${value}`,
    painted: `${paint("2", label)} ${value}`,
  });
  const last = short(values.at(-1));
  const room = Math.min(SPARKLINE, Math.max(0, look.columns - 44));
  const spark = room === 0 ? "" : sparkline(values.slice(-room));
  return [
    [
      {
        plain: "█".repeat(full) + "░".repeat(bar - full),
        painted: paint("36", "█".repeat(full)) + paint("2", "░".repeat(bar - full)),
      },
      item("step", `${step}/${steps}`),
      item("ETA", eta === null ? "-" : durationText(eta)),
      item("elapsed", durationText(elapsed)),
    ].filter(({ plain }) => plain !== ""),
    [
      item(name, last),
      ...(spark === "" ? [] : [{ plain: spark, painted: paint("36", spark) }]),
      item("loss", short(state.loss)),
      item("traj/s", trajectoriesPerSecond === null ? "-" : trajectoriesPerSecond.toFixed(0)),
    ],
  ].map((items) => lineOf(items, look));
}

function lineOf(items: readonly Item[], { columns, colour }: PanelLook): string {
  let width = -GAP.length;
  const fitting: Item[] = [];
  // The last column stays free: a terminal may break the line there.
  for (const item of items) {
    width += GAP.length + item.plain.length;
    if (width >= columns) break;
    fitting.push(item);
  }
  return fitting.map(({ plain, painted }) => colour ? painted : plain).join(GAP);
}

function paint(code: string, text: string): string {
  return text === "" ? "" : `\x1b[${code}m${text}\x1b[0m`;
}

/** Numbers as a row of bars, from the least of them to the greatest; a dot where one is not finite. */
export function sparkline(values: readonly (number | string)[]): string {
  const finite = values.filter((x) => typeof x === "number");
  const least = Math.min(...finite), range = Math.max(...finite) - least;
  return values.map((x) => {
    if (typeof x !== "number") return "·";
    const height = range === 0 ? 0 : (x - least) / range;
    return BARS[Math.round(height * (BARS.length - 1))];
  }).join("");
}
