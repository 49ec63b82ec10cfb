/**
 * One entry of a file of objectives: what it asks for, and its checks.
 *
 * @module
 */
import { critics, objectives } from "../../objectives/_registry.ts";
import { tlm } from "../../objectives/backward/tlm.ts";
import { softReturns, softRewards } from "../../objectives/_soft_returns.ts";
import type { FrozenAdvantages } from "../../objectives/_advantages.ts";
import { ratio, surrogate, trustRegion } from "../../objectives/ent_ppo.ts";
import { trajectoryScore } from "../../objectives/tb.ts";
import type { Frozen, StepNumbers, StepTensors, Update } from "../../objectives/contract.ts";
import { trajectoryCount } from "../../rollout/batch.ts";
import { tf } from "../../tensor/backend.ts";
import { type Check, DOUBLE, EXACT, FLOAT } from "./check.ts";
import type { Fixture } from "./fixture.ts";
import { checkGradients, type Read, tensorsOf } from "./gradients.ts";
import type { Backward, Setting } from "./setting.ts";

/** Keys that entries of every objective have. */
const SHARED = ["objective", "pb", "loss", "dOutputs", "dParams", "source"];

/** An entry that is covered. */
export interface Entry {
  name: string;
  fixture: Fixture;
  plan: Plan;
}

/** How to compute an entry. */
interface Plan {
  /** Networks that the loss reads. */
  read: Read;
  /** Gradients that must be given: by the network's place in `dOutputs` and in `dParams`. */
  outputs: readonly string[];
  params: readonly string[];
  /** Further numbers of the entry, and the keys that its settings stand under. */
  keys: readonly string[];
  update: (setting: Setting) => { loss: Update["loss"]; frozen: Frozen };
  details?: (setting: Setting, check: Check, steps: StepTensors, frozen: Frozen) => void;
}

/** Reads an entry; a text says what is not covered. */
export function readEntry(fixture: Fixture): Entry | string {
  const objective = fixture.at("objective").text();
  const settings = fixture.keys().filter((key) => !SHARED.includes(key) || key === "pb")
    .filter((key) => !Array.isArray(fixture.at(key).value));
  const texts = settings.filter((key) => !DETAILS.includes(key))
    .map((key) => `${key} ${String(fixture.at(key).value)}`);
  const name = [objective, ...texts].join(" ");
  if (!Object.hasOwn(plans, objective)) return objective;
  const pb = fixture.at("pb").text();
  const plan = pb === "learned" || pb === "uniform" ? plans[objective]!(fixture, pb) : null;
  if (plan === null) return name;
  const unknown = fixture.otherKeys([...SHARED, ...plan.keys]);
  return unknown.length > 0 ? `${name} (${unknown.join(", ")})` : { name, fixture, plan };
}

/** Numbers of entries that are no settings. */
const DETAILS = ["nInsideClip", "nClipActive"];

/** Checks the loss, its gradients and whatever else an entry gives. */
export function checkEntry({ fixture, plan }: Entry, setting: Setting, check: Check): void {
  tf.tidy(() => {
    const { loss, frozen } = plan.update(setting);
    const steps = tensorsOf(setting, plan.read, "networks").steps;
    const size = sizeOfTerms(setting, frozen);
    const mean = (steps: StepTensors) => tf.mean(loss(steps, frozen)) as tf.Scalar;
    check.equal(mean(steps).dataSync()[0]!, fixture.at("loss"), FLOAT, size);
    checkGradients(fixture, setting, plan, mean, check);
    plan.details?.(setting, check, steps, frozen);
  });
}

/** What a policy-gradient loss sums: terms about as large as the advantages, of both signs. */
function sizeOfTerms({ batch }: Setting, { advantage }: Frozen): number {
  if (advantage === undefined) return 1;
  return advantage.reduce((sum, x) => sum + Math.abs(x), 0) / trajectoryCount(batch);
}

/** From an entry to its plan; null where a setting is not known. */
const plans: Readonly<Record<string, (entry: Fixture, pb: Backward) => Plan | null>> = {
  TB: planTb,
  VPG: planVpg,
  EntPPO: planEntPpo,
  ValueLoss: planValueLoss,
  TLM: planTlm,
};

