/**
 * What a Transformer can be made of.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { fieldSizes } from "./_fields.ts";
import type { TransformerOptions } from "./transformer.ts";

/**
 * Makes sure that a Transformer can be made.
 *
 * @returns number of values of each position
 * @throws {GfnError} `E_NETWORK_SHAPE` for an observation, a size or a head that it cannot have
 */
export function checkTransformer(options: TransformerOptions): readonly number[] {
  const { observation, heads, attention, absent, layers, attentionHeads, width, feedForward } =
    options;
  const { kind } = observation;
  demand(kind === "tokens" || kind === "categorical", `an observation of kind ${kind}`, {
    want: "tokens or categorical; policy.network = mlp reads all kinds",
  });
  const sizes = fieldSizes(observation as Exclude<typeof observation, { kind: "dense" }>);
  const L = sizes.length;
  for (
    const [name, value, least] of [
      ...[["layers", layers, 0], ["heads", attentionHeads, 1]] as const,
      ...[["width", width, 1], ["feedForward", feedForward, 1]] as const,
      ...heads.map(({ outputs }) => ["outputs", outputs, 1] as const),
    ]
  ) {
    demand(Number.isInteger(value) && value >= least, `${name} = ${value}`, {
      want: `a whole number of at least ${least}`,
    });
  }
  demand(width % 8 === 0 && width % (4 * attentionHeads) === 0, `a width of ${width}`, {
    want: `a multiple of 8 that gives each of ${attentionHeads} heads a multiple of 4`,
  });
  for (const { outputs, reads } of heads) {
    demand(attention !== "causal" || reads === "sequence", `reads = ${reads}`, {
      want:
        "sequence where attention is causal: outputs are read from the last token, which knows all",
    });
    demand(reads !== "positions" || outputs % L === 0, `${outputs} outputs of ${L} positions`, {
      want: "the same number for each position where outputs are read from positions",
    });
    demand(
      reads !== "positions" || absent === null,
      `positions that are left out when ${absent}`,
      {
        want: "none left out where outputs are read from positions",
      },
    );
  }
  return sizes;
}

function demand(holds: boolean, found: string, { want }: { want: string }): void {
  if (holds) return;
  throw usageError(
    "E_NETWORK_SHAPE",
    `Cannot make a Transformer: found ${found}, want ${want}`,
  );
}
