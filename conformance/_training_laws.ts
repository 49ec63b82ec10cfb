/**
 * Laws that take training: the whole path from states to gradients.
 *
 * @module
 */
import { resolveRun } from "../config/resolve.ts";
import { objectives } from "../objectives/_registry.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { sampleForward } from "../rollout/forward.ts";
import { RandomStream } from "../tensor/random.ts";
import { train } from "../train/train.ts";
import type { Law } from "./laws.ts";
import { want } from "./_want.ts";

const STEPS = 150, SHOWN = 15;
const ROLLOUTS = 20;

/** Trajectories of the untrained policy that log Z is guessed from. */
const GUESSES = 64;

/** Least learning rate of log Z. */
const LOG_Z_RATE = 0.1;

/**
 * Where log Z begins, and how fast it may go. A log Z that is far off makes trajectories longer or shorter
 * before it makes them better, and the loss with them; so it begins where the untrained policy
 * puts it, mean of log R + sum log P_B - sum log P_F, and can go as far as these spread.
 */
async function guessLogZ(environment: HostedEnvironment, seed: number) {
  const { forwardActions: A, backwardActions: B } = environment;
  const random = RandomStream.of(seed, "conformance log Z");
  const zeros = ({ rows }: { rows: number }) => new Float32Array(rows * A);
  const { batch, logPfAll } = await sampleForward(environment, GUESSES, zeros, random);
  const guesses: number[] = [];
  for (let i = 0; i < GUESSES; i++) {
    let guess = batch.logReward[i]!;
    for (let k = batch.start[i]!; k < batch.start[i + 1]!; k++) {
      guess -= logPfAll[k * A + batch.action[k]!]!;
      const row = batch.next[k]!;
      if (row < 0) continue; // a stop has one way back
      const parents = batch.backwardMask.subarray(row * B, (row + 1) * B);
      guess -= Math.log(parents.reduce((sum, byte) => sum + byte, 0));
    }
    if (Number.isFinite(guess)) guesses.push(guess);
  }
  if (guesses.length === 0) return { initial: 0, lr: LOG_Z_RATE };
  const mean = guesses.reduce((sum, x) => sum + x, 0) / guesses.length;
  const spread = guesses.reduce((most, x) => Math.max(most, Math.abs(x - mean)), 0);
  return { initial: mean, lr: Math.min(10, Math.max(LOG_Z_RATE, spread / STEPS)) };
}

/** Laws that take training. */
export const trainingLaws: readonly Law[] = [
  {
    name: "training",
    says: `${STEPS} steps of trajectory balance lower its loss`,
    async holds({ environment, seed }) {
      const config = resolveRun({
        env: environment.name,
        objective: "tb",
        // The law is about the environment: the network that costs least will do.
        policy: { network: "mlp", hidden: [64, 64], lr: 5e-3 },
        logZ: await guessLogZ(environment, seed),
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
