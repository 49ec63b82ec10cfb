/**
 * Fixtures of the hypergrid: rewards, masks, moves, observations, log Z, and the reward's boundaries.
 *
 * @module
 */
import hypergrid from "../../envs/hypergrid.ts";
import { type HostedEnvironment, openEnvironment } from "../../plugins/open.ts";
import { type Check, DOUBLE, EXACT, type FileReport, type Values } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import { fieldSizes, gridName, openGrid } from "./networks.ts";

/** Checks every grid of the file. */
export async function checkHypergridEnv(fixture: Fixture, report: FileReport): Promise<void> {
  const grids = fixture.at("envs").list();
  for (const grid of grids) {
    report.leaveOutKeys(grid, GRID_KEYS);
    await report.case(gridName(grid), async (check) => {
      const environment = await openGrid(grid);
      checkConstants(grid, environment, check);
      await checkTotals(grid, environment, check);
      await checkCoordinates(grid, check);
      await checkStates(grid, environment, check);
    });
  }
  for (const row of fixture.at("rewardConventionDifferences").list()) {
    const name = `reward boundaries H ${row.maybe("H")?.value}`;
    await report.case(name, (check) => checkBoundaries(row, check));
  }
  let tables = 0;
  for (const key of fixture.otherKeys(["kind", "envs", "rewardConventionDifferences"])) {
    const size = /^rewardTable_d2_H(\d+)$/.exec(key);
    if (size === null) report.leaveOut(key);
    else {
      tables++;
      await report.case(key, (check) => checkTable(fixture.at(key), Number(size[1]), grids, check));
    }
  }
  if (tables === 0) throw malformed("rewardTable_d2_H*", "nothing", "a table");
}

const GRID_KEYS = [
  ...["d", "H", "R0", "R1", "R2", "nStates", "nActions", "exitAction", "khotDim", "Z", "logZ"],
  ...["allStatesListed", "ringCoordinates", "bandCoordinates", "nModeStates", "states"],
];

function checkConstants(grid: Fixture, environment: HostedEnvironment, check: Check): void {
  const width = fieldSizes(environment).reduce((sum, size) => sum + size, 0);
  check.equal(environment.enumeration!.size, grid.at("nStates"), EXACT);
  check.equal(environment.forwardActions, grid.at("nActions"), EXACT);
  check.equal(environment.stopAction, grid.at("exitAction"), EXACT);
  check.equal(width, grid.at("khotDim"), EXACT);
}

/** States read at a time for the sums over all of them, and the most that are summed. */
const CHUNK = 65536, MOST_STATES = 2 ** 24;

/** Z, log Z and the number of modes, by a sum over all states. */
async function checkTotals(
  grid: Fixture,
  environment: HostedEnvironment,
  check: Check,
): Promise<void> {
  const { enumeration, stateWords: W } = environment, M = enumeration!.size;
  if (M > MOST_STATES) throw malformed(grid.path, `${M} states`, `at most ${MOST_STATES}`);
  const states = new Int32Array(CHUNK * W), logReward = new Float64Array(CHUNK);
  let Z = 0, modes = 0;
  for (let from = 0; from < M; from += CHUNK) {
    const count = Math.min(CHUNK, M - from);
    for (let i = 0; i < count; i++) enumeration!.state(from + i, states, i * W);
    await environment.logReward(states, count, logReward);
    for (let i = 0; i < count; i++) {
      Z += Math.exp(logReward[i]!);
      if (environment.isMode!(states, i * W)) modes++;
    }
  }
  check.equal(Z, grid.at("Z"), DOUBLE);
  check.equal(Math.log(Z), grid.at("logZ"), DOUBLE);
  check.equal(modes, grid.at("nModeStates"), EXACT);
}

