import type { z } from "zod";
import type * as events from "../../train/events.ts";
import type { Assessment, assessment } from "../../trained/assessment.ts";
import type { FeatureMarginals, featureMarginals } from "../../trained/feature_marginals.ts";
import type { Portrait, portrait } from "../../trained/portrait.ts";
import type { SampledObject, sampledObject } from "../../trained/sampled_object.ts";

/** True where two types are one, down to what may be missing; mutual assignment would let that pass. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;

/** Whether a schema reads just what a type says. */
type Reads<Schema extends z.ZodType, Type> = Same<Flat<z.output<Schema>>, Flat<Type>>;
type Flat<T> = { [K in keyof T]: T[K] };

// Nothing runs: `deno check` finds the two unequal.
Deno.test("the types of events and results are what their schemas read", () => {
  const _equal: true[] = [
    true satisfies Reads<typeof events.runEvent, events.RunEvent>,
    true satisfies Reads<typeof events.trainEvent, events.TrainEvent>,
    true satisfies Reads<typeof events.evalEvent, events.EvalEvent>,
    true satisfies Reads<typeof events.checkpointEvent, events.CheckpointEvent>,
    true satisfies Reads<typeof events.warningEvent, events.WarningEvent>,
    true satisfies Reads<typeof events.endEvent, events.EndEvent>,
    true satisfies Reads<typeof assessment, Assessment>,
    true satisfies Reads<typeof featureMarginals, FeatureMarginals>,
    true satisfies Reads<typeof portrait, Portrait>,
    true satisfies Reads<typeof sampledObject, SampledObject>,
  ];
});
