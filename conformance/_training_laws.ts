/**
 * Laws that take training: the whole path from states to gradients.
 *
 * @module
 */
import { resolveRun } from "../config/resolve.ts";
import { objectives } from "../objectives/_registry.ts";
import { sampleForward } from "../rollout/forward.ts";
import { RandomStream } from "../tensor/random.ts";
import { train } from "../train/train.ts";
import type { Law } from "./laws.ts";
import { want } from "./_want.ts";

const STEPS = 150, SHOWN = 15;
const ROLLOUTS = 20;

/** Laws that take training. */
export const trainingLaws: readonly Law[] = [
  {
    name: "training",
    says: `${STEPS} steps of trajectory balance lower its loss`,
    async holds({ environment, seed }) {
      const config = resolveRun({
        env: environment.name,
        objective: "tb",
        policy: { hidden: [64, 64], lr: 5e-3 },
        steps: STEPS,
        eval: { every: STEPS, samples: 10 },
        seed,
      }, {
        environments: { [environment.name]: { name: environment.name, config: {} } },
        objectives,
      });
      const losses: number[] = [];
      // Without its list of states nothing is evaluated exactly, which would take long where there are many.
      const plain = Object.create(environment, { enumeration: { value: undefined } });
      const setup = { environment: plain, objective: objectives.tb!, config };
      for await (const event of train(setup)) {
        if (event.type === "train") losses.push(Number(event.losses.policy));
      }
      const mean = (all: number[]) => all.reduce((sum, x) => sum + x, 0) / all.length;
      const first = mean(losses.slice(0, SHOWN)), last = mean(losses.slice(-SHOWN));
      want(
        last < first || first < 1e-6,
        () => `the mean loss of ${SHOWN} steps is ${first} at first and ${last} at last`,
      );
      return `loss ${first.toPrecision(3)} to ${last.toPrecision(3)}`;
    },
  },
  {
    name: "speed",
    says: "steps a second under equal logits, masks and observations included; any number holds",
    async holds({ environment, seed, now }) {
      if (!now) return { notApplicable: "no clock was given" };
      const random = RandomStream.of(seed, "conformance speed");
      const zeros = ({ rows }: { rows: number }) =>
        new Float32Array(rows * environment.forwardActions);
      const started = now();
      let steps = 0;
      for (let i = 0; i < ROLLOUTS; i++) {
        steps += (await sampleForward(environment, 64, zeros, random)).batch.action.length;
      }
      return `${Math.round(1000 * steps / (now() - started))} steps a second`;
    },
  },
];
