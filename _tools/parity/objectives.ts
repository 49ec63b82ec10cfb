/**
 * Fixtures of objectives on one frozen batch: the header, the networks' outputs, exploration, and an
 * entry for each objective with its settings.
 *
 * @module
 */
import { samplingDistribution } from "../../rollout/exploration.ts";
import { type Check, DOUBLE, type FileReport, FLOAT, type Tolerance } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import { fieldSizes, inDoubles, inFloats } from "./networks.ts";
import { checkEntry, type Entry, readEntry } from "./objective_entry.ts";
import { Setting } from "./setting.ts";

const HEADER = [
  ...["kind", "d", "H", "R0", "R1", "R2", "logZ", "activation", "hidden", "nets", "trajectories"],
  ...["lengths", "logRewards", "stateLogRewards", "outputs", "exploration", "results"],
];

/** Checks a file of objectives. */
export async function checkObjectives(fixture: Fixture, report: FileReport): Promise<void> {
  report.leaveOutKeys(fixture, HEADER);
  const setting = await Setting.open(fixture);
  await report.case("header", async (check) => {
    check.holds(
      fixture.at("activation").value === "relu",
      `activation: found ${fixture.at("activation").value}, want relu`,
    );
    fixture.at("hidden");
    setting.check(check);
    await setting.checkRewards(check);
  });
  report.leaveOutKeys(fixture.at("outputs"), [...RAW, ...LOG_PROBABILITIES]);
  await report.case("outputs in doubles", (check) => {
    checkOutputs(fixture.at("outputs"), setting, "doubles", check, DOUBLE);
  });
  await report.case("outputs in float32", (check) => {
    checkOutputs(fixture.at("outputs"), setting, "float32", check, FLOAT);
  });
  await checkExploration(fixture.at("exploration"), setting, report);
  for (const result of fixture.at("results").list()) {
    let entry: Entry | string;
    try {
      entry = readEntry(result);
    } catch (error) {
      await report.case(result.path, () => {
        throw error;
      });
      continue;
    }
    if (typeof entry === "string") report.leaveOut(entry);
    else {
      const { name } = entry, read = entry;
      await report.case(name, (check) => checkEntry(read, setting, check));
    }
  }
  setting.dispose();
}

/** Networks whose raw outputs a file must give, and log-probabilities made of them. */
const RAW = ["pf", "pfOld", "pb", "logF", "logV"];
const LOG_PROBABILITIES = ["logPf", "logPfAll", "logPbLearned", "logPbUniform"];

function checkOutputs(
  outputs: Fixture,
  setting: Setting,
  precision: "doubles" | "float32",
  check: Check,
  tolerance: Tolerance,
): void {
  const { forwardActions: A } = setting.batch;
  const inDouble = precision === "doubles";
  for (const name of RAW) {
    const raw = inDouble ? setting.doubles(name) : setting.floats(name);
    const width = name.startsWith("log") ? undefined : setting.net(name).outputs;
    check.equal(setting.byTrajectory(raw, width), outputs.at(name), tolerance);
  }
  const read = (pb: "learned" | "uniform") =>
    inDouble ? setting.numbers("pf", pb, "logV") : setting.floatNumbers("pf", pb, "logV");
  const learned = read("learned");
  const perStep = {
    logPf: learned.logPf(),
    logPbLearned: learned.logPb(),
    logPbUniform: read("uniform").logPb(),
  };
  for (const [key, found] of Object.entries(perStep)) {
    check.equal(setting.byTrajectory(found), outputs.at(key), tolerance);
  }
  check.equal(setting.byTrajectory(learned.logPfAll(), A), outputs.at("logPfAll"), tolerance);
}

/** The sampling policy of each variant at the states given. */
async function checkExploration(
  fixture: Fixture,
  setting: Setting,
  report: FileReport,
): Promise<void> {
  const { environment } = setting, { forwardActions: A, stateWords: d } = environment;
  const sizes = fieldSizes(environment);
  const values = Int32Array.from(
    fixture.at("states").list().flatMap((state) => {
      const words = state.indices();
      if (words.length === d && words.every((x, j) => x < sizes[j]!)) return words;
      throw malformed(state.path, `[${words}]`, `${d} numbers in 0..H-1`);
    }),
  );
  const rows = values.length / d, masks = new Uint8Array(rows * A);
  for (let r = 0; r < rows; r++) environment.forwardMask(values, r * d, masks, r * A);
  const nested = (logits: ArrayLike<number>) =>
    Array.from({ length: rows }, (_, r) => Array.from({ length: A }, (_, a) => logits[r * A + a]!));

  const net = setting.net("pf"), network = inFloats(net, environment.observation);
  const floats = network.forward({ rows, values }).slice();
  network.dispose();
  report.leaveOutKeys(fixture, ["states", "rawLogits", "variants"]);
  await report.case("exploration raw logits", (check) => {
    check.equal(nested(inDoubles(net, sizes, { rows, values })), fixture.at("rawLogits"), DOUBLE);
    check.equal(nested(floats), fixture.at("rawLogits"), FLOAT);
  });
  for (const variant of fixture.at("variants").list()) {
    const settings = ["epsilon", "temperature", "exitBias"];
    const name = settings.map((key) => `${key} ${variant.maybe(key)?.value}`).join(" ");
    const extra = variant.otherKeys([...settings, "logProbs"]);
    if (extra.length > 0) {
      report.leaveOut(`exploration ${name} ${extra.join(" ")}`);
      continue;
    }
    await report.case(`exploration ${name}`, (check) => {
      const sampling = samplingDistribution(
        {
          epsilon: variant.at("epsilon").number(),
          temperature: variant.at("temperature").number(),
          exitBias: variant.at("exitBias").number(),
        },
        A,
        environment.stopAction,
      );
      const found = Array.from({ length: rows }, (_, r) => {
        const out = new Float64Array(A);
        sampling(floats, r * A, masks, r * A, out);
        return out;
      });
      check.equal(found, variant.at("logProbs"), FLOAT);
    });
  }
}
