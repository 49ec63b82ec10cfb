/**
 * Fixtures of sequences: bit sequences in every convention, and the layouts that TFBind8, QM9-small and
 * AMP have in gfnx.
 *
 * @module
 */
import type { HostedEnvironment } from "../../plugins/open.ts";
import { type Check, EXACT, type FileReport } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import { bitSequences } from "./sequence_bits.ts";
import { tableSequences } from "./sequence_tables.ts";
import { checkTrajectory, type Convention, TRAJECTORY_KEYS } from "./trajectories.ts";

/** How the entries of one name are checked. */
export interface SequenceKind {
  /** Our environment with the entry's settings. */
  open(entry: Fixture): Promise<HostedEnvironment>;
  /** Keys beside those of every entry. */
  keys: readonly string[];
  /** Keys of a trajectory beside those of every one. */
  trajectoryKeys?: readonly string[];
  /** Our backward action for the file's, where they differ. */
  backward?(entry: Fixture, code: number): number;
  /** What is to be checked beside the trajectories. */
  more(entry: Fixture, environment: HostedEnvironment, check: Check): Promise<void>;
}

/** By `env` and `library`, as the file names them. */
const kinds: Readonly<Record<string, SequenceKind>> = {
  ...bitSequences,
  ...tableSequences,
};

const KEYS = [
  ...["env", "library", "nForwardActions", "nBackwardActions", "exitAction", "trajectories"],
  ...["maxLength", "nChars", "padToken", "bosToken", "eosToken", "nTokens"],
  ...["observationOfLastStateOfTrajectory0"],
];

/** Checks every entry of the file. */
export async function checkSequenceEnvs(fixture: Fixture, report: FileReport): Promise<void> {
  report.leaveOutKeys(fixture, ["kind", "envs"]);
  for (const entry of fixture.at("envs").list()) {
    const name = `${entry.at("env").text()}, ${entry.at("library").text()}`;
    const kind = Object.hasOwn(kinds, name) ? kinds[name]! : null;
    if (kind === null) {
      report.leaveOut(name);
      continue;
    }
    report.leaveOutKeys(entry, [...KEYS, ...kind.keys]);
    await report.case(`${name} ${entry.path}`, async (check) => {
      const environment = await kind.open(entry),
        convention = conventionOf(entry, kind, environment);
      checkConstants(entry, environment, convention, check);
      const lasts: Int32Array[] = [];
      for (const trajectory of entry.at("trajectories").list()) {
        lasts.push(await checkTrajectory(trajectory, environment, convention, check));
        const known = [...TRAJECTORY_KEYS, ...kind.trajectoryKeys ?? []];
        const extra = trajectory.otherKeys(known);
        check.holds(extra.length === 0, `${trajectory.path}: found the keys ${extra}`);
      }
      const seen = entry.maybe("observationOfLastStateOfTrajectory0");
      if (seen) checkObservation(entry, seen, lasts[0]!, environment, check);
      await kind.more(entry, environment, check);
    });
  }
}

/** gfnx writes its own pad token where nothing is yet, torchgfn -1; ours are 0, then 1 + the token. */
function conventionOf(
  entry: Fixture,
  kind: SequenceKind,
  { stateWords }: HostedEnvironment,
): Convention {
  const pad = entry.maybe("padToken")?.whole(0) ?? -1, eos = entry.maybe("eosToken")?.whole(0);
  return {
    words(state) {
      const words = state.numbers().map((token) => token === pad || token === eos ? 0 : token + 1);
      // Where strings may be long their number of tokens is kept as a last word.
      const count = words.filter((word) => word > 0).length;
      return Int32Array.from(words.length < stateWords ? [...words, count] : words);
    },
    exit: entry.maybe("exitAction")?.whole(0) ?? null,
    backward: (code) => kind.backward?.(entry, code) ?? code,
  };
}

function checkConstants(
  entry: Fixture,
  environment: HostedEnvironment,
  { exit }: Convention,
  check: Check,
): void {
  const A = environment.forwardActions;
  check.equal(exit === null ? A : A + 1, entry.at("nForwardActions"), EXACT);
  // torchgfn has a backward action for each forward one but the exit.
  check.equal(exit ?? environment.backwardActions, entry.at("nBackwardActions"), EXACT);
  if (exit !== null) check.equal(A, entry.at("exitAction"), EXACT);
  const tokens = entry.maybe("nTokens");
  if (!tokens) return;
  const chars = entry.at("nChars").whole(1);
  const special = ["bosToken", "eosToken", "padToken"].map((key) => entry.at(key).whole(chars));
  check.holds(
    new Set(special).size === 3 && special.every((token) => token < tokens.whole(1)),
    `${entry.path}: found the special tokens ${special}, want three from ${chars} on`,
  );
  check.equal(chars + 3, tokens, EXACT);
}

/** What a policy sees, behind the first token that gfnx puts before it. */
function checkObservation(
  entry: Fixture,
  seen: Fixture,
  state: Int32Array,
  environment: HostedEnvironment,
  check: Check,
): void {
  const [bos, eos, pad] = ["bosToken", "eosToken", "padToken"].map((key) => entry.at(key).whole(0));
  const { observation } = environment, length = entry.at("maxLength").whole(1);
  const fields = new Int32Array(length);
  if (observation.kind !== "tokens" && observation.kind !== "categorical") {
    throw malformed("observations", observation.kind, "tokens or fields");
  }
  observation.write(state, 0, fields, 0);
  const tokens = Array.from(fields, (field) => field === 0 ? pad! : field - 1);
  const actions = entry.at("trajectories").list()[0]!.at("actions").indices();
  if (environment.stopAction !== null && actions.at(-1) === environment.stopAction) {
    tokens[tokens.indexOf(pad!)] = eos!; // the stop leaves its mark in gfnx's state
  }
  check.equal([bos!, ...tokens], seen, EXACT);
}
