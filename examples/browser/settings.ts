/**
 * What can be set on the page: one table, from which the controls, the link and the run are made. Every
 * setting has a few values to choose from, so that whatever a link says is checked by looking it up.
 *
 * @module
 */
import type { SettingsTree } from "../../config/overrides.ts";

/** A value of a setting, as the run's configuration has it. */
export type Value = string | number;

/** A setting. */
export interface Field {
  label: string;
  help: string;
  /** What it may be; null for any seed. */
  values: readonly Value[] | null;
  initial: Value;
  shown: "slider" | "choice" | "number";
  /** What values are called where they are not written as they are. */
  names?: Readonly<Record<string, string>>;
}

/** Objectives to choose from: all of the registry, in the order of the page. */
export const objectiveNames = [
  ...["ent-ppo", "tb", "vpg", "ppo", "db", "subtb", "vargrad", "modified-db", "fl-db"] as const,
  ...["flow-matching", "soft-dqn", "munchausen-dqn"] as const,
];

const objectiveTitles = {
  "ent-ppo": "Ent-PPO",
  "tb": "Trajectory balance",
  "vpg": "Policy gradient (VPG)",
  "ppo": "PPO without KL",
  "db": "Detailed balance",
  "subtb": "Sub-trajectory balance",
  "vargrad": "VarGrad",
  "modified-db": "Modified detailed balance",
  "fl-db": "Forward-looking DB",
  "flow-matching": "Flow matching",
  "soft-dqn": "Soft DQN",
  "munchausen-dqn": "Munchausen DQN",
} as const satisfies Record<typeof objectiveNames[number], string>;

