/**
 * Which network reads an observation.
 *
 * @module
 */
import type { Observation } from "../plugins/contract.ts";
import type { RandomStream } from "../tensor/random.ts";
import { createMlp } from "./mlp.ts";
import type { Network } from "./network.ts";
import { createTransformer } from "./transformer.ts";

/** Some outputs of a network: logits of actions, or numbers of the state as a whole. */
export interface NetworkPart {
  outputs: number;
  of: "actions" | "state";
}

/** The settings `policy.transformer` of a run. */
export interface TransformerSettings {
  layers: number;
  heads: number;
  width: number;
  feedForward: number;
  attention: "auto" | "causal" | "bidirectional";
  absent: "auto" | "token" | "left-out";
  reads: "sequence" | "positions";
}

/** What a network is made for. */
export interface NetworkOptions {
  observation: Observation;
  /** Parts of a row of output, end to end. */
  parts: readonly NetworkPart[];
  /** The settings `policy.network`, and the hidden widths of an MLP. */
  choice: "auto" | "mlp" | "transformer";
  hidden: readonly number[];
  transformer: TransformerSettings;
  /** The token of all positions at first, or null where there is no such. */
  empty: number | null;
  /** Whether a state has one parent, so that tokens are only appended. */
  appends: boolean;
  random: RandomStream;
}

/**
 * Makes a network as the settings say.
 *
 * @throws {GfnError} `E_NETWORK_SHAPE` when there is no such network for the observation
 */
export function createNetwork(options: NetworkOptions): Network {
  const { observation, parts, choice, hidden, transformer, empty, appends, random } = options;
  const { kind } = observation;
  if (choice === "mlp" || (choice === "auto" && kind !== "tokens")) {
    const outputs = parts.reduce((sum, part) => sum + part.outputs, 0);
    return createMlp({ observation, outputs, hidden, random });
  }
  const { layers, heads, width, feedForward, reads } = transformer;
  // Where positions are read apart, each has to know the whole sequence.
  const appended = kind === "tokens" && appends && empty !== null && reads === "sequence";
  const attention = transformer.attention === "auto"
    ? appended ? "causal" : "bidirectional"
    : transformer.attention;
  const leaveOut = transformer.absent === "auto"
    ? attention === "causal"
    : transformer.absent === "left-out";
  return createTransformer({
    ...{ observation, attention, absent: leaveOut ? empty : null, random },
    ...{ layers, attentionHeads: heads, width, feedForward },
    heads: parts.map(({ outputs, of }) => ({
      outputs,
      reads: reads === "sequence" ? reads : of === "actions" ? "positions" : "first",
    })),
  });
}