const REGRESSIONS: Readonly<Record<string, string>> = {
  squared: "square",
  halfSquared: "half-square",
  shiftedCosh: "shifted-cosh",
  huber: "huber",
  linex: "linex",
};

function planTb(entry: Fixture, backward: Backward): Plan | null {
  const regression = REGRESSIONS[entry.at("regressionLoss").text()];
  if (regression === undefined) return null;
  const linexAlpha = regression === "linex" ? entry.at("alpha").number() : 1;
  // The files record whole gradients for the square alone, that of log Z for all.
  const moved = regression === "square" ? ["pf", ...(backward === "learned" ? ["pb"] : [])] : [];
  const options = { regression, linexAlpha };
  return {
    read: { policy: "pf", backward },
    outputs: moved,
    params: [...moved, "logZ"],
    keys: ["regressionLoss", ...(regression === "linex" ? ["alpha"] : []), "scores", "residuals"],
    update: (setting) => freeze("tb", options, setting.numbers("pf", backward, "logV")),
    details(setting, check, steps) {
      const g = returnsOf(setting.numbers("pf", backward, "logV")), { start } = setting.batch;
      const scores = Array.from(
        start.subarray(1),
        (end, n) => -g.subarray(start[n]!, end).reduce((sum, x) => sum + x, 0),
      );
      check.equal(scores, entry.at("scores"), DOUBLE);
      check.equal(scores.map((s) => s + setting.logZ), entry.at("residuals"), DOUBLE);
      check.equalSums(trajectoryScore(steps).dataSync(), entry.at("scores"), FLOAT);
    },
  };
}

/** g_t in doubles. */
function returnsOf(numbers: StepNumbers): Float64Array {
  return softReturns(softRewards(numbers.batch, numbers.logPb()), numbers.logPf());
}

/** The first update of an objective, with what it freezes. */
function freeze(name: string, options: unknown, numbers: StepNumbers) {
  const objective = objectives[name]!;
  const { loss } = objective.updates(options)[0]!;
  return { loss, frozen: objective.freeze(numbers, options) as Frozen };
}

/** Options of the advantage; null where it is not known. */
function advantageOf(entry: Fixture) {
  const advantage = entry.at("advantage").text();
  if (!["total", "reward_to_go", "baseline", "gae"].includes(advantage)) return null;
  const lambda = advantage === "gae" ? entry.at("gaeLambda").number() : 0;
  return { advantage, lambda, keys: ["advantage", ...(advantage === "gae" ? ["gaeLambda"] : [])] };
}

function planVpg(entry: Fixture, backward: Backward): Plan | null {
  const options = advantageOf(entry);
  if (options === null) return null;
  const withCritic = options.advantage === "baseline" || options.advantage === "gae";
  return {
    read: { policy: "pf", backward },
    outputs: ["pf"],
    params: ["pf"],
    keys: [
      ...options.keys,
      ...["logPf", "logPb", "softRewards", "softReturns", "advantages"],
      ...(withCritic ? ["values", "valueTargets"] : []),
    ],
    update: (setting) => freeze("vpg", options, setting.numbers("pf", backward, "logV")),
    details(setting, check, _steps, frozen) {
      const numbers = setting.numbers("pf", backward, "logV");
      const soft = softRewards(numbers.batch, numbers.logPb());
      const given = (key: string, found: Float64Array, required = true) => {
        const want = required ? entry.at(key) : entry.maybe(key);
        if (want) check.equal(setting.byTrajectory(found), want, DOUBLE);
      };
      given("logPf", numbers.logPf());
      given("logPb", numbers.logPb());
      // Files leave these out of the entries of a uniform P_B.
      given("softRewards", soft, backward === "learned");
      given("softReturns", returnsOf(numbers), backward === "learned");
      given("advantages", frozen.advantage!);
      if (!withCritic) return;
      given("values", numbers.value());
      given("valueTargets", frozen.valueTarget!);
    },
  };
}

