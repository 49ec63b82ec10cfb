/**
 * Objects as people and programs get them.
 *
 * @module
 */
import { z } from "zod";
import { type Metric, metric } from "../train/events.ts";

/** One sampled object: a line of `gfn sample`. Logarithms are in nats. */
export interface SampledObject {
  /** The object as a person reads it. */
  text?: string | undefined;
  /** Its int32 words. */
  state: number[];
  /** log R(x), with the run's reward exponent, minimum and over. */
  logReward: Metric;
  /** log P_F of the trajectory. */
  logPf: Metric;
  /** log P_B of the trajectory given the object. */
  logPb: Metric;
  /** Exact log probability of the object, where all states can be listed. */
  logProbability?: Metric | undefined;
  /** The object as an SVG element; written, not printed. */
  drawing?: string | undefined;
  /** Forward actions of the trajectory. */
  actions?: number[] | undefined;
}

/** The schema of a {@linkcode SampledObject}. */
export const sampledObject = z.strictObject({
  text: z.string().optional().describe("the object as a person reads it"),
  state: z.array(z.int()).describe("its int32 words"),
  logReward: metric.describe("log R(x), nats, with the run's reward exponent, minimum and over"),
  logPf: metric.describe("log P_F of the trajectory, nats"),
  logPb: metric.describe("log P_B of the trajectory given the object, nats"),
  logProbability: metric.optional()
    .describe("exact log probability of the object, nats, where all states can be listed"),
  drawing: z.string().optional().describe("the object as an SVG element; written, not printed"),
  actions: z.array(z.int()).optional().describe("forward actions of the trajectory"),
});
