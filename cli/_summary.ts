/**
 * The closing summary of a run, for a person.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import type { EndEvent, EvalEvent } from "../train/events.ts";
import { short } from "./_print.ts";

/** The lines of the summary. */
export function summary(
  config: RunConfig,
  end: EndEvent,
  last: EvalEvent | null,
  seconds: number,
): string {
  const head =
    `${config.objective.name} on ${config.env.name}, ${end.reason} after ${end.step} steps, ${end.trajectories} trajectories, ${
      seconds.toFixed(1)
    } s (${Math.round(end.trajectories / seconds)} trajectories/s)`;
  if (last === null) return head;
  const rows: [string, string | null][] = [
    ["total variation", given(last.tv)],
    ["KL(target || policy)", given(last.kl, "nats")],
    ["KL(policy || target)", given(last.klReverse, "nats")],
    ["ELBO", given(last.elbo ?? last.elboForwardSamples, "nats")],
    ["log Z learned", given(last.logZ, "nats")],
    ["log Z exact", given(last.logZExact, "nats")],
    ["log Z estimated", given(last.logZForwardSamples, "nats")],
  ];
  const shown = rows.filter(([, text]) => text !== null);
  return [head, ...shown.map(([name, text]) => `  ${name.padEnd(22)}${text}`)].join("\n");
}

function given(x: number | string | undefined, unit = ""): string | null {
  return x === undefined ? null : `${short(x)} ${unit}`.trimEnd();
}
