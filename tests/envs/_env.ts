/**
 * What the tests of environments share: opening one by name with its defaults, holding it to the laws,
 * training it for a moment.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { OptionValue } from "../../config/options.ts";
import { optionSchema } from "../../config/option_schema.ts";
import type { SettingsTree } from "../../config/overrides.ts";
import { resolveRun } from "../../config/resolve.ts";
import { checkEnvironment } from "../../conformance/check.ts";
import { environments } from "../../envs/_registry.ts";
import { buildStateGraph } from "../../metrics/state_graph.ts";
import { logPartition } from "../../metrics/exact.ts";
import { objectives } from "../../objectives/_registry.ts";
import {
  type HostedEnvironment,
  openEnvironment,
  type RewardSettings,
} from "../../plugins/open.ts";
import type { EvalEvent } from "../../train/events.ts";
import { train } from "../../train/train.ts";

/** Options by name; those left out have their defaults, and files are given as bytes. */
export type Options = Record<string, OptionValue>;

/** A data file with this text. */
export function file(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A built-in environment. */
export function open(
  name: string,
  options: Options = {},
  reward?: RewardSettings,
): Promise<HostedEnvironment> {
  const plugin = environments[name]!;
  const files = Object.entries(options).filter(([, value]) => value instanceof Uint8Array);
  const plain = Object.entries(options).filter(([, value]) => !(value instanceof Uint8Array));
  const parsed = optionSchema(plugin.config).parse(Object.fromEntries(plain)) as Options;
  return openEnvironment(plugin, { ...parsed, ...Object.fromEntries(files) }, reward);
}

/** Fails unless every law holds or does not apply. */
export async function lawsHold(name: string, options: Options = {}, walks = 24): Promise<void> {
  const reports = await checkEnvironment(() => open(name, options), { walks });
  const broken = reports.filter(({ outcome }) => outcome === "broken");
  assert.deepEqual(broken, [], `${name} ${JSON.stringify(options)}`);
}

/** log of the sum of R over all states that may end a trajectory. */
export async function logZ(name: string, options: Options = {}): Promise<number> {
  return logPartition(await buildStateGraph(await open(name, options)));
}

/** log R of states, each given as its words. */
export async function logRewards(
  environment: HostedEnvironment,
  states: readonly (readonly number[])[],
): Promise<number[]> {
  const out = new Float64Array(states.length);
  await environment.logReward(Int32Array.from(states.flat()), states.length, out);
  return Array.from(out);
}

/** The object that forward actions lead to from s_0, as words. */
export function built(environment: HostedEnvironment, actions: readonly number[]): Int32Array {
  const state = new Int32Array(environment.stateWords);
  environment.initial(state, 0);
  for (const action of actions) environment.step(state, 0, action);
  return state;
}

/** The last evaluation of a short run with narrow networks. */
export async function trained(
  name: string,
  options: Options,
  objective: string,
  settings: SettingsTree = {},
): Promise<EvalEvent & Record<string, unknown>> {
  const steps = Number(settings.steps ?? 400);
  const config = resolveRun({
    env: name,
    objective,
    policy: { network: "mlp", hidden: [64, 64], lr: 5e-3 },
    steps,
    eval: { every: Math.max(steps, 1), samples: 500 },
    ...settings,
  }, { environments: { [name]: { name, config: {} } }, objectives });
  const setup = {
    environment: await open(name, options, config.reward),
    objective: objectives[objective]!,
    config,
  };
  let last: EvalEvent | undefined;
  for await (const event of train(setup)) if (event.type === "eval") last = event;
  return last as EvalEvent & Record<string, unknown>;
}
