/**
 * What the laws are tried on: every update of every registered objective under every choice of its
 * options, every critic, and TLM. A new objective is a subject by being registered.
 *
 * @module
 */
import { z } from "zod";
import { critics, objectives } from "../../objectives/_registry.ts";
import { tlm } from "../../objectives/backward/tlm.ts";
import type { Frozen, Objective, StepNumbers, Update } from "../../objectives/contract.ts";
import { weightings } from "../../objectives/_sub_trajectories.ts";

/** One update under one choice of options. */
export interface Subject {
  /** The objective, critic or P_B loss that it belongs to. */
  group: string;
  /** The option that differs from its default, such as `regression=huber`, or nothing. */
  variant: string;
  objective: Objective;
  options: Record<string, unknown>;
  update: Update;
  /** How P_B is had. */
  backward: "learned" | "uniform";
  zero: "batch" | "expectation" | "elsewhere";
  freeze: (numbers: StepNumbers) => Frozen;
}

/** All subjects of the registries. */
export function registeredSubjects(): Subject[] {
  return [...Object.values(objectives).flatMap(subjectsOf), ...criticSubjects(), tlmSubject()];
}

/** The subjects of an objective: its default options, and each choice of each option beside. */
export function subjectsOf(objective: Objective): Subject[] {
  return variantsOf(objective.options).flatMap(({ variant, options }) =>
    objective.updates(options).map((update) => ({
      group: objective.name,
      variant,
      objective,
      options,
      update,
      backward: update.trains.includes("backward") ? "learned" as const : "uniform" as const,
      zero: objective.zero(options),
      freeze: (numbers: StepNumbers) => objective.freeze(numbers, options) as Frozen,
    }))
  );
}

/** Defaults, then each value of each option that chooses among names. */
function variantsOf(schema: z.ZodType) {
  const defaults = schema.parse({}) as Record<string, unknown>;
  const variants = [{ variant: "", options: defaults }];
  for (const [key, field] of Object.entries(schema instanceof z.ZodObject ? schema.shape : {})) {
    for (const choice of choicesOf(field)) {
      if (choice === defaults[key]) continue;
      variants.push({ variant: `${key}=${choice}`, options: { ...defaults, [key]: choice } });
    }
  }
  return variants;
}

/** The names that a setting chooses among. */
function choicesOf(field: unknown): unknown[] {
  if (field instanceof z.ZodDefault) return choicesOf(field.def.innerType);
  if (field instanceof z.ZodEnum) return field.options;
  if (field instanceof z.ZodLiteral) return [...field.values];
  if (field instanceof z.ZodUnion) return field.options.flatMap(choicesOf);
  return [];
}

function criticSubjects(): Subject[] {
  const objective = objectives["ent-ppo"]!;
  const options = (objective.options as z.ZodObject).parse({}) as Record<string, unknown>;
  return Object.values(critics).flatMap((critic) =>
    (critic.name === "sub-eb" ? weightings : ["geometric-within"] as const).map((weighting) => ({
      group: `critic ${critic.name}`,
      variant: critic.name === "sub-eb" ? `weighting=${weighting}` : "",
      objective,
      options,
      backward: "uniform" as const,
      zero: "batch" as const,
      update: {
        name: "critic",
        trains: ["value"] as const,
        epochs: 1,
        minibatches: 1,
        loss: critic.loss({ weighting, lambda: 0.9 }),
      },
      freeze: (numbers: StepNumbers) => ({
        ...objective.freeze(numbers, options) as Frozen,
        ...critic.freeze(numbers),
      }),
    }))
  );
}

function tlmSubject(): Subject {
  const objective = objectives.tb!;
  return {
    group: "P_B tlm",
    variant: "",
    objective,
    options: (objective.options as z.ZodObject).parse({}) as Record<string, unknown>,
    update: tlm,
    backward: "learned",
    zero: "expectation",
    freeze: () => ({}),
  };
}
