/**
 * Plans of the policy gradients, of their critics, and of TLM.
 *
 * @module
 */
import type { FrozenAdvantages } from "../../objectives/_advantages.ts";
import { critics } from "../../objectives/_registry.ts";
import { softRewards } from "../../objectives/_soft_returns.ts";
import { tlm } from "../../objectives/backward/tlm.ts";
import { ratio, surrogate, trustRegion } from "../../objectives/ent_ppo.ts";
import { tf } from "../../tensor/backend.ts";
import { DOUBLE, EXACT, FLOAT } from "./check.ts";
import type { Fixture } from "./fixture.ts";
import { freeze, type Plan, type Planner, returnsOf, WEIGHTINGS } from "./plan.ts";
import type { Backward } from "./setting.ts";

/** Plans by the file's name of the objective. */
export const policyGradientPlans: Readonly<Record<string, Planner>> = {
  VPG: planVpg,
  EntPPO: planEntPpo,
  ValueLoss: planValueLoss,
  TLM: planTlm,
};

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
  if (critic === "sub_eb") return planSubEb(entry, backward, value);
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

function planSubEb(entry: Fixture, backward: Backward, value: string): Plan | null {
  const weighting = WEIGHTINGS[entry.at("weighting").text()];
  const rollout = entry.at("rolloutPolicy").text(), lambda = entry.at("lambda").number();
  if (weighting === undefined) return null;
  const critic = critics["sub-eb"]!;
  return {
    read: { policy: "pf", backward, value },
    outputs: ["logV"],
    params: ["logV"],
    keys: ["critic", "valueNet", "weighting", "lambda", "rolloutPolicy"],
    update: (setting) => ({
      loss: critic.loss({ weighting, lambda }),
      frozen: critic.freeze(setting.numbers(rollout, backward, "logV")),
    }),
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