/** For each coordinate of a side of H values: 1 + 10 [ring] + 100 [band], the reward of a 1-d grid. */
async function boundaryCodes(H: number): Promise<number[]> {
  const options = { dims: 1, side: H, preset: "classic", r0: 1, r1: 10, r2: 100 };
  const environment = await openEnvironment(hypergrid, options);
  const logReward = new Float64Array(H);
  await environment.logReward(Int32Array.from({ length: H }, (_, i) => i), H, logReward);
  return Array.from(logReward, (logR) => Math.round(Math.exp(logR)));
}

async function checkCoordinates(grid: Fixture, check: Check): Promise<void> {
  const codes = await boundaryCodes(grid.at("H").whole(2));
  const having = (digit: number) =>
    codes.flatMap((code, i) => Math.floor(code / digit) % 10 === 1 ? [i] : []);
  check.equal(having(10), grid.at("ringCoordinates"), EXACT);
  check.equal(having(100), grid.at("bandCoordinates"), EXACT);
}

async function checkStates(
  grid: Fixture,
  environment: HostedEnvironment,
  check: Check,
): Promise<void> {
  const entries = grid.at("states").list(), d = environment.stateWords;
  const states = Int32Array.from(entries.flatMap((entry) => stateOf(entry, environment)));
  const logReward = new Float64Array(entries.length);
  await environment.logReward(states, entries.length, logReward);
  const indices = new Set<number>();
  for (const [i, entry] of entries.entries()) {
    const index = environment.enumeration!.index(states, i * d);
    indices.add(index);
    check.equal(index, entry.at("index"), EXACT);
    check.equal(logReward[i]!, entry.at("logReward"), DOUBLE);
    check.equal(Math.exp(logReward[i]!), entry.at("reward"), DOUBLE);
    checkMoves(entry, states.slice(i * d, (i + 1) * d), environment, check);
    const extra = entry.otherKeys(STATE_KEYS);
    check.holds(extra.length === 0, `${entry.path}: found the keys ${extra}, want ${STATE_KEYS}`);
  }
  check.holds(
    indices.size === entries.length,
    `${grid.path}.states: found one twice, want each once`,
  );
  const all = entries.length === environment.enumeration!.size;
  check.equal(all, grid.at("allStatesListed"), EXACT);
}

const STATE_KEYS = [
  ...["state", "index", "reward", "logReward", "forwardMask", "backwardMask"],
  ...["khotIndices", "next", "prev", "nParents"],
];

function stateOf(entry: Fixture, environment: HostedEnvironment): number[] {
  const sizes = fieldSizes(environment), state = entry.at("state").indices();
  if (state.length === sizes.length && state.every((x, j) => x < sizes[j]!)) return state;
  throw malformed(entry.at("state").path, `[${state}]`, `${sizes.length} numbers in 0..H-1`);
}

/** Masks, observation, successors and predecessors of one state. */
function checkMoves(
  entry: Fixture,
  state: Int32Array,
  environment: HostedEnvironment,
  check: Check,
): void {
  const { forwardActions: A, backwardActions: B, observation, stopAction } = environment;
  const forward = new Uint8Array(A), backward = new Uint8Array(B);
  environment.forwardMask(state, 0, forward, 0);
  environment.backwardMask(state, 0, backward, 0);
  const after = (allowed: number, move: (copy: Int32Array) => void): Values => {
    if (allowed === 0) return null;
    const copy = state.slice();
    move(copy);
    return Array.from(copy);
  };
  const next = Array.from(
    forward,
    (allowed, a) =>
      a === stopAction && allowed === 1
        ? "exit"
        : after(allowed, (copy) => environment.step(copy, 0, a)),
  );
  const prev = Array.from(
    backward,
    (allowed, b) => after(allowed, (copy) => environment.unstep(copy, 0, b)),
  );
  const fields = new Int32Array(state.length);
  if (observation.kind === "categorical") observation.write(state, 0, fields, 0);
  let first = 0;
  const ones = fieldSizes(environment).map((size, f) => (first += size) - size + fields[f]!);
  check.equal(Array.from(forward, (allowed) => allowed === 1), entry.at("forwardMask"), EXACT);
  check.equal(Array.from(backward, (allowed) => allowed === 1), entry.at("backwardMask"), EXACT);
  check.equal(next, entry.at("next"), EXACT);
  check.equal(prev, entry.at("prev"), EXACT);
  check.equal(backward.reduce((sum, allowed) => sum + allowed, 0), entry.at("nParents"), EXACT);
  check.equal(ones, entry.at("khotIndices"), EXACT);
}