function planEntPpo(entry: Fixture, backward: Backward): Plan | null {
  const useKl = entry.at("useKl").flag(), useClipping = entry.at("useClipping").flag();
  const kl = useKl ? entry.at("klEstimator").text() : "off";
  if (kl !== "analytic" && kl !== "importance" && kl !== "off") return null;
  const epsilon = entry.at("clipEps").number(), lambda = entry.at("gaeLambda").number();
  const options = { epochs: 1, lambda, clip: useClipping ? epsilon : "off" as const, kl };
  // Numbers that no trust region changes are given once for each lambda and P_B.
  const isFirst = kl === "analytic" && useClipping;
  const once = ["advantages", "valueTargets", "logPfOld", "logPfNew", "values"];
  return {
    read: { policy: "pf", backward },
    outputs: ["pf"],
    params: ["pf"],
    keys: [
      ...["gaeLambda", "clipEps", "useKl", "useClipping", ...(useKl ? ["klEstimator"] : [])],
      ...["ratio", "kl", "surrogate", "nInsideClip", "nClipActive", ...once],
    ],
    update: (setting) => freeze("ent-ppo", options, setting.numbers("pfOld", backward, "logV")),
    details(setting, check, steps, frozen) {
      const old = frozen as Parameters<typeof trustRegion>[2] & FrozenAdvantages;
      const rho = ratio(steps, old);
      const advantage = tf.tensor1d(Float32Array.from(old.advantage));
      const perStep = (tensor: tf.Tensor) => setting.byTrajectory(tensor.dataSync());
      check.equal(perStep(rho), entry.at("ratio"), FLOAT);
      check.equal(perStep(trustRegion(steps, rho, old, kl)), entry.at("kl"), FLOAT);
      const gain = surrogate(rho, advantage, options.clip);
      check.equal(perStep(gain), entry.at("surrogate"), FLOAT);
      // Counted at the entry's epsilon also where clipping is off: steps whose ratio lies inside, and
      // steps whose clipped surrogate has no slope.
      const inside = Array.from(rho.dataSync()).filter((x) => Math.abs(x - 1) <= epsilon);
      const slope = tf.grad((x) => tf.sum(surrogate(x as tf.Tensor1D, advantage, epsilon)))(rho);
      const cut = Array.from(slope.dataSync()).filter((x) => x === 0);
      check.equal(inside.length, entry.at("nInsideClip"), EXACT);
      check.equal(cut.length, entry.at("nClipActive"), EXACT);
      const numbers = setting.numbers("pfOld", backward, "logV");
      const doubles: Record<string, Float64Array> = {
        advantages: old.advantage,
        valueTargets: old.valueTarget!,
        logPfOld: old.logPfOld,
        logPfNew: setting.numbers("pf", backward, "logV").logPf(),
        values: numbers.value(),
      };
      for (const key of once) {
        const want = isFirst ? entry.at(key) : entry.maybe(key);
        if (want) check.equal(setting.byTrajectory(doubles[key]!), want, DOUBLE);
      }
    },
  };
}

function planValueLoss(entry: Fixture, backward: Backward): Plan | null {
  const critic = entry.at("critic").text(), value = entry.at("valueNet").text();
  if (critic !== "mse") return null;
  const options = advantageOf(entry);
  if (options === null || !["baseline", "gae"].includes(options.advantage)) return null;
  return {
    read: { policy: "pf", backward, value },
    // Files name the gradient after the role, whichever network plays it.
    outputs: ["logV"],
    params: ["logV"],
    keys: [...options.keys, "critic", "valueNet"],
    update: (setting) => ({
      loss: critics.mse!.loss({ weighting: "geometric-within", lambda: 0.9 }),
      frozen: freeze("vpg", options, setting.numbers("pf", backward, "logV")).frozen,
    }),
    // The square's slope in doubles: the only place where a perturbed V shows in all its digits.
    details(setting, check, _steps, { valueTarget }) {
      const v = setting.doubles(value), S = v.length;
      const slope = v.map((x, t) => 2 * (x - valueTarget![t]!) / S);
      check.equal(setting.byTrajectory(slope), entry.at("dOutputs").at("logV"), DOUBLE);
    },
  };
}

function planTlm(_entry: Fixture, backward: Backward): Plan | null {
  if (backward !== "learned") return null;
  return {
    read: { policy: "pf", backward },
    outputs: ["pb"],
    params: ["pb"],
    keys: [],
    update: () => ({ loss: tlm.loss, frozen: {} }),
  };
}
