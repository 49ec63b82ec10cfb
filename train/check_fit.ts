/**
 * Refusing settings under which a gradient would be wrong: biased silently is the worst that an
 * objective can be.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { usageError } from "../errors.ts";
import type { Objective } from "../objectives/contract.ts";
import { ownUpdates } from "./planned_updates.ts";

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
        listed(foreign, "found")
      }, want ${listed(foreign, "neutral")}, or an objective that takes any data, such as tb`,
    );
  }
  if (config.backward === "tlm" && foreign.length > 0) {
    throw usageError(
      "E_OBJECTIVE_DATA",
      `Cannot train P_B by TLM on off-policy data: it is fitted to the policy's own trajectories, found ${
        listed(foreign, "found")
      }, want ${listed(foreign, "neutral")}, or backward = uniform`,
    );
  }
  if (!trainsBackward(objective, config) && config.backward === "learned") {
    throw usageError(
      "E_OBJECTIVE_BACKWARD",
      `Cannot train ${objective.name} with backward = learned: its gradient may not move the P_B that its targets are made of, want backward = uniform, tlm or max-entropy`,
    );
  }
}

/**
 * The settings, as keys of a run, that an objective cannot be trained with whatever their other values:
 * all that brings other actions than the policy's own, and a P_B that would be learned with P_F.
 */
export function unfitSettings(objective: Objective, config: RunConfig): string[] {
  const unfit = objective.data === "on-policy"
    ? offPolicySettings(config).map(({ key }) => key.split(".")[0]!)
    : [];
  if (config.backward === "learned" && !trainsBackward(objective, config)) unfit.push("backward");
  return [...new Set(unfit)];
}

function trainsBackward(objective: Objective, config: RunConfig): boolean {
  return objective.updates(config.objective).some(({ trains }) => trains.includes("backward"));
}

/** Names of the updates that follow an objective's own. */
const FOLLOWING = ["critic", "backward"];

/** Losses are known by the names of their updates, of which there must be one. */
function checkUpdates(objective: Objective, config: RunConfig): void {
  const names = objective.updates(config.objective).map(({ name }) => name);
  const taken = names.find((name, i) => FOLLOWING.includes(name) || names.indexOf(name) !== i);
  const { length } = ownUpdates(objective, config);
  if (names.length > 0 && taken === undefined) {
    if (length > 0) return;
    throw usageError(
      "E_OBJECTIVE",
      `Cannot train ${objective.name} with backward = ${config.backward}: found no update that trains anything but P_B, want backward = learned`,
    );
  }
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

/** A setting that brings other actions than the policy's own. */
interface OffPolicySetting {
  key: string;
  found: number;
  /** The value that brings none. */
  neutral: number;
}

function offPolicySettings({ explore, replay, localSearch }: RunConfig): OffPolicySetting[] {
  const { epsilon, epsilonEnd, exitBias, temperature, temperatureEnd } = explore;
  return [
    { key: "explore.epsilon", found: epsilon, neutral: 0 },
    { key: "explore.epsilonEnd", found: epsilonEnd, neutral: 0 },
    { key: "explore.exitBias", found: exitBias, neutral: 0 },
    { key: "explore.temperature", found: temperature, neutral: 1 },
    { key: "explore.temperatureEnd", found: temperatureEnd, neutral: 1 },
    { key: "replay.capacity", found: replay.capacity, neutral: 0 },
    { key: "localSearch.rounds", found: localSearch.rounds, neutral: 0 },
  ].filter(({ found, neutral }) => found !== neutral);
}

/** The settings as a person writes them. */
function listed(settings: readonly OffPolicySetting[], value: "found" | "neutral"): string {
  return settings.map((setting) => `${setting.key} = ${setting[value]}`).join(" and ");
}
