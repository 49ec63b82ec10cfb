/**
 * What is trained after each rollout, in its order.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { critics } from "../objectives/_registry.ts";
import { tlm } from "../objectives/backward/tlm.ts";
import type { Objective, Update } from "../objectives/contract.ts";

/** The objective's own updates, then the critic's, then P_B's. */
export function plannedUpdates(objective: Objective, config: RunConfig): Update[] {
  const updates = ownUpdates(objective, config);
  if (objective.needs(config.objective).includes("value")) {
    const { epochs, minibatches } = config.critic;
    const loss = critics[config.critic.loss]!.loss(config.critic);
    updates.push({ name: "critic", trains: ["value"], epochs, minibatches, loss });
  }
  if (config.backward === "tlm") updates.push(tlm);
  return updates;
}

/**
 * The objective's own updates under these settings: a P_B that is not learned is trained by none of them,
 * and one that trains nothing else is left out.
 */
export function ownUpdates(objective: Objective, config: RunConfig): Update[] {
  const updates = objective.updates(config.objective);
  if (config.backward === "learned") return [...updates];
  return updates
    .map((update) => ({ ...update, trains: update.trains.filter((name) => name !== "backward") }))
    .filter(({ trains }) => trains.length > 0);
}
