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

const STEPS = 150;

/** Trajectories that are looked at before and after. */
const SHOWN = 256;
const ROLLOUTS = 20;

/** Laws that take training. */
export const trainingLaws: readonly Law[] = [
  {
    name: "training",
    // By the standard deviation of log R + log P_B - log P_F over them: 0 where each is balanced.
    says: `${STEPS} steps of VarGrad bring the policy's trajectories nearer to balance`,
    async holds({ environment, seed }) {
      const config = resolveRun({
        env: environment.name,
        // Trajectory balance at the log Z that fits a batch best. A log Z that is learned lags behind where
        // rewards rise by hundreds of nats, and the loss grows while objects get better.
        objective: "vargrad",
        // The law is about the environment: the network that costs least will do.
        policy: { network: "mlp", hidden: [64, 64], lr: 5e-3 },
        steps: STEPS,
        eval: { every: STEPS, samples: SHOWN },
        seed,
      }, {
        environments: { [environment.name]: { name: environment.name, config: {} } },
        objectives,
      });
      const spreads: number[] = [];
      // Without its list of states nothing is evaluated exactly, which would take long where there are many.
      const plain = Object.create(environment, { enumeration: { value: undefined } });
      const setup = { environment: plain, objective: objectives.vargrad!, config };
      for await (const event of train(setup)) {
        if (event.type !== "eval") continue;
        spreads.push(Math.sqrt(SHOWN) * Number(event.elboForwardSamplesError));
      }
      const first = spreads[0]!, last = spreads.at(-1)!;
      want(
        last < first || first < 1e-3,
        () =>
          `log R + log P_B - log P_F has standard deviation ${first} nats at first and ${last} at last`,
      );
      return `standard deviation ${first.toPrecision(3)} to ${last.toPrecision(3)} nats`;
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
