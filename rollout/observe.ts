/**
 * Observations of states laid end to end.
 *
 * @module
 */
import { type HostedEnvironment, observationWidth } from "../plugins/open.ts";
import type { ObservationRows } from "../policies/network.ts";

/**
 * What a policy sees of `rows` states.
 *
 * @param states [rows * W]
 */
export function observe(
  { observation, stateWords: W }: HostedEnvironment,
  states: Int32Array,
  rows: number,
): ObservationRows {
  const width = observationWidth(observation);
  if (observation.kind === "dense") {
    const values = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) observation.write(states, row * W, values, row * width);
    return { rows, values };
  }
  const values = new Int32Array(rows * width);
  for (let row = 0; row < rows; row++) observation.write(states, row * W, values, row * width);
  return { rows, values };
}
