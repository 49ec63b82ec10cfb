/**
 * Refusing settings under which a gradient would be wrong: biased silently is the worst that an
 * objective can be.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { usageError } from "../errors.ts";
import type { Objective } from "../objectives/contract.ts";

/**
 * Makes sure that the settings fit the objective.
 *
 * @throws {GfnError} `E_OBJECTIVE`, `E_CONFIG_VALUE`, `E_OBJECTIVE_DATA` or `E_OBJECTIVE_BACKWARD`
 */
export function checkFit(objective: Objective, config: RunConfig): void {
  if (config.objective.name !== objective.name) {
    throw usageError(
      "E_OBJECTIVE",
      `Cannot train ${objective.name}: found settings of the objective ${config.objective.name}, want its own`,
    );
  }
  checkUpdates(objective, config);
  checkTrunk(config);
  const { capacity, minimum } = config.replay;
  if (capacity > 0 && minimum > capacity) {
    throw usageError(
      "E_CONFIG_VALUE",
      `Cannot use the setting replay.minimum: found ${minimum}, want at most the capacity of ${capacity}, or nothing would ever be drawn`,
    );
  }
  const foreign = offPolicySettings(config);
  if (objective.data === "on-policy" && foreign.length > 0) {
    throw usageError(
      "E_OBJECTIVE_DATA",
      `Cannot train ${objective.name} on off-policy data: its gradient is an average over the policy's own actions, found ${
        foreign.join(" and ")
      }, want none of these, or an objective that takes any data, such as tb`,
    );
  }
  if (config.backward === "tlm" && foreign.length > 0) {
    throw usageError(
      "E_OBJECTIVE_DATA",
      `Cannot train P_B by TLM on off-policy data: it is fitted to the policy's own trajectories, found ${
        foreign.join(" and ")
      }, want none of these, or backward = uniform`,
    );
  }
  const isJoint = objective.updates(config.objective)
    .some(({ trains }) => trains.includes("backward"));
  if (!isJoint && config.backward === "learned") {
    throw usageError(
      "E_OBJECTIVE_BACKWARD",
      `Cannot train ${objective.name} with backward = learned: its gradient may not move the P_B that its targets are made of, want backward = uniform, tlm or max-entropy`,
    );
  }
}

/** Names of the updates that follow an objective's own. */
const FOLLOWING = ["critic", "backward"];

/** Losses are known by the names of their updates, of which there must be one. */
function checkUpdates(objective: Objective, config: RunConfig): void {
  const names = objective.updates(config.objective).map(({ name }) => name);
  const taken = names.find((name, i) => FOLLOWING.includes(name) || names.indexOf(name) !== i);
  if (names.length > 0 && taken === undefined) return;
  throw usageError(
    "E_OBJECTIVE",
    `Cannot train ${objective.name}: found ${
      taken === undefined ? "no update" : `an update named "${taken}", a name that is taken`
    }, want at least one, each with a name of its own beside ${FOLLOWING.join(" and ")}`,
  );
}

/** Heads of one trunk move together, by one rate. */
function checkTrunk(config: RunConfig): void {
  if (config.policy.trunk === "separate") return;
  if (config.backward === "tlm") {
    throw usageError(
      "E_CONFIG_VALUE",
      `Cannot share the trunk with a P_B that is trained by TLM, whose updates would move P_F: want policy.trunk = separate, or backward = learned`,
    );
  }
  for (const group of ["flow", "pb"] as const) {
    for (const key of ["hidden", "lr", "schedule", "warmup", "floor"] as const) {
      if (String(config[group][key]) === String(config.policy[key])) continue;
      throw usageError(
        "E_CONFIG_VALUE",
        `Cannot use the setting ${group}.${key} = ${
          config[group][key]
        }: found policy.trunk = shared, which has the policy's own ${
          config.policy[key]
        }, want no ${group}.${key}, or policy.trunk = separate`,
      );
    }
  }
}

/** The settings that bring other actions than the policy's own, as a person writes them. */
function offPolicySettings({ explore, replay, localSearch }: RunConfig): string[] {
  const changed = (["epsilon", "epsilonEnd", "exitBias"] as const).filter((key) =>
    explore[key] !== 0
  ).map((key) => `explore.${key} = ${explore[key]}`);
  for (const key of ["temperature", "temperatureEnd"] as const) {
    if (explore[key] !== 1) changed.push(`explore.${key} = ${explore[key]}`);
  }
  if (replay.capacity > 0) changed.push(`replay.capacity = ${replay.capacity}`);
  if (localSearch.rounds > 0) changed.push(`localSearch.rounds = ${localSearch.rounds}`);
  return changed;
}
