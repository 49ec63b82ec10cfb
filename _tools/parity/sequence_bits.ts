/**
 * How the entries of bit sequences are checked.
 *
 * @module
 */
import bitseq from "../../envs/bitseq.ts";
import { type HostedEnvironment, openEnvironment } from "../../plugins/open.ts";
import { type Check, DOUBLE, EXACT } from "./check.ts";
import type { Fixture } from "./fixture.ts";
import type { SequenceKind } from "./sequence_envs.ts";
import { listedRewards } from "./trajectories.ts";

/** The entry's environment, of one order and one scale of the reward. */
function open(
  entry: Fixture,
  order: "append" | "any-position",
  scale: { exponent: number; per: "length" | "bit" },
): Promise<HostedEnvironment> {
  const lines = entry.at("modes").list().map((mode) => mode.numbers().join(""));
  return openEnvironment(bitseq, {
    length: entry.at("n").whole(1),
    word: entry.at("k").whole(1),
    order,
    ...{ modes: null, instance: 0, hidden: "drawn", radius: 0 },
    modesFile: new TextEncoder().encode(lines.join("\n")),
    ...scale,
  });
}

const openAnywhere = (entry: Fixture) =>
  open(entry, "any-position", { exponent: entry.at("rewardExponent").number(), per: "length" });

/** log Z, the largest log R, and how many of the 2^n sequences have which distance. */
async function checkAll(
  entry: Fixture,
  environment: HostedEnvironment,
  check: Check,
): Promise<void> {
  const most = entry.maybe("maxLogReward"), total = entry.maybe("logZ");
  const byDistance = entry.maybe("countByDistance");
  if (!most && !total && !byDistance) return;
  const { logReward, logZ } = await listedRewards(environment);
  if (total) check.equal(logZ, total, DOUBLE);
  if (most) check.equal(logReward.reduce((a, b) => Math.max(a, b), -Infinity), most, DOUBLE);
  if (!byDistance) return;
  const n = entry.at("n").whole(1), e = entry.at("rewardExponent").number();
  const counts = new Map<string, number>();
  for (const logR of logReward) {
    const distance = String(Math.round(-logR * n / e));
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
  }
  for (const key of byDistance.keys()) {
    check.equal(counts.get(key) ?? 0, byDistance.at(key), EXACT);
  }
  check.holds(
    counts.size === byDistance.keys().length,
    `${byDistance.path}: found the distances ${[...counts.keys()]}, want ${byDistance.keys()}`,
  );
}

/** By name and library. */
export const bitSequences: Readonly<Record<string, SequenceKind>> = {
  "bitseq-any-position, gfnx": {
    open: openAnywhere,
    keys: ["n", "k", "modes", "rewardExponent", "logZ", "maxLogReward", "countByDistance"],
    more: checkAll,
  },
  "bitseq-any-position, torchgfn": {
    open: openAnywhere,
    keys: ["n", "k", "modes", "rewardExponent", "logZ", "maxLogReward", "countByDistance"],
    // Its backward actions have the code of the forward ones: the place is the code's upper part.
    backward: (entry, code) => Math.floor(code / 2 ** entry.at("k").whole(1)),
    more: checkAll,
  },
  "bitseq-append, torchgfn": {
    open: (entry) =>
      open(entry, "append", { exponent: 1 / entry.at("temperature").number(), per: "bit" }),
    keys: ["n", "k", "modes", "temperature", "logZ"],
    // The last word's value in the file; ours has one way back.
    backward: () => 0,
    more: async (entry, environment, check) => {
      const total = entry.maybe("logZ");
      if (total) check.equal((await listedRewards(environment)).logZ, total, DOUBLE);
    },
  },
};
