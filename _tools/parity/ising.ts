/**
 * Fixtures of the Ising environment: couplings, moves, rewards, log Z.
 *
 * @module
 */
import ising from "../../envs/ising.ts";
import { type HostedEnvironment, openEnvironment } from "../../plugins/open.ts";
import { type Check, DOUBLE, EXACT, type FileReport } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import { checkTrajectory, type Convention, logRewards, TRAJECTORY_KEYS } from "./trajectories.ts";

const KEYS = [
  ...["library", "dim", "J", "kind", "N", "sigma", "alpha", "nEdgeEntries", "logZ", "samples"],
  ...["meanLogRewardUnderTarget", "nForwardActions", "nBackwardActions", "exitAction"],
  ...["trajectories", "logRewardsOfAllStates"],
];

/** Most spins whose 2^D states are summed. */
const MOST_SPINS = 20;

/** Checks every environment of the file. */
export async function checkIsing(fixture: Fixture, report: FileReport): Promise<void> {
  report.leaveOutKeys(fixture, ["kind", "envs"]);
  for (const env of fixture.at("envs").list()) {
    const library = env.at("library").text(), D = env.at("dim").whole(1);
    const name = `${library} ${env.at("kind").text()} ${D} spins`;
    if (library !== "gfnx" && library !== "torchgfn") {
      report.leaveOut(name);
      continue;
    }
    report.leaveOutKeys(env, KEYS);
    const environment = await open(env);
    await report.case(
      `${name}, couplings and states`,
      (check) => checkStates(env, D, environment, check),
    );
    await report.case(`${name}, trajectories`, async (check) => {
      const convention = conventionOf(env, D);
      check.equal(
        environment.forwardActions + (convention.exit === null ? 0 : 1),
        env.at("nForwardActions"),
        EXACT,
      );
      // torchgfn codes its backward actions as the forward ones, two for each spin.
      check.equal(
        convention.exit ?? environment.backwardActions,
        env.at("nBackwardActions"),
        EXACT,
      );
      for (const entry of env.at("trajectories").list()) {
        const last = await checkTrajectory(entry, environment, convention, check);
        const energy = entry.maybe("energy"), alpha = env.maybe("alpha")?.number() ?? 1;
        if (energy) {
          check.equal(-(await logRewards(environment, [last]))[0]! / alpha, energy, DOUBLE);
        }
        const extra = entry.otherKeys([...TRAJECTORY_KEYS, "energy"]);
        check.holds(extra.length === 0, `${entry.path}: found the keys ${extra}`);
      }
    });
  }
}

/** The environment with the file's couplings: by side and sigma on a torus, as a file elsewhere. */
async function open(env: Fixture): Promise<HostedEnvironment> {
  const beta = env.maybe("alpha")?.number() ?? 1;
  if (env.at("kind").text() === "torus") {
    const options = { side: env.at("N").whole(2), sigma: env.at("sigma").number(), beta };
    return await openEnvironment(ising, { ...options, couplings: null });
  }
  const couplings = new TextEncoder().encode(JSON.stringify(env.at("J").value));
  return await openEnvironment(ising, { side: 2, sigma: 0, beta, couplings });
}

/** -1, 0, 1 in the file are 0, 1, 2 in our words. */
function conventionOf(env: Fixture, D: number): Convention {
  return {
    words(entry) {
      const spins = entry.numbers(D);
      if (spins.every((s) => s === -1 || s === 0 || s === 1)) {
        return Int32Array.from(spins, (s) => s + 1);
      }
      throw malformed(entry.path, `[${spins}]`, "spins of -1, 0 and 1");
    },
    exit: env.maybe("exitAction")?.whole(0) ?? null,
    backward: (code) => code % D,
  };
}

/** The 2^D complete states in binary order, the first spin most significant. */
async function checkStates(
  env: Fixture,
  D: number,
  environment: HostedEnvironment,
  check: Check,
): Promise<void> {
  if (D > MOST_SPINS) throw malformed(env.at("dim").path, `${D} spins`, `at most ${MOST_SPINS}`);
  const all = Array.from(
    { length: 2 ** D },
    (_, x) => Int32Array.from({ length: D }, (_, i) => 1 + (x >> (D - 1 - i) & 1)),
  );
  const logReward = await logRewards(environment, all);
  const Z = logReward.reduce((sum, x) => sum + Math.exp(x), 0);
  check.equal(Math.log(Z), env.at("logZ"), DOUBLE);
  const mean = env.maybe("meanLogRewardUnderTarget"), listed = env.maybe("logRewardsOfAllStates");
  if (mean) check.equal(logReward.reduce((sum, x) => sum + x * Math.exp(x) / Z, 0), mean, DOUBLE);
  if (listed) check.equal(logReward, listed, DOUBLE);
  const { words } = conventionOf(env, D);
  for (const sample of env.maybe("samples")?.list() ?? []) {
    const [found] = await logRewards(environment, [words(sample.at("state"))]);
    check.equal(found!, sample.at("logReward"), DOUBLE);
    const extra = sample.otherKeys(["state", "logReward"]);
    check.holds(extra.length === 0, `${sample.path}: found the keys ${extra}`);
  }
  await checkCouplings(env, D, environment, check);
}

/**
 * J itself: turning one spin, and two, of a complete state changes log R by sums of J alone, so that
 * J_ij + J_ji is a second difference.
 */
async function checkCouplings(
  env: Fixture,
  D: number,
  environment: HostedEnvironment,
  check: Check,
): Promise<void> {
  const J = env.at("J").list().map((row) => row.numbers(D)),
    alpha = env.maybe("alpha")?.number() ?? 1;
  const at = async (...up: number[]) =>
    (await logRewards(environment, [
      Int32Array.from({ length: D }, (_, i) => up.includes(i) ? 2 : 1),
    ]))[0]!;
  const none = await at();
  let entries = 0;
  for (let i = 0; i < D; i++) {
    for (let j = 0; j < D; j++) {
      if (J[i]![j] !== 0) entries++;
      if (j <= i) continue;
      const found = (await at(i, j) - await at(i) - await at(j) + none) / (4 * alpha);
      const want = J[i]![j]! + J[j]![i]!;
      check.holds(
        Math.abs(found - want) < 1e-9,
        `${env.path}.J: found ${found} between ${i} and ${j}, want ${want}`,
      );
    }
  }
  const count = env.maybe("nEdgeEntries");
  if (count) check.equal(entries, count, EXACT);
}