/** What an inequality in floating point makes of a coordinate: `guard` is what a library adds to a bound. */
function roundedCode(i: number, H: number, round: (x: number) => number, guard: number): number {
  const a = Math.abs(round(round(round(i) / round(H - 1)) - 0.5));
  const above = (bound: number) => a > round(bound + guard);
  return 1 + (above(0.25) ? 10 : 0) + (above(0.3) && a < round(0.4 - guard) ? 100 : 0);
}

/**
 * Coordinates where a library's rounding decides a boundary otherwise than whole numbers do. Ours must
 * be the exact one; the libraries' columns are what their arithmetic gives.
 */
async function checkBoundaries(row: Fixture, check: Check): Promise<void> {
  const H = row.at("H").whole(2), exact = await boundaryCodes(H);
  const same = (x: number) => x;
  const columns: Record<string, (i: number) => number> = {
    exactStrict: (i) => exact[i]!,
    torchgfnF64: (i) => roundedCode(i, H, same, 1e-12),
    torchgfnF32: (i) => roundedCode(i, H, Math.fround, 1e-12),
    gfnxF32: (i) => roundedCode(i, H, Math.fround, 0),
    gfnxF64: (i) => roundedCode(i, H, same, 0),
  };
  const differing = exact.flatMap((code, i) =>
    Object.values(columns).some((column) => column(i) !== code) ? [i] : []
  );
  const entries = row.at("differing").list(), path = row.at("differing").path;
  const listed = entries.map((entry) => entry.at("i").whole(0));
  check.holds(
    listed.join() === differing.join(),
    `${path}: found differences at ${differing}, want ${listed}`,
  );
  for (const entry of entries) {
    for (const key of entry.otherKeys(["i"])) {
      const column = columns[key];
      if (column === undefined) throw malformed(entry.path, key, Object.keys(columns).join(", "));
      check.equal(column(entry.at("i").whole(0)), entry.at(key), EXACT);
    }
    entry.at("exactStrict");
  }
  const extra = row.otherKeys(["H", "differing"]);
  check.holds(extra.length === 0, `${row.path}: found the keys ${extra}, want H and differing`);
}

/** A table of all rewards of a 2-d grid; its constants are those of a grid of the file with that size. */
async function checkTable(
  table: Fixture,
  H: number,
  grids: readonly Fixture[],
  check: Check,
): Promise<void> {
  const sameSize = grids.filter((grid) => grid.at("d").value === 2 && grid.at("H").value === H);
  if (sameSize.length === 0) throw malformed(table.path, "no grid of that size", "one under envs");
  // The first entry says which constants are meant: grids of one size differ in R0 + R1.
  const corner = table.list()[0]?.list()[0]?.number();
  const grid =
    sameSize.find((grid) =>
      Math.abs(grid.at("R0").number() + grid.at("R1").number() - corner!) < 1e-9
    ) ?? sameSize[0]!;
  const environment = await openGrid(grid);
  const states = new Int32Array(2 * H * H), logReward = new Float64Array(H * H);
  for (let s = 0; s < H * H; s++) environment.enumeration!.state(s, states, 2 * s);
  await environment.logReward(states, H * H, logReward);
  const rewards = Array.from(
    { length: H },
    (_, row) => Array.from(logReward.subarray(row * H, (row + 1) * H), Math.exp),
  );
  check.equal(rewards, table, DOUBLE);
}
