/**
 * One entry of a file of objectives: what it asks for, and its checks.
 *
 * @module
 */
import type { Frozen, StepTensors } from "../../objectives/contract.ts";
import { trajectoryCount } from "../../rollout/batch.ts";
import { tf } from "../../tensor/backend.ts";
import { balancePlans } from "./balance_entries.ts";
import { type Check, FLOAT } from "./check.ts";
import type { Fixture } from "./fixture.ts";
import { checkGradients, tensorsOf } from "./gradients.ts";
import type { Plan } from "./plan.ts";
import { policyGradientPlans } from "./policy_gradient_entries.ts";
import type { Setting } from "./setting.ts";
import { valuePlans } from "./value_entries.ts";

/** Keys that entries of every objective have. */
const SHARED = ["objective", "pb", "loss", "dOutputs", "dParams", "source"];

/** An entry that is covered. */
export interface Entry {
  name: string;
  fixture: Fixture;
  plan: Plan;
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
  // Flow matching reads no P_B.
  const pb = fixture.maybe("pb")?.text() ?? "uniform";
  const plan = pb === "learned" || pb === "uniform" ? plans[objective]!(fixture, pb) : null;
  if (plan === null) return name;
  const unknown = fixture.otherKeys([...SHARED, ...plan.keys]);
  return unknown.length > 0 ? `${name} (${unknown.join(", ")})` : { name, fixture, plan };
}

/** Numbers of entries that are no settings. */
const DETAILS = [
  ...["nInsideClip", "nClipActive", "impliedLogZ", "flowMatchingTerm", "rewardMatchingTerm"],
];

const plans = { ...policyGradientPlans, ...balancePlans, ...valuePlans };

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
