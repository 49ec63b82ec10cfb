/**
 * Plugins that break a law each, one file each in `broken/`, and the counter-example that is given: the rows
 * of the tests and of the table that `deno task escapes` prints.
 *
 * @module
 */
import type { LawReport } from "../../conformance/check.ts";
import { loadSource } from "../../plugins/_host_source.ts";
import { checkPlugin } from "../../sandbox/sandbox.ts";

/** Where broken plugins lie. */
export const brokenFolder = new URL("broken/", import.meta.url).pathname;

/** A plugin that breaks a law. */
export interface Broken {
  file: string;
  law: string;
  /** The detail of the report, but for the seed behind it. */
  says: string | RegExp;
}

/** Every law but the report of speed, which has nothing to break. */
export const broken: readonly Broken[] = [
  {
    file: "initial_state.ts",
    law: "initial state",
    says: "asked twice it is [0 0 0 0], then [1 0 0 0]",
  },
  {
    file: "initial_state_parents.ts",
    law: "initial state",
    says: "backward action 0 is allowed at [0 0 0 0]",
  },
  { file: "masks.ts", law: "masks", says: "forwardMask of action 1 is 2, then 2, at [0 0 0 0]" },
  {
    file: "length.ts",
    law: "length",
    says: "after 2 actions, the most it declares, [1 1 0 2] still allows action 1",
  },
  { file: "parents.ts", law: "parents", says: "[1 1 0 2] has none" },
  {
    file: "step_and_unstep.ts",
    law: "step and unstep",
    says: "undone, action 1 at [0 0 0 0] leaves [1 0 0 0]",
  },
  {
    file: "unstep_and_step.ts",
    law: "unstep and step",
    says: "redone, backward action 0 at [1 0 0 1] leads to [2 0 0 1]",
  },
  {
    file: "way_back.ts",
    law: "way back",
    says: "from [1 0 0 1] they lead to [1 0 0 1] after 4, which is not s_0",
  },
  {
    file: "purity.ts",
    law: "purity",
    says:
      'Cannot go on with environment "purity": forwardMask failed at the state [1 0 0 1]: it changed the state, want a look alone',
  },
  {
    file: "places.ts",
    law: "places",
    says:
      'Cannot go on with environment "places": initial failed at the state [0 0 0 0]: it wrote beside the place it was told',
  },
  {
    file: "repeatable.ts",
    law: "repeatable",
    says: "forward actions [0,1,2], then [0,2], at [0 0 0 0]",
  },
  {
    file: "reward.ts",
    law: "reward",
    says:
      'Cannot use log reward of environment "reward": found NaN at the state [0 0 0 0], want a finite number or -Infinity',
  },
  { file: "reward_empty.ts", law: "reward", says: "every end found has log R = -Infinity" },
  {
    file: "reward_batches.ts",
    law: "reward batches",
    says: "log R is 1 in a batch, 0 alone and 1 opened again, at [0 0 0 0]",
  },
  {
    file: "observation.ts",
    law: "observation",
    says: "field 1 is 3, want 0 to 2, at [0 0 0 0]",
  },
  {
    file: "sight.ts",
    law: "sight",
    says: "[1 1 0 2] and [1 1 1 3] look alike and allow different actions",
  },
  { file: "text.ts", law: "text", says: 'text is "" at [0 0 0 0]' },
  { file: "digraph.ts", law: "digraph", says: /^a -> a is 1 at \[\d \d \d [123]\]$/ },
  { file: "numbering.ts", law: "numbering", says: "the index of s_0 is 14" },
  { file: "count.ts", law: "count", says: "15 states can be reached, 16 are listed" },
  {
    file: "copies.ts",
    law: "copies",
    says:
      "of states with 2 copies there are 1 with log R = -0.5, want a multiple: [0 1 1 3] is one",
  },
  {
    file: "copies_whole.ts",
    law: "copies",
    says: "logCopies is 0.9162907318741551, of 2.5 states, at [0 0 0 0]",
  },
  {
    file: "training.ts",
    law: "training",
    says: /has standard deviation [\d.]+ nats at first and [\d.]+ at last$/,
  },
];

/** What the laws say of a plugin in `broken/`. */
export async function checkBroken(file: string): Promise<LawReport[]> {
  return checkPlugin(await loadSource(`${brokenFolder}${file}`), {});
}
