/**
 * Which network reads an observation.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { ActionLayout, GraphObservation, Observation } from "../plugins/contract.ts";
import type { RandomStream } from "../tensor/random.ts";
import { createGraphNetwork } from "./graph.ts";
import { createMlp } from "./mlp.ts";
import type { Network } from "./network.ts";
import { createTransformer } from "./transformer.ts";

/** Some outputs of a network: logits of forward or backward actions, or numbers of the state as a whole. */
export interface NetworkPart {
  outputs: number;
  of: "forward actions" | "backward actions" | "state";
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

/** The settings `policy.graph` of a run. */
export interface GraphSettings {
  kind: "message-passing" | "transformer";
  layers: number;
  heads: number;
  width: number;
  feedForward: number;
}

/** What a network is made for. */
export interface NetworkOptions {
  observation: Observation;
  /** Parts of a row of output, end to end. */
  parts: readonly NetworkPart[];
  /** The settings `policy.network`, and the hidden widths of an MLP. */
  choice: "auto" | "mlp" | "transformer" | "graph";
  hidden: readonly number[];
  transformer: TransformerSettings;
  graph: GraphSettings;
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
  if (choice === "graph") {
    if (kind !== "graph") {
      throw usageError(
        "E_NETWORK_SHAPE",
        `Cannot make a graph network: found an observation of kind ${kind}, want graph; policy.network = mlp reads all kinds`,
      );
    }
    const { kind: mixing, heads: attentionHeads, ...sizes } = options.graph;
    const heads = parts.map((part) => layoutOf(observation, part));
    return createGraphNetwork({ observation, heads, mixing, attentionHeads, ...sizes, random });
  }
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
      reads: reads === "sequence" ? reads : of === "state" ? "first" : "positions",
    })),
  });
}

/** How a part's outputs lie on a graph. */
function layoutOf(
  { layout, backwardLayout }: GraphObservation,
  { outputs, of }: NetworkPart,
): ActionLayout {
  const ofGraph = { perGraph: outputs, perNode: 0, perPair: 0 };
  switch (of) {
    case "forward actions":
      return layout;
    case "backward actions":
      return backwardLayout ?? ofGraph;
    case "state":
      return ofGraph;
  }
}
