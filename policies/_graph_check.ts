/**
 * What a graph network can be made of.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { GraphOptions } from "./graph.ts";

/**
 * Makes sure that a graph network can be made.
 *
 * @throws {GfnError} `E_NETWORK_SHAPE` for a size that it cannot have
 */
export function checkGraph(options: GraphOptions): void {
  const { heads, mixing, layers, width, attentionHeads, feedForward } = options;
  for (
    const [name, value, least] of [
      ...[["layers", layers, 0], ["heads", attentionHeads, 1]] as const,
      ...[["width", width, 1], ["feedForward", feedForward, 1]] as const,
      ...heads.flatMap((layout) =>
        Object.entries(layout).map(([name, value]) => [name, value as number, 0] as const)
      ),
    ]
  ) {
    demand(Number.isInteger(value) && value >= least, `${name} = ${value}`, {
      want: `a whole number of at least ${least}`,
    });
  }
  demand(width % 8 === 0, `a width of ${width}`, { want: "a multiple of 8" });
  demand(
    mixing === "message-passing" || width % (4 * attentionHeads) === 0,
    `a width of ${width}`,
    { want: `one that gives each of ${attentionHeads} heads a multiple of 4` },
  );
}

function demand(holds: boolean, found: string, { want }: { want: string }): void {
  if (holds) return;
  throw usageError(
    "E_NETWORK_SHAPE",
    `Cannot make a graph network: found ${found}, want ${want}`,
  );
}
