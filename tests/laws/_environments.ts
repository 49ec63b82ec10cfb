/**
 * What the laws are tried on: trajectories that end by a stop action, by being full, and by either.
 *
 * @module
 */
import { type HostedEnvironment, openEnvironment } from "../../plugins/open.ts";
import fillBits from "../_fill_bits.ts";
import { openGrid } from "../_setting.ts";

/** Small enough for every subject and law. */
export const environments: readonly HostedEnvironment[] = [
  await openGrid(2, 3),
  await openEnvironment(fillBits, { bits: 3 }),
  await openEnvironment(fillBits, { bits: 2, stop: true }),
];