const tenths = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** All settings, by their name in a link. */
export const fields = {
  env: {
    label: "Environment",
    help: "what is built: a walk over a grid, or a lattice of spins",
    values: ["hypergrid", "ising"],
    initial: "hypergrid",
    shown: "choice",
    names: { hypergrid: "Grid with four modes", ising: "Ising lattice" },
  },
  side: {
    label: "Side of the grid",
    help: "H: the grid has H times H cells",
    values: [8, 12, 16, 20, 24, 28, 32],
    initial: 16,
    shown: "slider",
  },
  r0: {
    label: "Reward between the modes, R0",
    help: "the smaller, the deeper the valley that lies between the start and the modes",
    values: [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6],
    initial: 1e-3,
    shown: "slider",
  },
  lattice: {
    label: "Side of the lattice",
    help: "L: L times L spins on a torus; exact total variation at 3, histograms above",
    values: [3, 4, 5, 6],
    initial: 4,
    shown: "slider",
  },
  coupling: {
    label: "Coupling J",
    help: "two equal neighbours add 2 J to log R, different ones take it away; critical near 0.22",
    values: [-0.2, -0.1, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4],
    initial: 0.2,
    shown: "slider",
  },
  a: {
    label: "Objective",
    help: "what the sampler is trained by",
    values: objectiveNames,
    initial: "ent-ppo",
    shown: "choice",
    names: objectiveTitles,
  },
  b: {
    label: "Race it against",
    help: "a second run on the same environment, with the same seed, network and batch",
    values: ["none", ...objectiveNames],
    initial: "none",
    shown: "choice",
    names: { none: "nobody", ...objectiveTitles },
  },
  epochs: {
    label: "Passes over a rollout, K",
    help: "gradient steps that the policy takes on each batch of trajectories",
    values: [1, 2, 3, 4, 6, 8, 12, 16],
    initial: 4,
    shown: "slider",
  },
  lambda: {
    label: "Advantage, λ",
    help: "0 trusts the critic after one step, 1 waits for the whole trajectory's return",
    values: tenths,
    initial: 0.7,
    shown: "slider",
  },
  clip: {
    label: "Clip, ε",
    help: "no gain from moving an action's probability by more than this share in one iteration",
    values: [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, "off"],
    initial: 0.2,
    shown: "slider",
  },
  kl: {
    label: "Trust region, KL",
    help: "what holds the policy near the one that sampled the batch",
    values: ["analytic", "importance", "off"],
    initial: "analytic",
    shown: "choice",
    names: { analytic: "over all actions", importance: "on the action taken", off: "off" },
  },
  decay: {
    label: "Sub-trajectories, λ",
    help: "weight of longer pieces: near 0 only single steps count, at 1 all alike",
    values: [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1],
    initial: 0.9,
    shown: "slider",
  },
  lr: {
    label: "Learning rate",
    help: "of the policy; a critic learns at a third of it",
    values: [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2],
    initial: 1e-3,
    shown: "slider",
  },
  batch: {
    label: "Trajectories in a batch",
    help: "sampled with the policy at every iteration",
    values: [4, 8, 16, 32, 64],
    initial: 16,
    shown: "slider",
  },
  width: {
    label: "Width of the network",
    help: "numbers in each of two hidden layers",
    values: [32, 64, 128, 256],
    initial: 64,
    shown: "slider",
  },
  budget: {
    label: "Trajectories in all",
    help: "where the run ends",
    values: [2000, 10000, 30000, 100000, 300000, 1000000],
    initial: 100000,
    shown: "slider",
  },
  seed: {
    label: "Seed",
    help: "the same seed gives the same run",
    values: null,
    initial: 0,
    shown: "number",
  },
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof fields;
export type Settings = Record<FieldName, Value>;

/** The names of all settings, in the order of the page. */
export const fieldNames = Object.keys(fields) as FieldName[];

export const initialSettings = Object.fromEntries(
  fieldNames.map((name) => [name, fields[name].initial]),
) as Settings;

const ofEnvironment: Readonly<Record<string, readonly FieldName[]>> = {
  hypergrid: ["side", "r0"],
  ising: ["lattice", "coupling"],
};

/** The options of an objective that the page sets, by the names of its settings. */
const ofObjective: Readonly<Record<string, Partial<Record<FieldName, string>>>> = {
  "ent-ppo": { epochs: "epochs", lambda: "lambda", clip: "clip", kl: "kl" },
  "ppo": { epochs: "epochs", lambda: "lambda", clip: "clip" },
  "vpg": { lambda: "lambda" },
  "subtb": { decay: "lambda" },
};

const general: readonly FieldName[] = [
  ...["env", "a", "b", "lr", "batch", "width", "budget", "seed"] as const,
];

/** Whether a setting changes anything beside the others. */
export function matters(name: FieldName, settings: Settings): boolean {
  return general.includes(name) || ofEnvironment[settings.env]!.includes(name) ||
    [settings.a, settings.b].some((objective) => name in (ofObjective[objective] ?? {}));
}

/** What the page calls an objective. */
export function titleOf(objective: string): string {
  return (objectiveTitles as Readonly<Record<string, string>>)[objective] ?? objective;
}

/** The settings of a run of `gfn`, as a config file holds them. */
export function treeOf(settings: Settings, objective: string): SettingsTree {
  const { env, side, r0, lattice, coupling, width, lr, batch, budget, seed } = settings;
  const options = Object.entries(ofObjective[objective] ?? {})
    .map(([name, option]) => [option, settings[name as FieldName]]);
  return {
    env: env === "ising"
      ? { name: "ising", side: lattice, sigma: coupling }
      : { name: "hypergrid", side, r0 },
    objective: { name: objective, ...Object.fromEntries(options) },
    policy: { hidden: [Number(width), Number(width)], lr },
    batch,
    steps: Math.ceil(Number(budget) / Number(batch)),
    seed,
  };
}

/** The command that trains the same. */
export function commandOf(tree: SettingsTree): string {
  const sets = (part: SettingsTree, prefix: string): string[] =>
    Object.entries(part).flatMap(([key, value]) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? sets(value as SettingsTree, `${prefix}${key}.`)
        : [`--set ${prefix}${key}=${Array.isArray(value) ? `[${value}]` : value}`]
    );
  return `deno run gfn.ts train ${sets(tree, "").join(" ")}`;
}

/** A link's end: the environment, and what else differs from the beginning and matters. */
export function hashOf(settings: Settings): string {
  const said = fieldNames.filter((name) =>
    name === "env" || settings[name] !== fields[name].initial && matters(name, settings)
  );
  return said.map((name) => `${name}=${settings[name]}`).join("&");
}

/** What a link says. */
export interface ReadLink {
  settings: Settings;
  /** What could not be understood, in a sentence each; the initial values stand there. */
  problems: string[];
}

/** Reads a link's end, with or without its #. */
export function readHash(hash: string): ReadLink {
  const settings = { ...initialSettings }, problems: string[] = [];
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (!Object.hasOwn(fields, name)) {
      problems.push(`The link sets “${name}”, which is no setting of this page.`);
      continue;
    }
    const key = name as FieldName, field: Field = fields[key];
    const value = field.values === null
      ? seedOf(text)
      : field.values.find((one) => String(one) === text || Number(text) === one);
    if (value === undefined) {
      problems.push(
        `The link sets ${name} to “${text}”, which is not ${
          field.values === null
            ? "a seed from 0 to 4294967295"
            : `one of ${field.values.join(", ")}`
        }.`,
      );
    } else settings[key] = value;
  }
  return { settings, problems };
}

/** A seed written out, or undefined where it is none. */
export function seedOf(text: string): number | undefined {
  const seed = Number(text);
  return /^\d+$/.test(text) && seed < 2 ** 32 ? seed : undefined;
}
